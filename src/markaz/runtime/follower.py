"""The followed driver: a copy of a running floor in another process, which handles the journal as it grows.

It begins with the latest checkpoint, is woken by each commit to the journal, and acts on nothing. A copy that was cut
off goes on where it was; one whose last row is not in the journal any more (another database, a backup restored)
begins anew.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from markaz.kit.time import Instant
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.database import connect
from markaz.runtime.journal import in_time, news_channel, read_page
from markaz.runtime.replay import replay
from markaz.runtime.rows import Row, handled, stimulus_of

logger = logging.getLogger(__name__)

CONNECT_SECONDS_MAX = 5.0
PAGE_ROWS_MAX = 200
"""Rows handled in one go; between pages the process does its other work."""
POLL_SECONDS = 1.0
"""How often the journal is looked at though nobody called, and the floor's report is read."""
FLOOR_SILENT_SECONDS_MAX = 5.0
"""A floor reports each second; one that has not for so long counts as not running."""

_AT = "SELECT at FROM journal WHERE floor = %s AND number = %s"
_REPORT = "SELECT telephony, is_spooling, age_seconds FROM floor_health(%s)"


Enter = Callable[[psycopg.AsyncConnection[TupleRow]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Begun:
    """The copy is another one from now on: whatever was derived from it is to be derived anew."""

    core: Core


@dataclass(frozen=True, slots=True)
class Handled:
    """The copy handled these rows: what it was told, and what it answered."""

    said: list[tuple[Stimulus, list[Output]]]


class Reported(msgspec.Struct, frozen=True):
    """What the floor says of itself; `silent` when it has not for too long, or never has."""

    telephony: str = "away"
    spooling: bool = False
    silent: bool = False


class Follower:
    """One floor's copy, used by one task at a time."""

    def __init__(self, url: str, floor: str, enter: Enter | None = None) -> None:
        """`enter` begins each transaction, where the role of `url` sees nothing without."""
        self._url = url
        self._floor = floor
        self._enter = enter
        self._core: Core | None = None
        self._different = 0
        self.number = 0
        """The last row handled."""
        self.at: Instant = 0

    async def follow(self) -> AsyncGenerator[Begun | Handled | Reported]:
        """What happens, for ever; raises what `DATABASE_AWAY` names when the database is. To be called again then.

        The first is `Begun`, unless the copy goes on from before: then it is `Handled`, once nothing is missing.
        """
        clock = asyncio.get_running_loop().time
        report_at = clock()
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            connection = await connect(self._url)
        async with connection:
            await in_time(connection, _listen(connection, self._floor))
            if not await in_time(connection, self._goes_on(connection)):
                yield await self._begin(connection)
            while True:
                said: list[tuple[Stimulus, list[Output]]] = []
                page = await in_time(connection, self._next(connection))
                for row in page:
                    if row.number != self.number + 1:
                        logger.error("Row %s follows row %s in the journal: beginning anew.", row.number, self.number)
                        yield await self._begin(connection)
                        break
                    said.append(self._handle(row))
                yield Handled(said)
                if len(page) == PAGE_ROWS_MAX:
                    continue
                if clock() >= report_at:
                    report_at = clock() + POLL_SECONDS
                    yield await in_time(connection, self._report(connection))
                async for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass

    def forget(self) -> None:
        """Begin anew when called next."""
        self._core = None

    @asynccontextmanager
    async def _reading(self, connection: psycopg.AsyncConnection[TupleRow]) -> AsyncIterator[None]:
        async with connection.transaction():
            if self._enter is not None:
                await self._enter(connection)
            yield

    async def _next(self, connection: psycopg.AsyncConnection[TupleRow]) -> list[Row]:
        async with self._reading(connection):
            return await read_page(connection, self._floor, after=self.number, rows_max=PAGE_ROWS_MAX)

    async def _goes_on(self, connection: psycopg.AsyncConnection[TupleRow]) -> bool:
        """Whether the journal still is the one that the copy has handled."""
        if self._core is None:
            return False
        async with self._reading(connection):
            cursor = await connection.execute(_AT, (self._floor, self.number))
            found = await cursor.fetchone()
        return found == (self.at,) if self.number else found is None

    async def _begin(self, connection: psycopg.AsyncConnection[TupleRow]) -> Begun:
        async with self._reading(connection):
            back = await replay(connection, self._floor, from_checkpoint=True)
        self._core, self.number, self.at = back.core, back.number, back.at
        return Begun(back.core)

    def _handle(self, row: Row) -> tuple[Stimulus, list[Output]]:
        assert self._core is not None
        stimulus = stimulus_of(row)
        answered, answer = handled(self._core, row.number, row.at, stimulus, None)
        self.number, self.at = row.number, row.at
        if answered.outputs != row.outputs:
            self._different += 1
            if self._different == 1:
                logger.error("Row %s is answered differently here: run one version of Markaz only.", row.number)
        return stimulus, answer

    async def _report(self, connection: psycopg.AsyncConnection[TupleRow]) -> Reported:
        cursor = await connection.execute(_REPORT, (self._floor,))
        found = await cursor.fetchone()
        if found is None or found[0] is None:
            return Reported(silent=True)
        telephony, spooling, age_seconds = found
        return Reported(telephony, spooling, age_seconds > FLOOR_SILENT_SECONDS_MAX)


async def _listen(connection: psycopg.AsyncConnection[TupleRow], floor: str) -> None:
    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(news_channel(floor))))
