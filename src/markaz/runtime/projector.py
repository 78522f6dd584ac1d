"""Keeps the read models up with the journal, in order, its place moved in the transaction that writes them."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, LiteralString, TypeVar

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow, class_row

from markaz.kit.errors import MarkazError
from markaz.runtime.database import connect
from markaz.runtime.journal import read_page
from markaz.runtime.projection import (
    ActivityRow,
    Changes,
    ContactRow,
    EngagementRow,
    OpenContact,
    ReadModels,
    SegmentRow,
    VisitRow,
)  # fmt: skip

RowT = TypeVar("RowT", bound=msgspec.Struct)

NAME = "read_models"
ROWS_MAX = 2_000
"""Journal rows folded into one transaction."""
POLL_SECONDS = 0.2
"""How often an idle projector looks for new rows."""
GATHER_SECONDS = 0.5
"""How long a busy one lets rows gather: a contact's rows are written once for all that happened meanwhile."""

_PLACE = "SELECT number FROM projection WHERE name = %s AND floor = %s FOR UPDATE"
_MOVE = """
INSERT INTO projection (name, floor, number) VALUES (%s, %s, %s)
ON CONFLICT (name, floor) DO UPDATE SET number = excluded.number
"""
_IMPORTED = "SELECT FROM imported_floor WHERE floor = %s"
_OF_OPEN: LiteralString = "contact IN (SELECT c.contact FROM contact c WHERE c.floor = t.floor AND c.closed_at IS NULL)"
TABLES = ("contact", "contact_segment", "queue_visit", "engagement", "agent_activity", "feedback", "journal_contact")
_KEYS = {
    "contact": ("contact",),
    "contact_segment": ("contact", "n"),
    "queue_visit": ("contact", "n"),
    "engagement": ("offer",),
    "agent_activity": ("agent", "n"),
    "feedback": ("contact", "question"),
}


@dataclass(eq=False)
class FloorImported(MarkazError):
    """Floor "{floor}" was imported and has no journal to fold: import its files anew with --replace instead."""

    code: ClassVar[str] = "floor_imported"
    floor: str


class Projector:
    """One floor's projector. Two at once are harmless: each transaction locks the place and reads it anew."""

    def __init__(self, url: str, floor: str) -> None:
        self._url = url
        self._floor = floor
        self._models: ReadModels | None = None
        self._number = -1

    async def run(self) -> None:
        """Follow the journal until cancelled; raises psycopg errors when the database goes away."""
        self._models = None
        async with await connect(self._url) as connection:
            while True:
                folded = await self.catch_up(connection)
                if folded < ROWS_MAX:
                    await asyncio.sleep(GATHER_SECONDS if folded else POLL_SECONDS)

    async def catch_up(self, connection: psycopg.AsyncConnection[TupleRow]) -> int:
        """Fold one batch of rows; how many there were."""
        async with connection.transaction():
            cursor = await connection.execute(_PLACE, (NAME, self._floor))
            place: int = (await cursor.fetchone() or (0,))[0]
            if self._models is None or place != self._number:
                self._models = await load(connection, self._floor)
            rows = await read_page(connection, self._floor, after=place, rows_max=ROWS_MAX)
            if not rows:
                self._number = place
                return 0
            for row in rows:
                self._models.apply(row)
            self._number = rows[-1].number
            await store(connection, self._floor, self._models.take_changes())
            await connection.execute(_MOVE, (NAME, self._floor, self._number))
            return len(rows)

    async def rebuild(self, connection: psycopg.AsyncConnection[TupleRow]) -> int:
        """Drop this floor's read models and fold the whole journal again; how many rows that were.

        Raises `FloorImported` when they came from no journal.
        """
        async with connection.transaction():
            if await (await connection.execute(_IMPORTED, (self._floor,))).fetchone() is not None:
                raise FloorImported(self._floor)
            for table in TABLES:
                delete = sql.SQL("DELETE FROM {} WHERE floor = %s").format(sql.Identifier(table))
                await connection.execute(delete, (self._floor,))
            await connection.execute(_MOVE, (NAME, self._floor, 0))
        self._models = None
        total = 0
        while (folded := await self.catch_up(connection)) > 0:
            total += folded
        return total


async def load(connection: psycopg.AsyncConnection[TupleRow], floor: str) -> ReadModels:
    """What is open now, to go on folding."""
    models = ReadModels()
    for row in await _rows(connection, ContactRow, "contact", floor, "closed_at IS NULL"):
        models.contacts[row.contact] = OpenContact(row)
    for segment in await _rows(connection, SegmentRow, "contact_segment", floor, "ended_at IS NULL"):
        if segment.contact in models.contacts:
            models.contacts[segment.contact].segment = segment
    for visit in await _rows(connection, VisitRow, "queue_visit", floor, _OF_OPEN):
        known = models.contacts[visit.contact]
        known.visits = max(known.visits, visit.n)
        if visit.left_at is None:
            known.visit = visit
        elif known.left is None or known.left.n < visit.n:
            known.left = visit
    for engagement in await _rows(connection, EngagementRow, "engagement", floor, "ended_at IS NULL"):
        models.engagements[engagement.offer] = engagement
    leads = f"(lead_seconds > 0 OR lead_began_at IS NOT NULL) AND {_OF_OPEN} ORDER BY connected_at"
    for lead in await _rows(connection, EngagementRow, "engagement", floor, leads):
        models.contacts[lead.contact].agent, models.contacts[lead.contact].offer = lead.agent, lead.offer
    latest = "n = (SELECT max(n) FROM agent_activity a WHERE a.floor = t.floor AND a.agent = t.agent)"
    for activity in await _rows(connection, ActivityRow, "agent_activity", floor, latest):
        models.activities[activity.agent] = activity
    return models


async def _rows(
    connection: psycopg.AsyncConnection[TupleRow], row: type[RowT], table: str, floor: str, condition: LiteralString
) -> list[RowT]:
    query = sql.SQL("SELECT {} FROM {} t WHERE floor = %s AND {}").format(
        sql.SQL(", ").join(map(sql.Identifier, row.__struct_fields__)), sql.Identifier(table), sql.SQL(condition)
    )
    async with connection.cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(query, (floor,))
        return await cursor.fetchall()


async def store(connection: psycopg.AsyncConnection[TupleRow], floor: str, changes: Changes) -> None:
    """Write changed rows over the old ones."""
    await _upsert(connection, floor, "contact", changes.contacts.values())
    await _upsert(connection, floor, "contact_segment", changes.segments.values())
    await _upsert(connection, floor, "queue_visit", changes.visits.values())
    await _upsert(connection, floor, "engagement", changes.engagements.values())
    await _upsert(connection, floor, "agent_activity", changes.activities.values())
    await _upsert(connection, floor, "feedback", changes.feedback.values())
    async with (
        connection.cursor() as cursor,
        cursor.copy("COPY journal_contact (floor, contact, number) FROM STDIN") as copy,
    ):
        for contact, number in changes.journal_contacts:
            await copy.write_row((floor, contact, number))


async def _upsert(
    connection: psycopg.AsyncConnection[TupleRow], floor: str, table: str, rows: Collection[msgspec.Struct]
) -> None:
    """All rows in one statement, as one JSON text that PostgreSQL takes apart by the table's own types."""
    if not rows:
        return
    columns = [sql.Identifier(column) for column in next(iter(rows)).__struct_fields__]
    keys = [sql.Identifier(column) for column in _KEYS[table]]
    statement = sql.SQL(
        "INSERT INTO {table} (floor, {columns}) SELECT %s, {columns} FROM json_populate_recordset(NULL::{table}, %s) "
        "ON CONFLICT (floor, {keys}) DO UPDATE SET {changes}"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(columns),
        keys=sql.SQL(", ").join(keys),
        changes=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(column) for column in columns if column not in keys
        ),
    )
    await connection.execute(statement, (floor, msgspec.json.encode(list(rows)).decode()))
