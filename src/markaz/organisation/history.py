"""What was changed in an organisation, by whom and when, with each entry before and after."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
import psycopg

from markaz.organisation.change import entries_by_id
from markaz.organisation.model import SECTIONS, Document

Connection = psycopg.AsyncConnection[Any]
How = Literal["apply", "edit", "import", "new_number", "sound", "undo"]

PAGE_MAX = 200
BY_APPLY = "markaz apply"

_VERSION = "SELECT organisation_version(%s)"
_RECORD = """
INSERT INTO organisation_change (centre, number, made_by, how, undoes, edits) VALUES (%s, %s, %s, %s, %s, %s)
"""
_PAGE = """
SELECT change.number, made_at, made_by, how, undoes, edits::text,
       (SELECT max(later.number) FROM organisation_change AS later
        WHERE later.centre = change.centre AND later.undoes = change.number) AS undone_by
FROM organisation_change AS change
WHERE centre = %(centre)s AND number < %(before)s AND number >= %(least)s
  AND (%(section)s::text IS NULL OR EXISTS (
      SELECT FROM json_array_elements(edits) AS edit
      WHERE edit ->> 'section' = %(section)s AND (%(id)s::text IS NULL OR edit ->> 'id' = %(id)s)))
ORDER BY number DESC LIMIT %(limit)s
"""
_SINCE = """
SELECT number, made_by, edit ->> 'section', edit ->> 'id'
FROM organisation_change, json_array_elements(edits) AS edit
WHERE centre = %s AND number > %s ORDER BY number
"""
_BIGGEST = 2**62


class EntryChange(msgspec.Struct, frozen=True, kw_only=True):
    """One entry (`section` "centre" has one only) as JSON; `before` None: it is new, `after` None: it was retired."""

    section: str
    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one person did at once; `number` was the organisation's version after it."""

    number: int
    made_at: datetime
    made_by: str
    how: str
    undoes: int | None
    undone_by: int | None
    edits: tuple[EntryChange, ...]


def differences(before: Document | None, after: Document) -> list[EntryChange]:
    """Every entry that is not the same in both."""
    found: list[EntryChange] = []
    if before is None or before.centre != after.centre:
        old = None if before is None else msgspec.to_builtins(before.centre)
        new = msgspec.to_builtins(after.centre)
        found.append(EntryChange(section="centre", id=after.centre.id, before=old, after=new))
    for section in SECTIONS:
        was, now = entries_by_id(before, section), entries_by_id(after, section)
        for key in sorted(was.keys() | now.keys()):
            if was.get(key) != now.get(key):
                old, new = (None if one is None else msgspec.to_builtins(one) for one in (was.get(key), now.get(key)))
                found.append(EntryChange(section=section, id=key, before=old, after=new))
    return found


async def version(connection: Connection, centre: str) -> int:
    """The number of the latest change; 0 when there was none."""
    (number,) = await (await connection.execute(_VERSION, (centre,))).fetchone() or (0,)
    return number


async def record(
    connection: Connection,
    centre: str,
    edits: Sequence[EntryChange],
    *,
    made_by: str,
    how: How,
    undoes: int | None = None,
) -> int:
    """Keep a change; the new version. The caller holds the centre's lock."""
    number = await version(connection, centre) + 1
    body = msgspec.json.encode(edits).decode()
    await connection.execute(_RECORD, (centre, number, made_by, how, undoes, body))
    return number


async def changes(
    connection: Connection,
    centre: str,
    *,
    before: int | None = None,
    section: str | None = None,
    id: str | None = None,
    limit: int = 50,
) -> list[Change]:
    """The latest changes first, those before number `before`; of one section or entry where asked."""
    parameters = {"centre": centre, "before": before or _BIGGEST, "least": 0, "section": section, "id": id}
    return await _page(connection, parameters | {"limit": min(limit, PAGE_MAX)})


async def change(connection: Connection, centre: str, number: int) -> Change | None:
    """One change; None when there was no such one."""
    parameters = {"centre": centre, "before": number + 1, "least": number, "section": None, "id": None, "limit": 1}
    found = await _page(connection, parameters)
    return found[0] if found else None


async def changed_since(connection: Connection, centre: str, number: int) -> dict[tuple[str, str], tuple[int, str]]:
    """(section, id) of every entry changed after version `number` -> the latest change of it and who made it."""
    cursor = await connection.execute(_SINCE, (centre, number))
    return {(section, key): (later, made_by) for later, made_by, section, key in await cursor.fetchall()}


async def _page(connection: Connection, parameters: dict[str, Any]) -> list[Change]:
    cursor = await connection.execute(_PAGE, parameters)
    return [
        Change(
            number=number,
            made_at=made_at,
            made_by=made_by,
            how=how,
            undoes=undoes,
            undone_by=undone_by,
            edits=msgspec.json.decode(edits, type=tuple[EntryChange, ...]),
        )
        for number, made_at, made_by, how, undoes, edits, undone_by in await cursor.fetchall()
    ]
