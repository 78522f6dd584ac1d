"""What an earlier run left behind: its children outlive a supervisor that was killed, and hold its ports.

Each child inherits a mark that says under which home folder it runs, so that no other process is ever touched.
"""

import contextlib
import os
import signal
from pathlib import Path
from typing import Final

import psutil

MARK_VARIABLE: Final = "MARKAZ_SERVED_HOME"
STOP_SECONDS_MAX: Final = 10.0


def mark_children(home: Path) -> None:
    """Every process that is started from now on belongs to `home`."""
    os.environ[MARK_VARIABLE] = str(home)


def end_leftovers(home: Path) -> list[str]:
    """End the processes that bear the mark of `home`, and say which. PostgreSQL goes on: who needs it adopts it."""
    left = [process for process in psutil.process_iter() if _is_left(process, home)]
    said = [f"{_name(process)} {process.pid}" for process in left]
    for how in (signal.SIGTERM, signal.SIGKILL):
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(how)
        _, left = psutil.wait_procs(left, timeout=STOP_SECONDS_MAX)
    return said


def _is_left(process: psutil.Process, home: Path) -> bool:
    try:
        return (
            process.pid != os.getpid()
            and process.environ().get(MARK_VARIABLE) == str(home)
            and process.name() != "postgres"
        )
    except (psutil.Error, OSError):  # gone, or somebody else's
        return False


def _name(process: psutil.Process) -> str:
    """The part of Markaz, or the program."""
    try:
        command = process.cmdline()
        if "--only" in command[:-1]:
            return command[command.index("--only") + 1]
        return "asterisk" if any(word.endswith("/asterisk.conf") for word in command) else process.name()
    except psutil.Error:
        return "process"
