"""What an existing centre's logs become: contacts, with their figures and stories; the only door."""

from markaz.imports.errors import (
    FloorIsLive,
    ImportRuns,
    LogChanged,
    LogTooOld,
    LogUnreadable,
    NoQueueLog,
    StateUnreadable,
)
from markaz.imports.queue_log import BadLine, FileResult, Import, Result
from markaz.imports.store import Store
from markaz.imports.telling import Told, told

__all__ = [
    "BadLine",
    "FileResult",
    "FloorIsLive",
    "Import",
    "ImportRuns",
    "LogChanged",
    "LogTooOld",
    "LogUnreadable",
    "NoQueueLog",
    "Result",
    "StateUnreadable",
    "Store",
    "Told",
    "told",
]
