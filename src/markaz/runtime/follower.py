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
from datetime import datetime

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from markaz.kit.time import SECOND, Instant, instant, moment
from markaz.runtime.core import Core
from markaz.runtime.database import connect
from markaz.runtime.journal import in_time, news_channel, read_page
from markaz.runtime.replay import replay
from markaz.runtime.rows import Row, Said, handled, outputs_of, stimulus_of
from markaz.runtime.visits import Visit, Visits

logger = logging.getLogger(__name__)

CONNECT_SECONDS_MAX = 5.0
PAGE_ROWS_MAX = 200
"""Rows handled in one go; between pages the process does its other work."""
POLL_SECONDS = 1.0
"""How often the journal is looked at though nobody called, and the floor's report is read."""
FLOOR_SILENT_SECONDS_MAX = 5.0
"""A floor reports each second; one that has not for so long counts as not running."""

_AT = "SELECT at FROM journal WHERE floor = %s AND number = %s"
_REPORT = """
SELECT telephony, is_spooling, age_seconds,
    (SELECT zone FROM centre WHERE id = (SELECT centre FROM floor WHERE id = %(floor)s))
FROM floor_health(%(floor)s)
"""
_VISITS = """
WITH folded AS (
    SELECT coalesce(max(number), 0) AS number FROM projection WHERE name = 'read_models' AND floor = %(floor)s
), visit AS (
    SELECT contact, queue, entered_at, left_at, ended FROM queue_visit
    WHERE floor = %(floor)s
        AND (entered_at >= %(since)s OR contact = ANY (%(contacts)s) AND left_at IS NULL)
)
SELECT folded.number, visit.* FROM folded LEFT JOIN visit ON true ORDER BY visit.entered_at
"""
"""In one statement, so that the visits are those of the number."""
VISITS_SECONDS = 26 * 3_600
"""How far back visits are read at the beginning: a day has 25 hours at most."""


Enter = Callable[[psycopg.AsyncConnection[TupleRow]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Begun:
    """The copy is another one from now on: whatever was derived from it is to be derived anew.

    `ended` are the queue visits of the last `VISITS_SECONDS`, `visits` those that go on; both know all rows up to
    `counted`, which read models may have come to before the copy does.
    """

    core: Core
    ended: list[Visit]
    visits: Visits
    counted: int


@dataclass(frozen=True, slots=True)
class Handled:
    """The copy handled these rows: what it was told, and what it answered."""

    said: list[Said]


class Reported(msgspec.Struct, frozen=True):
    """What the floor says of itself; `silent` when it has not for too long, or never has. `zone` is its centre's."""

    telephony: str = "away"
    spooling: bool = False
    silent: bool = False
    zone: str = "UTC"


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
                said: list[Said] = []
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
        return await self._count(connection, back.core)

    async def _count(self, connection: psycopg.AsyncConnection[TupleRow], core: Core) -> Begun:
        """The copy with its queue visits: those of the read models, and what the journal says after them."""
        asked = {
            "floor": self._floor,
            "since": moment(max(0, self.at - VISITS_SECONDS * SECOND)),
            "contacts": list(core.floor.state.contacts),
        }
        async with self._reading(connection):
            rows = await (await connection.execute(_VISITS, asked)).fetchall()
        counted: int = rows[0][0]
        found = [_visit(*row) for _, *row in rows if row[0] is not None]
        ended = [visit for visit in found if visit.ended is not None]
        visits = Visits([visit for visit in found if visit.ended is None])
        while counted < self.number:
            async with self._reading(connection):
                page = await read_page(connection, self._floor, after=counted, rows_max=PAGE_ROWS_MAX)
            for row in page:
                if row.number <= self.number:
                    ended += [one for one in visits.apply(row.at, outputs_of(row)) if one.ended is not None]
            counted = min(page[-1].number, self.number) if page else self.number
        return Begun(core, ended, visits, counted)

    def _handle(self, row: Row) -> Said:
        assert self._core is not None
        stimulus = stimulus_of(row)
        answered, answer = handled(self._core, row.number, row.at, stimulus, None)
        self.number, self.at = row.number, row.at
        if answered.outputs != row.outputs:
            self._different += 1
            if self._different == 1:
                logger.error("Row %s is answered differently here: run one version of Markaz only.", row.number)
        return Said(row.number, row.at, stimulus, answer)

    async def _report(self, connection: psycopg.AsyncConnection[TupleRow]) -> Reported:
        async with self._reading(connection):
            cursor = await connection.execute(_REPORT, {"floor": self._floor})
            found = await cursor.fetchone()
        assert found is not None, "floor_health() answers one row"
        telephony, spooling, age_seconds, zone = found
        if telephony is None:
            return Reported(silent=True, zone=zone or "UTC")
        return Reported(telephony, spooling, age_seconds > FLOOR_SILENT_SECONDS_MAX, zone or "UTC")


def _visit(contact: str, queue: str, entered_at: datetime, left_at: datetime | None, ended: str | None) -> Visit:
    return Visit(contact, queue, instant(entered_at), None if left_at is None else instant(left_at), ended)


async def _listen(connection: psycopg.AsyncConnection[TupleRow], floor: str) -> None:
    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(news_channel(floor))))
