"""The journal in PostgreSQL, written before anything is performed; a local file stands in while PostgreSQL is away.

One connection holds the floor's lease (an advisory lock) and writes, so that whoever has lost the lease cannot write.
A batch of rows is one statement and one commit (group commit); the inbox messages that carried stimuli are deleted in
the same statement, so that each is handled exactly once. When PostgreSQL does not answer, rows go to the spool with
fsync; they are copied over, in order, as soon as it is back.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
import psycopg
from psycopg.rows import TupleRow

from markaz.kit.errors import MarkazError
from markaz.kit.time import Instant
from markaz.runtime.database import connect
from markaz.runtime.rows import Row, Said, said
from markaz.runtime.spool import Spool

logger = logging.getLogger(__name__)

ResultT = TypeVar("ResultT")

COMMIT_SECONDS_MAX = 2.0
"""A commit that takes longer counts as PostgreSQL being away."""
COMMIT_ROWS_MAX = 2_000
"""Of a spool; a live group is smaller."""
RECONNECT_SECONDS = 1.0
REPLAY_PAGE = 2_000
"""Rows fetched at a time when the journal is read."""
CHECKPOINTS_KEPT = 3

# One statement, so that a group costs one exchange of messages and is its own transaction, whose commit wakes those who
# follow the journal. `json` values are taken over as they are written, to the byte.
_APPEND = """
WITH handled AS (DELETE FROM inbox WHERE id = ANY(%s)),
written AS (
    INSERT INTO journal (floor, number, at, stimulus, outputs)
    SELECT %s, number, at, stimulus, outputs
    FROM json_to_recordset(%s) AS row (number bigint, at bigint, stimulus json, outputs json)
)
SELECT pg_notify(%s, %s)
"""
_LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM journal WHERE floor = %s"
_ROWS = """
SELECT number, at, stimulus::text, outputs::text FROM journal
WHERE floor = %s AND number > %s AND at <= %s ORDER BY number LIMIT %s
"""
_CHECKPOINTS = "SELECT number, at, state FROM checkpoint WHERE floor = %s ORDER BY number DESC"
_SAVE_CHECKPOINT = """
INSERT INTO checkpoint (floor, number, at, state) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_DROP_CHECKPOINTS = """
DELETE FROM checkpoint WHERE floor = %(floor)s AND number NOT IN
    (SELECT number FROM checkpoint WHERE floor = %(floor)s ORDER BY number DESC LIMIT %(kept)s)
"""
_HOLDER = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = %s
"""
DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError)
END_OF_TIME: Instant = 2**62


@dataclass(eq=False)
class FloorLeased(MarkazError):
    """Another process runs the floor {floor!r}: stop it first, or wait until it ends."""

    code: ClassVar[str] = "floor_leased"
    floor: str


@dataclass(eq=False)
class LeaseLost(MarkazError):
    """Another process took over the floor {floor!r} while the database was away: this one stops."""

    code: ClassVar[str] = "lease_lost"
    floor: str


@dataclass(eq=False)
class SpoolDiverged(MarkazError):
    """What the floor {floor!r} wrote while the database was away does not continue its journal: kept in {path}."""

    code: ClassVar[str] = "spool_diverged"
    floor: str
    path: Path


@dataclass(eq=False)
class SpoolDamaged(MarkazError):
    """What the floor {floor!r} wrote while the database was away is damaged: what could be read was copied, all of it
    is kept in {path}; the floor goes on from there and takes over the calls that Asterisk has.
    """

    code: ClassVar[str] = "spool_damaged"
    floor: str
    path: Path


@dataclass(eq=False)
class JournalFull(MarkazError):
    """Neither the database nor {path} takes the journal of the floor {floor!r} ({problem}): it stops before it acts on
    what is not written, calls in progress go on; make room on the disk, and it starts again by itself.
    """

    code: ClassVar[str] = "journal_full"
    floor: str
    path: Path
    problem: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    number: int
    at: Instant
    state: bytes


def lease_key(floor: str) -> int:
    """The advisory lock of a floor: 63 bits of its name's hash."""
    return int.from_bytes(hashlib.blake2b(f"markaz floor {floor}".encode(), digest_size=8).digest(), "big") >> 1


def news_channel(floor: str) -> str:
    """The NOTIFY channel on which each commit to a floor's journal tells its last row's number."""
    return f"markaz_journal_{floor}"


class Journal:
    """The writing end; one per floor process, used by one task at a time."""

    def __init__(self, url: str, floor: str, spool: Path) -> None:
        self._url = url
        self._floor = floor
        self._spool = Spool(spool)
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None
        self._returning: asyncio.Task[psycopg.AsyncConnection[TupleRow] | None] | None = None
        self._retry_at = 0.0
        self._backend = 0
        """The process of PostgreSQL that holds, or held, our lease."""
        self.number = 0
        """The last row written."""

    @property
    def is_spooling(self) -> bool:
        return self._connection is None

    async def open(self) -> None:
        """Take the lease and copy over what an earlier process spooled. Raises `FloorLeased`.

        A spool that does not continue the journal (a standby took over meanwhile) is kept aside, never mixed in.
        """
        if not self._spool.take():
            raise FloorLeased(self._floor)
        try:
            connection = await self._lease()
            if connection is None:
                raise FloorLeased(self._floor)
        except BaseException:
            self._spool.release()
            raise
        self._connection = connection
        try:
            await self._copy_spool(connection)
        except (SpoolDiverged, SpoolDamaged) as error:
            logger.critical("%s", error)
        self.number = await self._last_number(connection)

    async def close(self) -> None:
        if self._returning is not None:
            self._returning.cancel()
            await asyncio.gather(self._returning, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
        self._spool.release()

    async def append(self, rows: Sequence[Row]) -> None:
        """Make `rows` durable: in PostgreSQL, or in the spool. Raises `LeaseLost`, `SpoolDamaged`, `JournalFull`."""
        await self.catch_up()
        if self._connection is not None:
            try:
                await in_time(self._connection, self._commit(self._connection, rows))
            except DATABASE_AWAY as error:
                await self._give_up_database(error)
                # The commit may have happened and its answer been lost: the copy from the spool skips such rows.
                await self._spool_rows(rows)
        else:
            await self._spool_rows(rows)
        self.number = rows[-1].number

    async def _spool_rows(self, rows: Sequence[Row]) -> None:
        try:
            await asyncio.to_thread(self._spool.append, rows)
        except OSError as error:
            raise JournalFull(self._floor, self._spool.path, error.strerror or str(error)) from error

    async def catch_up(self) -> None:
        """When PostgreSQL was away and answers again, copy the spool over and write there from now on.

        Never waits for a connection: that is tried beside. Raises `LeaseLost`, and `SpoolDamaged`: what the core
        knows is then more than the journal has, and the floor must begin again from that.
        """
        if self._connection is not None:
            return
        now = asyncio.get_running_loop().time()
        if self._returning is None:
            if now >= self._retry_at:
                self._returning = asyncio.create_task(self._lease_again())
            return
        if not self._returning.done():
            return
        task, self._returning = self._returning, None
        self._retry_at = now + RECONNECT_SECONDS
        try:
            connection = task.result()
        except DATABASE_AWAY:
            return
        if connection is None:
            return
        try:
            await in_time(connection, self._copy_spool(connection))
        except SpoolDiverged as error:
            await connection.close()
            raise LeaseLost(self._floor) from error
        except SpoolDamaged:
            await connection.close()
            raise
        except DATABASE_AWAY:
            await connection.close()
            return
        self._connection = connection
        logger.warning("The database is back, and the journal in it complete.")

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Bound the next recovery; skipped while PostgreSQL is away."""
        if self._connection is None:
            return
        try:
            await in_time(self._connection, self._write_checkpoint(self._connection, checkpoint))
        except DATABASE_AWAY as error:
            await self._give_up_database(error)

    async def _write_checkpoint(self, connection: psycopg.AsyncConnection[TupleRow], checkpoint: Checkpoint) -> None:
        async with connection.transaction():
            kept = (self._floor, checkpoint.number, checkpoint.at, checkpoint.state)
            await connection.execute(_SAVE_CHECKPOINT, kept)
            await connection.execute(_DROP_CHECKPOINTS, {"floor": self._floor, "kept": CHECKPOINTS_KEPT})

    async def _commit(self, connection: psycopg.AsyncConnection[TupleRow], rows: Sequence[Row]) -> None:
        inbox = [row.inbox for row in rows if row.inbox is not None]
        told = (news_channel(self._floor), str(rows[-1].number))
        await connection.execute(_APPEND, (inbox, self._floor, _as_json(rows), *told), prepare=True)

    async def _lease(self) -> psycopg.AsyncConnection[TupleRow] | None:
        connection = await connect(self._url)
        is_ours = False
        try:
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lease_key(self._floor),))
            is_ours = (await cursor.fetchone() or (False,))[0]
        finally:
            if not is_ours:
                await connection.close()
        if not is_ours:
            return None
        self._backend = connection.info.backend_pid
        return connection

    async def _lease_again(self) -> psycopg.AsyncConnection[TupleRow] | None:
        """The lease on a new connection; None while our own lost one still holds it. Raises `LeaseLost`."""
        async with asyncio.timeout(COMMIT_SECONDS_MAX):
            connection = await self._lease()
            if connection is not None:
                return connection
            async with await connect(self._url) as other:
                cursor = await other.execute(_HOLDER, (lease_key(self._floor),))
                holder = await cursor.fetchone()
                if holder is not None and holder[0] != self._backend:
                    raise LeaseLost(self._floor)
                await other.execute("SELECT pg_terminate_backend(%s)", (self._backend,))
        return None

    async def _give_up_database(self, error: BaseException) -> None:
        logger.error("The database is away (%s): the journal goes to %s until it is back.", error, self._spool.path)
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _last_number(self, connection: psycopg.AsyncConnection[TupleRow]) -> int:
        cursor = await connection.execute(_LAST_NUMBER, (self._floor,))
        return (await cursor.fetchone() or (0,))[0]

    async def _copy_spool(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        """Append what the spool has and the journal has not.

        Raises `SpoolDiverged` when it is not the sequel, `SpoolDamaged` when only a part of it could be read.
        """
        if not self._spool.path.exists():
            return
        rows, is_whole = await asyncio.to_thread(self._spool.rows)
        last = await self._last_number(connection)
        missing = [row for row in rows if row.number > last]
        has_gap = bool(missing) and missing[0].number != last + 1
        if has_gap or not await self._are_kept(connection, [row for row in rows if row.number <= last]):
            raise SpoolDiverged(self._floor, await asyncio.to_thread(self._spool.set_aside, "diverged"))
        for first in range(0, len(missing), COMMIT_ROWS_MAX):
            await self._commit(connection, missing[first : first + COMMIT_ROWS_MAX])
        if not is_whole:
            raise SpoolDamaged(self._floor, await asyncio.to_thread(self._spool.set_aside, "damaged"))
        await asyncio.to_thread(self._spool.clear)

    async def _are_kept(self, connection: psycopg.AsyncConnection[TupleRow], rows: Sequence[Row]) -> bool:
        """Whether the journal has exactly these rows (their commit's answer was lost)."""
        if not rows:
            return True
        kept = await read_page(connection, self._floor, after=rows[0].number - 1, rows_max=len(rows))
        return kept == [msgspec.structs.replace(row, inbox=None) for row in rows]


async def in_time(connection: psycopg.AsyncConnection[TupleRow], work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Let `work` on `connection` take at most `COMMIT_SECONDS_MAX`, then cut the connection.

    A cancelled query would first wait for the server to confirm that; a cut one fails at once.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([task], timeout=COMMIT_SECONDS_MAX)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=COMMIT_SECONDS_MAX)
        raise
    if not done:
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    return await task


def _as_json(rows: Sequence[Row]) -> str:
    """The rows as one JSON array; their stimuli and outputs are JSON already."""
    texts = [
        b'{"number":%d,"at":%d,"stimulus":%b,"outputs":%b}' % (row.number, row.at, row.stimulus, row.outputs)
        for row in rows
    ]
    return (b"[" + b",".join(texts) + b"]").decode()


# Reading


async def read_rows(
    connection: psycopg.AsyncConnection[TupleRow], floor: str, *, after: int = 0, until: Instant = END_OF_TIME
) -> AsyncIterator[Row]:
    """Rows of a floor in order, from the one after `after`, stamped not later than `until`."""
    while True:
        page = await read_page(connection, floor, after=after, until=until, rows_max=REPLAY_PAGE)
        for row in page:
            yield row
        if len(page) < REPLAY_PAGE:
            return
        after = page[-1].number


async def read_page(
    connection: psycopg.AsyncConnection[TupleRow],
    floor: str,
    *,
    after: int,
    until: Instant = END_OF_TIME,
    rows_max: int,
) -> list[Row]:
    """At most `rows_max` rows of a floor in order, from the one after `after`, stamped not later than `until`."""
    cursor = await connection.execute(_ROWS, (floor, after, until, rows_max))
    return [Row(number, at, said.encode(), out.encode()) for number, at, said, out in await cursor.fetchall()]


async def journal_rows(
    connection: psycopg.AsyncConnection[TupleRow], floor: str, *, after: int, rows_max: int
) -> list[Said]:
    """The same, decoded."""
    return [said(row) for row in await read_page(connection, floor, after=after, rows_max=rows_max)]


async def checkpoints(connection: psycopg.AsyncConnection[TupleRow], floor: str) -> list[Checkpoint]:
    """The kept checkpoints of a floor, newest first."""
    cursor = await connection.execute(_CHECKPOINTS, (floor,))
    return [Checkpoint(number, at, bytes(state)) for number, at, state in await cursor.fetchall()]
