"""Requests in PostgreSQL: read, locked, and stored together with the entry of the log that tells of the change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec
import psycopg
from psycopg.rows import dict_row

from markaz.requests.errors import LogFull, RequestUnknown
from markaz.requests.machine import RESPONSE_HOURS, Author, Move, Request, Side

Connection = psycopg.AsyncConnection[Any]
Act = Move | Literal["ask"]
ENTRIES_MAX = 500
"""Of a request's log; the last ones are kept for what ends the request."""
ENTRIES_OF_WORDS_MAX = ENTRIES_MAX - 20

_COLUMNS: LiteralString = """
id, client, project, asked_by, kind, state, asked_at, turn_since, response_hours, due_at, ended_at, owner, owner_name
"""
_NOW = "SELECT now()"
_LOCK: LiteralString = f"SELECT {_COLUMNS} FROM request WHERE id = %s FOR UPDATE"
_LOCK_OVERDUE: LiteralString = f"""
SELECT {_COLUMNS} FROM request WHERE state IN ('asked', 'promised') AND due_at <= now()
ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_ADD: LiteralString = """
INSERT INTO request (id, centre, client, project, asked_by, kind, state, turn_since, response_hours, due_at, owner,
    owner_name)
VALUES (%(id)s, %(centre)s, %(client)s, %(project)s, %(asked_by)s, %(kind)s, %(state)s, %(turn_since)s,
    %(response_hours)s, %(due_at)s, %(owner)s, %(owner_name)s)
"""
_SAVE: LiteralString = """
UPDATE request SET state = %(state)s, turn_since = %(turn_since)s, due_at = %(due_at)s, ended_at = %(ended_at)s,
    owner = %(owner)s, owner_name = %(owner_name)s, version = version + 1
WHERE id = %(id)s
"""
_APPEND = """
INSERT INTO request_entry (request, n, side, author, author_name, act, words, until, internal_to)
SELECT %(request)s, request_entries(%(request)s) + 1, %(side)s, %(author)s, %(author_name)s, %(act)s, %(words)s,
    %(until)s, %(internal_to)s
RETURNING n
"""
_HOURS = "SELECT hours FROM response_time WHERE centre = %s AND project = %s"


async def now_of(connection: Connection) -> datetime:
    """The moment of the transaction by the database's clock, which all entries of the log carry."""
    (now,) = await (await connection.execute(_NOW)).fetchone() or (None,)
    assert isinstance(now, datetime)
    return now


async def response_hours(connection: Connection, centre: str, project: str | None) -> int:
    """Elapsed hours within which a request is answered; of a whole client, and where nothing was agreed, a day."""
    found = await (await connection.execute(_HOURS, (centre, project or ""))).fetchone()
    return RESPONSE_HOURS if found is None else found[0]


async def lock(connection: Connection, request: str) -> Request:
    """The request as it stands, which nobody else changes before the transaction ends. Raises `RequestUnknown`."""
    found = await _requests(connection, _LOCK, (request,))
    if not found:
        raise RequestUnknown(request)
    return found[0]


async def lock_overdue(connection: Connection, limit: int) -> list[Request]:
    """Requests that time itself escalates, those that nobody else has locked."""
    return await _requests(connection, _LOCK_OVERDUE, (limit,))


async def add(connection: Connection, centre: str, request: Request, words: str, by: Author) -> None:
    """Store a new request, whose log begins with its words."""
    await connection.execute(_ADD, {"centre": centre, **msgspec.structs.asdict(request)})
    await _append(connection, request.id, "ask", by, words, None, None)


async def save(
    connection: Connection,
    request: Request,
    *,
    act: Act,
    by: Author | None,
    words: str | None = None,
    until: datetime | None = None,
    internal_to: Side | None = None,
) -> None:
    """Store what became of a locked request, and append it to the log. `by` None: time itself. Raises `LogFull`."""
    await connection.execute(_SAVE, msgspec.structs.asdict(request))
    n = await _append(connection, request.id, act, by, words, until, internal_to)
    if n > (ENTRIES_OF_WORDS_MAX if act in ("say", "note", "take", "promise") else ENTRIES_MAX):
        raise LogFull(ENTRIES_MAX)


def request_of(row: Mapping[str, Any]) -> Request:
    """The request in a row that may have more columns."""
    return msgspec.convert({name: row[name] for name in Request.__struct_fields__}, Request)


async def _append(
    connection: Connection,
    request: str,
    act: Act,
    by: Author | None,
    words: str | None,
    until: datetime | None,
    internal_to: Side | None,
) -> int:
    values = {
        "request": request, "side": by and by.side, "author": by and by.id, "author_name": by and by.name, "act": act,
        "words": words, "until": until, "internal_to": internal_to,
    }  # fmt: skip
    (n,) = await (await connection.execute(_APPEND, values)).fetchone() or (0,)
    return n


async def _requests(connection: Connection, query: LiteralString, values: Any) -> list[Request]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return [request_of(row) for row in await cursor.fetchall()]
