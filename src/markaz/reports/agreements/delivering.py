"""Makes each agreed report when it is due, keeps it, and does what people wish of what was delivered.

A period is delivered once: its row is the lock. What was missed while nobody ran is made late, and
says so by its moments.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from markaz.kit.time import Instant, moment
from markaz.reports.agreements.computing import Compared, compare, compute_rows, decoded, encoded
from markaz.reports.agreements.printing import as_pdf
from markaz.reports.agreements.rendering import as_csv
from markaz.reports.agreements.terms import Period, Terms, periods_due
from markaz.reports.catalogue import Row
from markaz.runtime import DATABASE_AWAY, connect

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
PERIODS_MAX: Final = 50
"""Periods of a report that one look makes."""
WISHES_MAX: Final = 1
"""Between two looks at what is due: each folds a whole journal."""
BEHIND_SECONDS_MAX: Final = 60.0
"""So long the read models are waited for; then the report is tried at the next look."""
BEHIND_POLL_SECONDS: Final = 0.2

_AGREED: LiteralString = """
SELECT v.centre, v.report, v.version, v.client, v.terms,
    (SELECT max(period_began) FROM report_delivery AS d WHERE (d.centre, d.report) = (v.centre, v.report)) AS last
FROM report_version AS v JOIN floor ON floor.centre = v.centre AND floor.id = %s
WHERE v.state = 'agreed' ORDER BY v.report
"""
_PLACES = """
SELECT coalesce((SELECT number FROM projection WHERE name = 'read_models' AND floor = %(floor)s), 0),
    coalesce((SELECT max(number) FROM journal WHERE floor = %(floor)s), 0)
"""
_KEEP = """
INSERT INTO report_delivery (centre, report, period_began, n, version, client, floor, period_ended, due_at, rows,
    sha256, journal_number, why, file, made_at)
VALUES (%(centre)s, %(report)s, %(period_began)s, %(n)s, %(version)s, %(client)s, %(floor)s, %(period_ended)s,
    %(due_at)s, %(rows)s, %(sha256)s, %(journal_number)s, %(why)s, %(file)s, %(now)s)
ON CONFLICT DO NOTHING
"""
_SEND = """
INSERT INTO report_sending (centre, report, period_began, n, recipient, next_at)
VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING
"""
_TELL = """
INSERT INTO webhook_delivery (floor, webhook, fact, kind, body, next_at)
SELECT floor, id, %(fact)s, 'report.delivered', %(body)s, now() FROM webhook
WHERE floor = %(floor)s AND removed_at IS NULL AND 'report.delivered' = ANY (kinds)
    AND (project IS NULL OR project = ANY (%(projects)s))
ON CONFLICT (floor, webhook, fact) DO NOTHING
"""
"""Other systems are told by the same deliveries as of everything else."""
_WISHES: LiteralString = """
SELECT w.id, w.kind, w.why, d.centre, d.report, d.version, d.client, d.period_began, d.period_ended, d.due_at, d.n,
    d.rows, d.floor, v.terms
FROM report_wish AS w
JOIN LATERAL (
    SELECT * FROM report_delivery AS its
    WHERE (its.centre, its.report, its.period_began) = (w.centre, w.report, w.period_began) ORDER BY its.n DESC LIMIT 1
) AS d ON true
JOIN report_version AS v ON (v.centre, v.report, v.version) = (d.centre, d.report, d.version)
WHERE w.done_at IS NULL AND d.floor = %s ORDER BY w.asked_at LIMIT %s
"""
_DONE = "UPDATE report_wish SET done_at = %s, result = %s WHERE id = %s AND done_at IS NULL"


@dataclass(frozen=True, slots=True)
class _Agreed:
    centre: str
    report: str
    version: int
    client: str
    terms: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class _Wish:
    id: str
    kind: str
    why: str | None
    centre: str
    report: str
    version: int
    client: str
    period_began: datetime
    period_ended: datetime
    due_at: datetime
    n: int
    rows: str
    floor: str
    terms: str


class Reporter:
    """One floor's; two at once are harmless."""

    def __init__(self, url: str, floor: str, clock: Callable[[], Instant]) -> None:
        self._url = url
        self._floor = floor
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled; raises psycopg errors when the database goes away."""
        async with await connect(self._url) as connection:
            while True:
                await self.look(connection)
                await asyncio.sleep(POLL_SECONDS)

    async def look(self, connection: AsyncConnection[Any]) -> int:
        """Make what is due and do what is wished; how many reports were made."""
        made, failed = 0, set[str]()
        async for agreed, period in self._due(connection):
            if agreed.report in failed:  # a period is never left out: the next look begins with this one again
                continue
            try:
                made += await self._deliver(connection, agreed, period)
            except DATABASE_AWAY:
                raise
            except Exception:
                logger.exception("Report %s of %s can't be made", agreed.report, period.began_at)
                failed.add(agreed.report)
        async with connection.cursor(row_factory=class_row(_Wish)) as cursor:
            wishes = await (await cursor.execute(_WISHES, (self._floor, WISHES_MAX))).fetchall()
        for wish in wishes:
            try:
                made += await self._fulfil(connection, wish)
            except DATABASE_AWAY:
                raise
            except Exception as error:
                logger.exception("Report %s of %s can't be recomputed", wish.report, wish.period_began)
                await self._done(
                    connection, wish, Compared(is_equal=False, count=0, differences=[], problem=str(error))
                )
        return made

    async def _due(self, connection: AsyncConnection[Any]) -> AsyncIterator[tuple[_Agreed, Period]]:
        async with connection.cursor(row_factory=class_row(_Agreed)) as cursor:
            every = await (await cursor.execute(_AGREED, (self._floor,))).fetchall()
        now = moment(self._clock())
        for agreed in every:
            due = periods_due(_terms(agreed.terms), after=agreed.last, now=now)
            for _, period in zip(range(PERIODS_MAX), due, strict=False):
                yield agreed, period

    async def _deliver(self, connection: AsyncConnection[Any], agreed: _Agreed, period: Period) -> int:
        number = await self._caught_up(connection)
        if number is None:
            return 0
        terms = _terms(agreed.terms)
        rows = await compute_rows(connection, terms, period, floor=self._floor)
        values = {
            "centre": agreed.centre, "report": agreed.report, "version": agreed.version, "client": agreed.client,
            "floor": self._floor, "period_began": period.began_at, "period_ended": period.ended_at,
            "due_at": period.due_at, "n": 0, "why": None, "journal_number": number,
        }  # fmt: skip
        return await self._keep(connection, terms, period, rows, values)

    async def _caught_up(self, connection: AsyncConnection[Any]) -> int | None:
        """Where the read models are, once they know all that the journal does now; None when that takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + BEHIND_SECONDS_MAX
        wanted: Any = None
        while True:
            found = await (await connection.execute(_PLACES, {"floor": self._floor})).fetchone()
            assert found is not None, "the statement returns its row"
            place, head = found
            wanted = head if wanted is None else wanted
            if place >= wanted:
                return place
            if loop.time() > until:
                return None
            await asyncio.sleep(BEHIND_POLL_SECONDS)

    async def _keep(
        self, connection: AsyncConnection[Any], terms: Terms, period: Period, rows: list[Row], values: dict[str, Any]
    ) -> int:
        """Keep the delivery and everything that is to be sent, in one transaction; 0 when another process was first."""
        text, sha256 = encoded(rows)
        version = values["version"]
        file = await asyncio.to_thread(_file, terms, version, period, rows, sha256)
        kept = {**values, "rows": text, "sha256": sha256, "file": file, "now": moment(self._clock())}
        async with connection.transaction():
            if (await connection.execute(_KEEP, kept)).rowcount == 0:
                return 0
            key = (values["centre"], values["report"], values["period_began"], values["n"])
            for recipient in terms.recipients:
                await connection.execute(_SEND, (*key, recipient))
            if terms.webhook:
                fact = f"report {values['report']} {period.began_at:%Y-%m-%d} {values['n']}"
                told = {
                    "fact": fact, "kind": "report.delivered", "at": kept["now"], "floor": self._floor,
                    "report": values["report"], "name": terms.name, "version": version, "n": values["n"],
                    "why": values["why"], "from": period.began_at, "to": period.ended_at, "sha256": sha256,
                }  # fmt: skip
                body = msgspec.json.encode(told).decode()
                await connection.execute(
                    _TELL, {"fact": fact, "body": body, "floor": self._floor, "projects": list(terms.projects)}
                )
        return 1

    async def _fulfil(self, connection: AsyncConnection[Any], wish: _Wish) -> int:
        """Recompute from the journal; correct what differs where that is wished."""
        terms = _terms(wish.terms)
        period = Period(wish.period_began, wish.period_ended, wish.due_at)
        number = await self._caught_up(connection)
        if number is None:
            return 0
        rows = await compute_rows(connection, terms, period, floor=wish.floor, from_journal=True)
        compared: Compared = compare(decoded(wish.rows), rows)
        if wish.kind == "correct" and not compared.is_equal:
            values = {
                "centre": wish.centre, "report": wish.report, "version": wish.version, "client": wish.client,
                "floor": wish.floor, "period_began": wish.period_began, "period_ended": wish.period_ended,
                "due_at": wish.due_at, "n": wish.n + 1, "why": wish.why, "journal_number": number,
            }  # fmt: skip
            async with connection.transaction():  # a correction and its answer stand or fall together
                await self._done(connection, wish, compared)
                return await self._keep(connection, terms, period, rows, values)
        await self._done(connection, wish, compared)
        return 0

    async def _done(self, connection: AsyncConnection[Any], wish: _Wish, compared: Compared) -> None:
        await connection.execute(_DONE, (moment(self._clock()), msgspec.json.encode(compared).decode(), wish.id))


def _terms(text: str) -> Terms:
    return msgspec.json.decode(text, type=Terms)


def _file(terms: Terms, version: int, period: Period, rows: list[Row], sha256: str) -> bytes:
    form = as_csv if terms.format == "csv" else as_pdf
    return form(terms, version, period, rows, seal=sha256)
