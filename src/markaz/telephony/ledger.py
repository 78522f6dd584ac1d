"""The ledger of recordings: a row for each recording that must exist, written by the floor before it starts.

The call never waits for the database: rows are queued, written in batches by a task of their own, and spooled to a
file while the database is away or slow, each before its recording starts.
"""

import asyncio
import contextlib
import io
import logging
import os
import shutil
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Final, LiteralString, Protocol

import msgspec
import psycopg

ENTRIES_MAX: Final = 100_000
BATCH_MAX: Final = 500
RETRY_SECONDS: Final = 2.0
SLOW_SECONDS: Final = 1.0
"""A database that takes longer for a batch may take for ever: what comes meanwhile is spooled."""
SPOOL_MODE: Final = 0o600

log = logging.getLogger(__name__)


class ExpectedRecording(msgspec.Struct, frozen=True, kw_only=True, tag="expected"):
    """A recording that must exist. `path` is relative to the folder of recordings."""

    recording: str
    contact: str
    agent: str | None
    queue: str | None
    path: str
    expected_at: datetime


class EndedRecording(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """Nothing is added to a recording after `at`."""

    recording: str
    at: datetime


class WithdrawnRecording(msgspec.Struct, frozen=True, kw_only=True, tag="withdrawn"):
    """The channel was gone before anything could be recorded."""

    recording: str


class PausedRecording(msgspec.Struct, frozen=True, kw_only=True, tag="paused"):
    """From `at` on a recording holds silence."""

    recording: str
    at: datetime


class ResumedRecording(msgspec.Struct, frozen=True, kw_only=True, tag="resumed"):
    recording: str
    at: datetime


Entry = ExpectedRecording | EndedRecording | WithdrawnRecording | PausedRecording | ResumedRecording


class Ledger(Protocol):
    """Where recordings are expected. No call waits."""

    def expect(self, row: ExpectedRecording) -> None: ...

    def ended(self, recording: str, at: datetime) -> None: ...

    def withdrawn(self, recording: str) -> None: ...

    def paused(self, recording: str, at: datetime) -> None: ...

    def resumed(self, recording: str, at: datetime) -> None: ...


_EXPECT: Final[LiteralString] = """
INSERT INTO recording (floor, recording, contact, agent, queue, path, expected_at, state)
VALUES (%s, %s, %s, %s, %s, %s, %s, 'expected')
ON CONFLICT (floor, recording) DO NOTHING
"""
_END: Final[LiteralString] = """
WITH pause AS (
    UPDATE recording_pause SET ended_at = %s WHERE floor = %s AND recording = %s AND ended_at IS NULL
)
UPDATE recording SET ended_at = greatest(%s, expected_at) WHERE floor = %s AND recording = %s AND ended_at IS NULL
"""
_WITHDRAW: Final = "DELETE FROM recording WHERE floor = %s AND recording = %s AND state = 'expected'"

_PAUSE: Final[LiteralString] = """
INSERT INTO recording_pause (floor, recording, began_at)
SELECT key.floor, key.recording, %s FROM (VALUES (%s, %s)) AS key (floor, recording)
WHERE NOT EXISTS (
    SELECT FROM recording_pause WHERE (floor, recording) = (key.floor, key.recording) AND ended_at IS NULL
)
ON CONFLICT (floor, recording, began_at) DO NOTHING
"""
_RESUME: Final[LiteralString] = (
    "UPDATE recording_pause SET ended_at = %s WHERE floor = %s AND recording = %s AND ended_at IS NULL"
)


class DatabaseLedger:
    """The ledger in the table `recording`. `spool` is a file that outlives us while the database is away."""

    def __init__(self, *, conninfo: str, floor: str, spool: Path) -> None:
        self._conninfo = conninfo
        self._floor = floor
        self._spool = spool
        self._entries: deque[Entry] = deque()
        self._spooled = 0
        """How many of the first entries are in the spool file."""
        self._is_away = False
        self._batch_began: float | None = None
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def expect(self, row: ExpectedRecording) -> None:
        self._put(row)

    def ended(self, recording: str, at: datetime) -> None:
        self._put(EndedRecording(recording=recording, at=at))

    def withdrawn(self, recording: str) -> None:
        self._put(WithdrawnRecording(recording=recording))

    def paused(self, recording: str, at: datetime) -> None:
        self._put(PausedRecording(recording=recording, at=at))

    def resumed(self, recording: str, at: datetime) -> None:
        self._put(ResumedRecording(recording=recording, at=at))

    async def start(self) -> None:
        """Take over what an earlier process spooled, and write from now on."""
        if self._spool.exists():
            spooled = self._read_spool()
            self._entries.extendleft(reversed(spooled))
            self._spooled = len(spooled)
            self._news.set()
        self._task = asyncio.create_task(self._write_all(), name="ledger")

    async def stop(self, seconds_max: float = 5.0) -> None:
        """Write what is queued, at most for `seconds_max`; spool the rest."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds_max):
                while self._entries:
                    self._idle.clear()
                    await self._idle.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        self._spool_entries()

    def _put(self, entry: Entry) -> None:
        if len(self._entries) >= ENTRIES_MAX:
            log.error("The ledger of recordings is full; the row of %s is lost", entry.recording)
            return
        self._entries.append(entry)
        if self._is_away or self._is_slow():
            self._spool_entries()
        self._news.set()

    def _is_slow(self) -> bool:
        began = self._batch_began
        return began is not None and asyncio.get_running_loop().time() - began > SLOW_SECONDS

    async def _write_all(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    while True:
                        await self._news.wait()
                        self._news.clear()
                        await self._write_queued(connection)
                        self._idle.set()
            except psycopg.Error as error:
                log.warning("The ledger of recordings is not written (%s); kept in %s", error, self._spool)
                self._is_away = True
                self._spool_entries()
            finally:
                self._batch_began = None
            self._news.set()
            await asyncio.sleep(RETRY_SECONDS)

    async def _write_queued(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        while self._entries:
            batch = [self._entries[index] for index in range(min(BATCH_MAX, len(self._entries)))]
            self._batch_began = asyncio.get_running_loop().time()
            async with connection.transaction():
                for entry in batch:
                    await connection.execute(*self._statement(entry))
            self._batch_began = None
            for _ in batch:
                self._entries.popleft()
            self._spooled = max(0, self._spooled - len(batch))
        self._spool.unlink(missing_ok=True)
        self._is_away = False

    def _statement(self, entry: Entry) -> tuple[LiteralString, tuple[object, ...]]:
        match entry:
            case ExpectedRecording():
                row = (entry.recording, entry.contact, entry.agent, entry.queue, entry.path, entry.expected_at)
                return _EXPECT, (self._floor, *row)
            case EndedRecording():
                return _END, 2 * (entry.at, self._floor, entry.recording)
            case WithdrawnRecording():
                return _WITHDRAW, (self._floor, entry.recording)
            case PausedRecording():
                return _PAUSE, (entry.at, self._floor, entry.recording)
            case ResumedRecording():
                return _RESUME, (entry.at, self._floor, entry.recording)

    def _read_spool(self) -> list[Entry]:
        """What was written whole: a process that was cut off may have left half a line, which is dropped.

        The file is kept aside when a line before the last cannot be read; the others count all the same.
        """
        content = self._spool.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            log.warning("The last line of %s was cut off and is dropped: %r", self._spool, content[len(whole) :])
            os.truncate(self._spool, len(whole))
        entries: list[Entry] = []
        damaged: list[int] = []
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            try:
                entries.append(msgspec.json.decode(line, type=Entry))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                damaged.append(number)
        if damaged:
            aside = self._spool.with_name(f"{self._spool.name}.damaged-{self._spool.stat().st_mtime_ns}")
            shutil.copy2(self._spool, aside)
            log.critical("Lines %s of %s are damaged and are left out; kept in %s", damaged, self._spool, aside)
        return entries

    def _spool_entries(self) -> None:
        """Write what is not in the spool yet, whole or not at all; what finds no room stays queued."""
        new = [self._entries[index] for index in range(self._spooled, len(self._entries))]
        if not new:
            return
        try:
            self._spool.parent.mkdir(parents=True, exist_ok=True)
            with self._spool.open("ab", buffering=0) as file:
                _append(file, b"".join(msgspec.json.encode(entry) + b"\n" for entry in new))
        except OSError as error:
            log.critical(
                "%s rows of the ledger of recordings are in memory alone: %s (%s)", len(new), self._spool, error
            )
            return
        self._spooled = len(self._entries)


def _append(file: io.FileIO, data: bytes) -> None:
    os.fchmod(file.fileno(), SPOOL_MODE)
    size = os.fstat(file.fileno()).st_size
    try:
        while data:
            data = data[file.write(data) or 0 :]
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file.fileno(), size)  # half a line would spoil the next one
        raise
