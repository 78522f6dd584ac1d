"""One Asterisk process as our child: its own folder, its own configuration, started, asked and stopped by pid."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from markaz.kit.errors import MarkazError
from markaz.telephony.asterisk.program import AsteriskProgram

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 5.0
CLI_SECONDS_MAX = 10.0
SOCKET_PATH_BYTES_MAX = 100  # sockaddr_un holds 108, Asterisk appends a suffix for its own clients
LOG_LINES_SHOWN = 15
UMASK = ("/bin/sh", "-c", 'umask 027 && exec "$@"', "sh")
"""What Asterisk writes (recordings) is not for every local user; uvloop gives children no umask by itself."""

FOLDERS = {
    "astetcdir": "etc",
    "astvarlibdir": "var",
    "astdbdir": "db",
    "astkeydir": "keys",
    "astspooldir": "spool",
    "astlogdir": "log",
}
STUBS: Mapping[str, str] = {
    # A missing file makes a module decline to load or complain; an empty one leaves what it configures off.
    **dict.fromkeys(
        (
            "acl.conf", "ccss.conf", "codecs.conf", "dnsmgr.conf", "dsp.conf", "extensions.conf", "features.conf",
            "http.conf", "manager.conf", "pjproject.conf", "pjsip.conf", "pjsip_notify.conf",
            "rtp.conf", "sorcery.conf", "udptl.conf", "websocket_client.conf", "cli_aliases.conf", "cli.conf",
            "ari.conf", "musiconhold.conf", "extconfig.conf",
        ),
        "",
    ),
    "cdr.conf": "[general]\nenable=no\n",
    "cel.conf": "[general]\nenable=no\n",
    "indications.conf": "[general]\ncountry=us\n[us]\ndescription=United States\nringcadence=2000,4000\n"
    "dial=350+440\nbusy=480+620/500,0/500\nring=440+480/2000,0/4000\ncongestion=480+620/250,0/250\n",
    "stasis.conf": "[taskpool]\n",
    "logger.conf": "[general]\nqueue_log=no\n[logfiles]\nmessages.log => warning,error\n",
}  # fmt: skip


@dataclass(eq=False)
class AsteriskFailed(MarkazError):
    """Asterisk in {folder} {what}; its last words: {log}"""

    code = "asterisk_failed"
    folder: Path
    what: str
    log: str


class AsteriskServer:
    """A child Asterisk that lives in `folder`; `files` are the texts of its configuration by file name.

    `asterisk.conf` and empty stubs of files that modules insist on are added. The child leads a process group of its
    own, so that a Ctrl-C meant for us lets calls end by our hand.

    `ports` are those that the files tell it to listen on: without one of them it runs all the same, deaf there.
    """

    def __init__(
        self, program: AsteriskProgram, folder: Path, files: Mapping[str, str], *, ports: Collection[int] = ()
    ) -> None:
        self.folder = folder
        self.log = folder / "log" / "messages.log"
        self._program = program
        self._files = files
        self._ports = ports
        self._run_folder = folder / "run"
        self._run_folder_is_ours = False
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child is not None and self._child.returncode is None else None

    async def start(self) -> None:
        """Write the files, start the child, wait until it is fully booted and listens. Raises `AsteriskFailed`."""
        self._write_files()
        with (self.folder / "log" / "console.log").open("wb") as console:
            self._child = await asyncio.create_subprocess_exec(
                *UMASK,
                *self._program.command("-f", "-C", str(self._main_file)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                cwd=self.folder,
            )
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await self._wait_booted()
        except TimeoutError:
            log = self._last_words()
            await self.stop()
            raise AsteriskFailed(self.folder, "did not start in time", log) from None
        if deaf := self._ports_not_listened_on():
            log = self._last_words()
            await self.stop()
            taken = ", ".join(map(str, deaf))
            raise AsteriskFailed(self.folder, f"can't listen on port {taken}, which another program has", log)

    async def stop(self) -> None:
        """End the child: ask, then kill. Safe to repeat."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    child.send_signal(number)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), STOP_SECONDS_MAX)
                    break
        if self._run_folder_is_ours:
            shutil.rmtree(self._run_folder, ignore_errors=True)
            self._run_folder_is_ours = False

    async def wait(self) -> int:
        """Wait until the child has ended; its return code (0 when it never ran)."""
        return await self._child.wait() if self._child is not None else 0

    async def cli(self, command: str) -> str:
        """What Asterisk's console answers to `command`. Raises `AsteriskFailed` when it does not."""
        client = await asyncio.create_subprocess_exec(
            *self._program.command("-C", str(self._main_file), "-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(CLI_SECONDS_MAX):
                output, _ = await client.communicate()
        except TimeoutError:
            client.kill()
            await client.wait()
            raise AsteriskFailed(self.folder, f"did not answer {command!r}", self._last_words()) from None
        if client.returncode != 0:
            raise AsteriskFailed(self.folder, f"refused {command!r}", output.decode(errors="replace").strip())
        return output.decode(errors="replace")

    @property
    def _main_file(self) -> Path:
        return self.folder / "etc" / "asterisk.conf"

    def _write_files(self) -> None:
        for name in FOLDERS.values():
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o750)
        if len(os.fsencode(self._run_folder / "asterisk.ctl")) > SOCKET_PATH_BYTES_MAX:
            self._run_folder = Path(tempfile.mkdtemp(prefix="markaz-asterisk-"))
            self._run_folder_is_ours = True
        self._run_folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        (self._run_folder / "asterisk.ctl").unlink(missing_ok=True)
        for name, text in {**STUBS, **self._files, "asterisk.conf": self._main_text()}.items():
            path = self.folder / "etc" / name
            path.write_text(text)
            path.chmod(0o640)

    def _main_text(self) -> str:
        places = {
            **{key: self.folder / name for key, name in FOLDERS.items()},
            "astrundir": self._run_folder,
            "astmoddir": self._program.modules,
            "astdatadir": self._program.data,
        }
        lines = ["[directories]", *(f"{key} => {path}" for key, path in places.items())]
        return "\n".join([*lines, "[options]", "nocolor=yes", "hideconnect=yes", "dontwarn=yes", ""])

    async def _wait_booted(self) -> None:
        control = self._run_folder / "asterisk.ctl"
        assert self._child is not None
        while self._child.returncode is None:
            if control.exists():
                with contextlib.suppress(AsteriskFailed):  # the socket exists a moment before anyone listens
                    if "fully booted" in await self.cli("core waitfullybooted"):
                        return
            await asyncio.sleep(0.05)
        raise AsteriskFailed(self.folder, f"ended at once with code {self._child.returncode}", self._last_words())

    def _ports_not_listened_on(self) -> list[int]:
        assert self._child is not None
        try:
            sockets = psutil.Process(self._child.pid).net_connections("inet")
        except psutil.NoSuchProcess:  # whoever waits for its end is told
            return []
        listening = (psutil.CONN_LISTEN, psutil.CONN_NONE)  # by TCP, by UDP
        heard = {one.laddr.port for one in sockets if one.laddr and one.status in listening}
        return sorted(set(self._ports) - heard)

    def _last_words(self) -> str:
        lines: list[str] = []
        for path in (self.folder / "log" / "console.log", self.log):
            if path.exists():
                lines += path.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return " | ".join(lines) or "nothing"
