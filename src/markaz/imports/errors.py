"""What an import can be refused for."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class LogUnreadable(MarkazError):
    """{path} can't be read ({problem}): give a queue_log, plain or gzipped, that is whole."""

    code: ClassVar[str] = "log_unreadable"
    path: Path
    problem: str


@dataclass(eq=False)
class NoQueueLog(MarkazError):
    """{path} is no queue_log: none of its first {lines} lines could be read; the first is refused because it has
    {why}.
    """

    code: ClassVar[str] = "no_queue_log"
    path: Path
    lines: int
    why: str


@dataclass(eq=False)
class LogTooOld(MarkazError):
    """{path} has lines from {begins}, but floor "{floor}" was imported up to {heard} already: import it into another
    floor with --into, or all files together, anew, with --replace.
    """

    code: ClassVar[str] = "log_too_old"
    path: Path
    floor: str
    begins: datetime
    heard: datetime


@dataclass(eq=False)
class LogChanged(MarkazError):
    """{path} changed while it was read: nothing of it was imported; import it when nothing rewrites it."""

    code: ClassVar[str] = "log_changed"
    path: Path


@dataclass(eq=False)
class FloorIsLive(MarkazError):
    """Floor "{floor}" has a journal of its own, which an import would mix with: choose another name with --into."""

    code: ClassVar[str] = "floor_is_live"
    floor: str


@dataclass(eq=False)
class StateUnreadable(MarkazError):
    """What floor "{floor}" was imported with can't be gone on from ({problem}): import all files anew with
    --replace.
    """

    code: ClassVar[str] = "state_unreadable"
    floor: str
    problem: str


@dataclass(eq=False)
class ImportRuns(MarkazError):
    """Another import into floor "{floor}" is running: wait until it has ended, then start this one again."""

    code: ClassVar[str] = "import_runs"
    floor: str
