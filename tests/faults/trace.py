"""What happened, line by line: two runs of one seed have the same, and its hash says so."""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable

from tests.faults.process import current

_PLACES = re.compile(r"/\S*markaz-faults-[^/\s]*/?|(?<=diverged-)\d+")
"""What differs between two runs of a seed and means nothing: folders, and a time stamp of the real disk."""


class Trace(logging.Handler):
    """Also hears what the floors log; `problems` are the exceptions that they did not expect."""

    def __init__(self, show: Callable[[str], None] | None) -> None:
        super().__init__(logging.INFO)
        self._show = show
        self._hash = hashlib.blake2b(digest_size=16)
        self.faults: list[str] = []
        self.problems: list[str] = []

    def note(self, who: str, what: object) -> None:
        line = f"{asyncio.get_running_loop().time():12.6f} {who}: {_PLACES.sub('', str(what))}"
        self._hash.update(line.encode() + b"\n")
        if who == "fault":
            self.faults.append(line)
        if self._show is not None:
            self._show(line)

    def emit(self, record: logging.LogRecord) -> None:
        process = current()
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None and (process is None or not process.is_dead):
            self.problems.append(f"{text}: {record.exc_info[1]!r}")
        self.note(process.name if process is not None else "world", f"{record.levelname} {text}")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
