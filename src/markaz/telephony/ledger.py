"""The ledger of recordings: a row for each recording that must exist, written by the floor before it starts.

The call never waits for the database: rows are queued, written in batches by a task of their own, and spooled to a
file while the database is away.
"""

import asyncio
import contextlib
import logging
import os
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Final, LiteralString, Protocol

import msgspec
import psycopg

ENTRIES_MAX: Final = 100_000
BATCH_MAX: Final = 500
RETRY_SECONDS: Final = 2.0
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


Entry = ExpectedRecording | EndedRecording | WithdrawnRecording


class Ledger(Protocol):
    """Where recordings are expected. No call waits."""

    def expect(self, row: ExpectedRecording) -> None: ...

    def ended(self, recording: str, at: datetime) -> None: ...

    def withdrawn(self, recording: str) -> None: ...


_EXPECT: Final[LiteralString] = """
INSERT INTO recording (floor, recording, contact, agent, queue, path, expected_at, state)
VALUES (%s, %s, %s, %s, %s, %s, %s, 'expected')
ON CONFLICT (floor, recording) DO NOTHING
"""
_END: Final[LiteralString] = (
    "UPDATE recording SET ended_at = greatest(%s, expected_at) WHERE floor = %s AND recording = %s AND ended_at IS NULL"
)
_WITHDRAW: Final = "DELETE FROM recording WHERE floor = %s AND recording = %s AND state = 'expected'"


class DatabaseLedger:
    """The ledger in the table `recording`. `spool` is a file that outlives us while the database is away."""

    def __init__(self, *, conninfo: str, floor: str, spool: Path) -> None:
        self._conninfo = conninfo
        self._floor = floor
        self._spool = spool
        self._entries: deque[Entry] = deque()
        self._spooled = 0
        """How many of the first entries are in the spool file."""
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def expect(self, row: ExpectedRecording) -> None:
        self._put(row)

    def ended(self, recording: str, at: datetime) -> None:
        self._put(EndedRecording(recording=recording, at=at))

    def withdrawn(self, recording: str) -> None:
        self._put(WithdrawnRecording(recording=recording))

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
        self._news.set()

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
                self._spool_entries()
            self._news.set()
            await asyncio.sleep(RETRY_SECONDS)

    async def _write_queued(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        while self._entries:
            batch = [self._entries[index] for index in range(min(BATCH_MAX, len(self._entries)))]
            async with connection.transaction():
                for entry in batch:
                    await connection.execute(*self._statement(entry))
            for _ in batch:
                self._entries.popleft()
            self._spooled = max(0, self._spooled - len(batch))
        self._spool.unlink(missing_ok=True)

    def _statement(self, entry: Entry) -> tuple[LiteralString, tuple[object, ...]]:
        match entry:
            case ExpectedRecording():
                row = (entry.recording, entry.contact, entry.agent, entry.queue, entry.path, entry.expected_at)
                return _EXPECT, (self._floor, *row)
            case EndedRecording():
                return _END, (entry.at, self._floor, entry.recording)
            case WithdrawnRecording():
                return _WITHDRAW, (self._floor, entry.recording)

    def _read_spool(self) -> list[Entry]:
        """What was written whole: a process that was cut off may have left half a line, which is dropped."""
        content = self._spool.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            log.warning("The last line of %s was cut off and is dropped: %r", self._spool, content[len(whole) :])
            os.truncate(self._spool, len(whole))
        return [msgspec.json.decode(line, type=Entry) for line in whole.splitlines()]

    def _spool_entries(self) -> None:
        new = [self._entries[index] for index in range(self._spooled, len(self._entries))]
        if not new:
            return
        self._spool.parent.mkdir(parents=True, exist_ok=True)
        with self._spool.open("ab") as file:
            os.fchmod(file.fileno(), SPOOL_MODE)
            file.writelines(msgspec.json.encode(entry) + b"\n" for entry in new)
            file.flush()
            os.fsync(file.fileno())
        self._spooled = len(self._entries)
