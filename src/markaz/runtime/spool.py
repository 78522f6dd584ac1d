"""The local file that stands in for the journal while PostgreSQL is away."""

import contextlib
import fcntl
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from markaz.kit.time import Instant
from markaz.runtime.rows import Row

logger = logging.getLogger(__name__)


class Spool:
    """A file of JSON lines, each synced before it counts. A torn last line was never acted on and is dropped.

    A line before the last that cannot be read means that the file itself was damaged: rows before it count, and the
    file is kept for people.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._lock: int | None = None
        self._whole = 0
        """Bytes of whole lines in the open file; beyond them is what a failed append left."""

    def take(self) -> bool:
        """Make the file ours until `release`, or until this process ends; False while another process has it.

        The lease in the database does not say so: while the database is away nobody has it, and who came first then
        would copy and clear a file to which its owner still writes.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def release(self) -> None:
        self.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def append(self, rows: Sequence[Row]) -> None:
        """Write `rows` and sync them. Raises `OSError`: then none of them may be acted on."""
        descriptor = self._open()
        lines = b"".join(msgspec.json.encode(_Spooled.of(row)) + b"\n" for row in rows)
        size = len(lines)
        if os.fstat(descriptor).st_size != self._whole:  # the last append could not clear away what it left
            os.ftruncate(descriptor, self._whole)
        try:
            while lines:
                lines = lines[os.write(descriptor, lines) :]
            os.fdatasync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):  # what it said first is what matters, and the next append tries again
                os.ftruncate(descriptor, self._whole)
            raise
        self._whole += size

    def _open(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._whole = os.fstat(self._descriptor).st_size
            _sync_folder(self.path.parent)  # else a power cut may take the file with all that is synced in it
        return self._descriptor

    def rows(self) -> tuple[list[Row], bool]:
        """The rows that can be read, and whether the file is whole (but for a torn last line)."""
        lines = self.path.read_bytes().split(b"\n")
        rows: list[Row] = []
        for number, line in enumerate(lines[:-1], start=1):
            try:
                rows.append(msgspec.json.decode(line, type=_Spooled).row())
            except (msgspec.MsgspecError, UnicodeDecodeError):
                logger.critical("Line %s of %s is damaged; what follows it is not copied.", number, self.path)
                return rows, False
        if lines[-1]:
            logger.warning("The last record of %s is torn; nothing was done about it, and it is dropped.", self.path)
        return rows, True

    def set_aside(self, why: Literal["diverged", "damaged"]) -> Path:
        """Keep the file under another name, for people to look at."""
        self.close()
        aside = self.path.with_name(f"{self.path.name}.{why}-{self.path.stat().st_mtime_ns}")
        self.path.rename(aside)
        return aside

    def clear(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Spooled(msgspec.Struct, frozen=True, array_like=True):
    """A row as the spool keeps it: the JSON inside as text."""

    number: int
    at: Instant
    stimulus: str
    outputs: str
    inbox: int | None

    @classmethod
    def of(cls, row: Row) -> "_Spooled":
        return cls(row.number, row.at, row.stimulus.decode(), row.outputs.decode(), row.inbox)

    def row(self) -> Row:
        return Row(self.number, self.at, self.stimulus.encode(), self.outputs.encode(), self.inbox)
