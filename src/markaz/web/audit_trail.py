"""The audit trail: what was done and by whom. A client sees what concerns it."""

import json
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.identity import Principal
from markaz.web.commands import ANY
from markaz.web.context import Transaction, allowed
from markaz.web.errors import CursorUnknown
from markaz.web.pages import Cursor, cursor_of, place_of
from markaz.web.problems import refusals

PAGE_MAX = 200
CHECKED_MAX = 20_000
"""Entries that one request goes over: some tenths of a second."""

_PAGE = """
SELECT number, at, actor, actor_name, address, action, subject, client, details, encode(hash, 'hex') AS hash
FROM audit_entry
WHERE (%(subject)s::text IS NULL OR subject = %(subject)s) AND (%(before)s::bigint IS NULL OR number < %(before)s)
ORDER BY number DESC LIMIT %(limit)s + 1
"""
_CHECK = """
SELECT broken_at IS NULL AS is_whole, last AS entries, total, broken_at, head, last_hash, is_over
FROM audit_check_part(%s, %s, %s)
"""

Reading = Annotated[Principal, Depends(allowed("audit.read"))]

router = APIRouter(prefix="/api/audit", tags=["audit"])


class Entry(BaseModel):
    """Something that was done. `hash` covers it and the entry before."""

    number: int
    at: datetime
    actor: str = Field(description="user:, key: or `nobody`", examples=["user:8c0f..."])
    actor_name: str
    address: str
    action: str = Field(examples=["recording.played"])
    subject: str = Field(examples=["recording:o17"])
    client: str | None = Field(description="Whose matter it was")
    details: dict[str, Any]
    hash: str


class Page(BaseModel):
    """Entries, the newest first; `cursor` gets those before them."""

    entries: list[Entry]
    cursor: str | None


class Checked(BaseModel):
    """Whether every entry so far is as it was appended. Who keeps `head` can prove later that none was lost."""

    is_whole: bool
    entries: int = Field(description="How many have been gone over, those of the parts before counted")
    total: int
    broken_at: int | None = Field(description="The first entry that is not what was appended, or is missing")
    head: str | None = Field(description="The last entry's hash")
    next: str | None = Field(description="The cursor of the part that follows; None: the chain is over, or broken")


@router.get("", responses=refusals(*ANY))
async def audit_trail(
    principal: Reading,
    connection: Transaction,
    subject: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> Page:
    """What was done, the newest first."""
    given = {"subject": subject, "before": None if cursor is None else int(cursor), "limit": limit}
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_PAGE, given)).fetchall()
    entries = [Entry(**{**row, "details": json.loads(row["details"])}) for row in found[:limit]]
    return Page(entries=entries, cursor=str(entries[-1].number) if len(found) > limit else None)


@router.get("/check", responses=refusals(*ANY, CursorUnknown))
async def check(principal: Reading, connection: Transaction, cursor: Cursor = None) -> Checked:
    """Go over a part of the chain, from its beginning or from where the part before ended."""
    last, last_hash = (0, None) if cursor is None else place_of(cursor, tuple[Annotated[int, msgspec.Meta(ge=1)], str])
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_CHECK, (last, last_hash, CHECKED_MAX))).fetchone()
    assert found is not None, "a function returns its row"
    is_over, last_hash = found.pop("is_over"), found.pop("last_hash")
    return Checked(**found, next=None if is_over else cursor_of(found["entries"], last_hash))
