"""Alarms and their rules in the database, within the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg.rows import class_row

from markaz.alarms.errors import AlarmOver, AlarmUnknown
from markaz.alarms.rules import Kind, Rule
from markaz.alarms.watch import Cause

Connection = psycopg.AsyncConnection[Any]

ENDED_SHOWN_MAX = 50

_COLUMNS: LiteralString = "id, kind, subject, parameters, risen_at, taken_by, taken_name, taken_at, ended_at"
_UP: LiteralString = f"SELECT {_COLUMNS} FROM alarm WHERE floor = %s AND ended_at IS NULL ORDER BY risen_at, id"
_LATEST: LiteralString = f"""
SELECT * FROM ({_UP}) AS up
UNION ALL
SELECT * FROM (
    SELECT {_COLUMNS} FROM alarm WHERE floor = %s AND ended_at IS NOT NULL ORDER BY risen_at DESC, id LIMIT %s
) AS ended
"""
_RISE = """
INSERT INTO alarm (floor, id, kind, subject, parameters) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (floor, kind, subject) WHERE ended_at IS NULL DO NOTHING
"""
_END = "UPDATE alarm SET ended_at = now() WHERE floor = %s AND kind = %s AND subject = %s AND ended_at IS NULL"
_KNOWN = "SELECT 1 FROM alarm WHERE floor = %s AND id = %s"
_TAKE: LiteralString = f"""
UPDATE alarm SET taken_by = %(by)s, taken_name = %(name)s, taken_at = now()
WHERE floor = %(floor)s AND id = %(id)s AND ended_at IS NULL AND (taken_by IS NULL OR taken_by = %(by)s)
RETURNING {_COLUMNS}
"""
_GIVE_BACK: LiteralString = f"""
UPDATE alarm SET taken_by = NULL, taken_name = NULL, taken_at = NULL
WHERE floor = %(floor)s AND id = %(id)s AND ended_at IS NULL AND taken_by = %(by)s
RETURNING {_COLUMNS}
"""
_RULES = 'SELECT kind, "limit", offered_min, after_seconds, clear_seconds, enabled FROM alarm_rule WHERE centre = %s'
_RULES_OF_FLOOR = """
SELECT kind, "limit", offered_min, after_seconds, clear_seconds, enabled
FROM alarm_rule WHERE centre = (SELECT centre FROM floor WHERE id = %s)
"""
_GIVE_RULE = """
INSERT INTO alarm_rule (centre, kind, "limit", offered_min, after_seconds, clear_seconds, enabled)
VALUES (%(centre)s, %(kind)s, %(limit)s, %(offered_min)s, %(after_seconds)s, %(clear_seconds)s, %(enabled)s)
ON CONFLICT (centre, kind) DO UPDATE SET "limit" = excluded."limit", offered_min = excluded.offered_min,
    after_seconds = excluded.after_seconds, clear_seconds = excluded.clear_seconds, enabled = excluded.enabled
"""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm. `taken_by` (a user's or key's id) has taken it over; `taken_name` is what people read."""

    id: str
    kind: Kind
    subject: str
    parameters: dict[str, float]
    risen_at: datetime
    taken_by: str | None
    taken_name: str | None
    taken_at: datetime | None
    ended_at: datetime | None

    @property
    def cause(self) -> Cause:
        return self.kind, self.subject


async def open_alarms(connection: Connection, floor: str) -> list[Alarm]:
    """The alarms that are up, the oldest first."""
    async with connection.cursor(row_factory=class_row(Alarm)) as cursor:
        await cursor.execute(_UP, (floor,))
        return await cursor.fetchall()


async def latest(connection: Connection, floor: str) -> list[Alarm]:
    """Those that are up, then the `ENDED_SHOWN_MAX` that rose last of the others."""
    async with connection.cursor(row_factory=class_row(Alarm)) as cursor:
        await cursor.execute(_LATEST, (floor, floor, ENDED_SHOWN_MAX))
        return await cursor.fetchall()


async def rise(connection: Connection, floor: str, id: str, cause: Cause, parameters: Mapping[str, float]) -> None:
    """Raise an alarm, unless there is one of that cause already."""
    await connection.execute(_RISE, (floor, id, *cause, msgspec.json.encode(parameters).decode()))


async def end(connection: Connection, floor: str, cause: Cause) -> None:
    await connection.execute(_END, (floor, *cause))


async def take(connection: Connection, floor: str, alarm: str, *, by: str, name: str) -> Alarm:
    """Let it be somebody's matter. Raises `AlarmUnknown`, `AlarmOver`."""
    return await _change(connection, _TAKE, {"floor": floor, "id": alarm, "by": by, "name": name})


async def give_back(connection: Connection, floor: str, alarm: str, *, by: str) -> Alarm:
    """Let it be everybody's matter again; only who has it can. Raises `AlarmUnknown`, `AlarmOver`."""
    return await _change(connection, _GIVE_BACK, {"floor": floor, "id": alarm, "by": by})


async def _change(connection: Connection, statement: LiteralString, asked: dict[str, str]) -> Alarm:
    async with connection.cursor(row_factory=class_row(Alarm)) as cursor:
        await cursor.execute(statement, asked)
        changed = await cursor.fetchone()
    if changed is not None:
        return changed
    known = await (await connection.execute(_KNOWN, (asked["floor"], asked["id"]))).fetchone()
    raise AlarmUnknown(asked["id"]) if known is None else AlarmOver(asked["id"])


async def rules_of(connection: Connection, *, centre: str | None = None, floor: str | None = None) -> list[Rule]:
    """The rules that a centre, or the centre of a floor, has of its own."""
    async with connection.cursor(row_factory=class_row(Rule)) as cursor:
        if floor is not None:
            await cursor.execute(_RULES_OF_FLOOR, (floor,))
        else:
            await cursor.execute(_RULES, (centre,))
        return await cursor.fetchall()


async def give_rule(connection: Connection, centre: str, rule: Rule) -> None:
    await connection.execute(_GIVE_RULE, {"centre": centre, **msgspec.structs.asdict(rule)})
