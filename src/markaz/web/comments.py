"""What was said of a moment of a recording, by the centre's people and the client's, seen by both."""

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, LiteralString

from fastapi import APIRouter
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.web.auditing import audit_of_recording
from markaz.web.commands import Asked, Id
from markaz.web.context import InstallationGiven, Transaction
from markaz.web.errors import CommentsFull, CommentUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.recordings import REFUSED, Hearer, audible
from markaz.web.visitors import AddressGiven

COMMENTS_MAX: Final = 300
CHARACTERS_MAX: Final = 2_000
SECONDS_MAX: Final = 86_400

_LIST: LiteralString = """
SELECT id, at_seconds, text, written_by, written_at, author = context_user() AS is_mine FROM recording_comment
WHERE floor = %s AND recording = %s AND removed_at IS NULL ORDER BY at_seconds, written_at, id LIMIT %s
"""
_COUNT = "SELECT count(*) FROM recording_comment WHERE floor = %s AND recording = %s"
_WRITE = """
INSERT INTO recording_comment (floor, recording, id, contact, at_seconds, text, author, written_by, written_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) RETURNING written_at
"""
_REMOVE = """
UPDATE recording_comment SET removed_at = now()
WHERE floor = %s AND recording = %s AND id = %s AND author = context_user() AND removed_at IS NULL
"""

router = APIRouter(route_class=Once, prefix="/api/recordings/{recording}/comments", tags=["recordings"])


class Comment(BaseModel):
    """Of a moment, in seconds from the recording's beginning."""

    id: str
    at_seconds: float
    text: str
    written_by: str
    written_at: datetime
    is_mine: bool = Field(description="Its author may remove it")


class Said(Asked):
    """A comment as it is written."""

    at_seconds: Annotated[float, Field(ge=0, le=SECONDS_MAX, allow_inf_nan=False, strict=False)]
    text: Annotated[str, Field(min_length=1, max_length=CHARACTERS_MAX, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]


@router.get("", responses=refusals(*REFUSED))
async def comments(
    recording: Id, hearer: Hearer, installation: InstallationGiven, connection: Transaction
) -> list[Comment]:
    """In the order of their moments."""
    await audible(connection, installation.floor, recording)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_LIST, (installation.floor, recording, COMMENTS_MAX))
        return [Comment(**one) for one in await cursor.fetchall()]


@router.post("", status_code=HTTPStatus.CREATED, responses=refusals(*REFUSED, CommentsFull))
async def comment(
    recording: Id,
    said: Said,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Comment:
    """Say something of a moment; whoever may hear the recording sees it."""
    row = await audible(connection, installation.floor, recording)
    (count,) = await (await connection.execute(_COUNT, (installation.floor, recording))).fetchone() or (0,)
    if count >= COMMENTS_MAX:
        raise CommentsFull(COMMENTS_MAX)
    name = secrets.token_hex(8)
    values = (recording, name, row["contact"], said.at_seconds, said.text, hearer.id, hearer.name)
    (written_at,) = await (await connection.execute(_WRITE, (installation.floor, *values))).fetchone() or (None,)
    assert written_at is not None
    told = {"at_seconds": said.at_seconds, "comment": name}
    await audit_of_recording(
        connection, "recording.commented", installation.floor, row["contact"], recording, address, **told
    )
    return Comment(id=name, **said.model_dump(), written_by=hearer.name, written_at=written_at, is_mine=True)


@router.delete("/{comment}", status_code=HTTPStatus.NO_CONTENT, responses=refusals(*REFUSED, CommentUnknown))
async def remove_comment(
    recording: Id,
    comment: Id,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> None:
    """Hide a comment of one's own; that there was one stays in the audit trail."""
    row = await audible(connection, installation.floor, recording)
    removed = await connection.execute(_REMOVE, (installation.floor, recording, comment))
    if removed.rowcount == 0:
        raise CommentUnknown(comment)
    await audit_of_recording(
        connection, "recording.comment_removed", installation.floor, row["contact"], recording, address, comment=comment
    )
