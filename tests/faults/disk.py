"""The disk under a floor's spool: real files on a memory file system, which may be full, or torn by a kill in a write.

Stands in for the module `os` in `markaz.runtime.spool`.
"""

import errno
import os
from pathlib import Path
from typing import Any

from tests.faults.process import Process, alive


class SimulatedDisk:
    """`synced` is told the content of a file each time a process has made it durable."""

    def __init__(self, trace: Any) -> None:
        self._trace = trace
        self._descriptors: dict[int, tuple[Process, str]] = {}
        self.is_full = False
        self.tears_next = False
        """The next write is cut short by the death of who writes."""
        self.refused = 0
        self.listeners: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        process = alive()
        descriptor = os.open(path, flags, mode)
        self._descriptors[descriptor] = process, str(path)
        process.on_death.append(lambda: self.close(descriptor, process))
        return descriptor

    def write(self, descriptor: int, data: bytes) -> int:
        owner, _ = self._owner(descriptor)
        if owner.is_dead:
            raise OSError(errno.EBADF, "the process is dead")
        if self.tears_next:
            self.tears_next = False
            os.write(descriptor, data[: len(data) * 2 // 3])
            owner.die()
            raise OSError(errno.EBADF, "the process is dead")
        if self.is_full:
            self.refused += 1
            os.write(descriptor, data[: len(data) // 3])  # what still fitted
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(descriptor, data)

    def fdatasync(self, descriptor: int) -> None:
        owner, path = self._owner(descriptor)
        if owner.is_dead:
            raise OSError(errno.EBADF, "the process is dead")
        for listener in self.listeners:
            listener(Path(path).read_bytes())

    def ftruncate(self, descriptor: int, length: int) -> None:
        owner, _ = self._owner(descriptor)
        if not owner.is_dead:
            os.ftruncate(descriptor, length)

    def fstat(self, descriptor: int) -> os.stat_result:
        self._owner(descriptor)
        return os.fstat(descriptor)

    def close(self, descriptor: int, process: Process | None = None) -> None:
        """A descriptor of the dead was closed by their death, and its number may be somebody else's now."""
        owner, _ = self._descriptors.get(descriptor, (None, ""))
        if owner is not None and (owner is process or (process is None and owner is alive())):
            del self._descriptors[descriptor]
            os.close(descriptor)

    def _owner(self, descriptor: int) -> tuple[Process, str]:
        owner = self._descriptors.get(descriptor)
        if owner is None or owner[0] is not alive():
            raise OSError(errno.EBADF, "closed")
        return owner


class LedgerSpool:
    """The file in which the ledger of recordings keeps what the database has not: a path that dies with its process."""

    def __init__(self, path: Path, disk: SimulatedDisk) -> None:
        self._path = path
        self._disk = disk
        self._process = alive()

    @property
    def parent(self) -> Path:
        return self._path.parent

    def __getattr__(self, name: str) -> Any:
        if self._process.is_dead:
            raise OSError(errno.EBADF, "the process is dead")
        return getattr(self._path, name)

    def __fspath__(self) -> str:
        return str(self._path)

    def __str__(self) -> str:
        return str(self._path)

    def open(self, mode: str, *, buffering: int) -> Any:
        if self._process.is_dead:
            raise OSError(errno.EBADF, "the process is dead")
        if self._disk.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._path.open(mode, buffering=buffering)
