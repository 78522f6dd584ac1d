"""What an agent enters about a contact while it goes on or is wrapped up: the form, notes, a call back at a moment.

The form belongs to the contact, whoever has it: it is saved as it is typed, each time whole, and whoever names the
version that was there before undoes nothing of what others typed. A call back becomes a contact of its own,
which waits in its queue from the moment that was promised.
"""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, LiteralString

import msgspec
from fastapi import APIRouter, Depends, Request
from psycopg.errors import InsufficientPrivilege
from pydantic import AwareDatetime, Field, JsonValue

from markaz import routing
from markaz.kit.time import instant
from markaz.web.commands import ANY, Accepted, Asked, Id, tell
from markaz.web.contacts import Form, Note, form_of
from markaz.web.context import Connection, InstallationGiven, Principal, Transaction, allowed
from markaz.web.errors import CallbackNotPossible, ChangedMeanwhile, ContactUnknown
from markaz.web.idempotency import Once
from markaz.web.live import ContactValue, Live
from markaz.web.problems import refusals

PERMISSION = "desk.use"
FIELDS_MAX = 200
CALLBACK_DAYS_MAX = 90
PAST_SECONDS_MAX = 60
"""A moment that passed so long ago while it was being sent is taken as now."""

_KNOWN = "SELECT project, queue, customer FROM contact WHERE floor = %s AND contact = %s"
_QUEUE = "SELECT 1 FROM queue WHERE id = %s AND project = %s AND retired_at IS NULL"
_NOW = "SELECT clock_timestamp()"
_SAVE = """
INSERT INTO contact_form (floor, contact, "values", author, saved_by, saved_at)
VALUES (%(floor)s, %(contact)s, %(values)s, %(author)s, %(saved_by)s, clock_timestamp())
ON CONFLICT (floor, contact) DO UPDATE
SET "values" = excluded."values", author = excluded.author, saved_by = excluded.saved_by, saved_at = excluded.saved_at,
    version = contact_form.version + 1
WHERE %(version)s::integer IS NULL OR contact_form.version = %(version)s
RETURNING version, saved_at
"""
_NOTE = """
INSERT INTO contact_note (floor, contact, id, text, author, written_by, written_at)
VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp()) RETURNING written_at
"""

router = APIRouter(route_class=Once, prefix="/api/contacts/{contact}", tags=["contacts"])

Writer = Annotated[Principal, Depends(allowed(PERMISSION))]
Field_ = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Text = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"^[^\x00]+$")]
Number = Annotated[str, Field(pattern=r"^\+?[0-9]{2,20}$", examples=["+4930123456"])]


class FormTyped(Asked):
    """The whole form as it stands."""

    values: dict[Field_, JsonValue] = Field(max_length=FIELDS_MAX, examples=[{"reason": "card lost", "blocked": True}])
    version: int | None = Field(
        default=None, ge=0, description="The version that this was made from, 0: none; absent: whatever is there"
    )


class NoteWritten(Asked):
    """A note for whoever has the contact, or its customer, next."""

    text: Text


class CallbackWanted(Asked):
    """When and where to call."""

    at: Annotated[AwareDatetime, Field(strict=False, examples=["2026-11-26T09:30:00+03:30"])]
    number: Number
    queue: Id | None = Field(default=None, description="Where it will wait; absent: the contact's own queue")
    note: Text | None = None


class CallbackAccepted(Accepted):
    """The call back has a contact of its own."""

    contact: str


class About(msgspec.Struct, frozen=True):
    """The contact that something is entered about; `is_live`: the read models do not show it to the writer yet."""

    project: str
    queue: str | None
    customer: str
    is_live: bool = False


@router.get("/form", responses=refusals(*ANY, ContactUnknown))
async def kept_form(
    contact: Id, request: Request, writer: Writer, installation: InstallationGiven, connection: Transaction
) -> Form:
    """What has been typed so far; version 0: nothing."""
    known = await about(request, connection, installation.floor, contact, writer)
    form = await form_of(connection, installation.floor, contact)
    return form or Form(values={}, saved_by=None, saved_at=None, behind=known.is_live)


@router.put("/form", responses=refusals(*ANY, ContactUnknown, ChangedMeanwhile))
async def save_form(
    contact: Id,
    typed: FormTyped,
    request: Request,
    writer: Writer,
    installation: InstallationGiven,
    connection: Transaction,
) -> Form:
    """Keep what has been typed so far."""
    await about(request, connection, installation.floor, contact, writer)
    values = {
        "floor": installation.floor, "contact": contact, "values": msgspec.json.encode(typed.values).decode(),
        "author": writer.id, "saved_by": writer.name, "version": typed.version,
    }  # fmt: skip
    version, saved_at = await save_version(connection, _SAVE, values)
    return Form(values=typed.values, version=version, saved_by=writer.name, saved_at=saved_at)


@router.post("/notes", status_code=HTTPStatus.CREATED, responses=refusals(*ANY, ContactUnknown))
async def write_note(
    contact: Id,
    written: NoteWritten,
    request: Request,
    writer: Writer,
    installation: InstallationGiven,
    connection: Transaction,
) -> Note:
    """Add a note; notes are not changed later."""
    await about(request, connection, installation.floor, contact, writer)
    return await _note(connection, installation.floor, contact, written.text, writer)


@router.post(
    "/callback",
    status_code=HTTPStatus.ACCEPTED,
    responses=refusals(*ANY, ContactUnknown, CallbackNotPossible),
)
async def promise_callback(
    contact: Id,
    wanted: CallbackWanted,
    request: Request,
    writer: Writer,
    installation: InstallationGiven,
    connection: Transaction,
) -> CallbackAccepted:
    """Promise the customer a call at a moment: it waits in the queue from then on, and is offered like any contact."""
    known = await about(request, connection, installation.floor, contact, writer)
    queue = wanted.queue or known.queue
    if queue is None or await (await connection.execute(_QUEUE, (queue, known.project))).fetchone() is None:
        raise CallbackNotPossible(f'name a queue of project "{known.project}" in which it can wait')
    if wanted.at < await _now(connection) - timedelta(seconds=PAST_SECONDS_MAX):
        raise CallbackNotPossible("the moment is past")
    await check_not_too_far(connection, wanted.at)
    name = f"callback-{secrets.token_hex(8)}"
    if wanted.note is not None:
        await _note(connection, installation.floor, name, wanted.note, writer)
    told = await tell(
        connection,
        installation.floor,
        routing.CallbackPromised(
            contact=name,
            project=known.project,
            queue=queue,
            customer=known.customer,
            number=wanted.number,
            due=instant(wanted.at),
            agent=writer.agent,
            promised_in=contact,
        ),
    )
    return CallbackAccepted(message=told.message, contact=name)


async def about(request: Request, connection: Connection, floor: str, contact: str, writer: Principal) -> About:
    """The contact, when the writer may enter something about it: from the read models, or live while it is so new that
    they have it not yet. Raises `ContactUnknown`.
    """
    found = await (await connection.execute(_KNOWN, (floor, contact))).fetchone()
    if found is not None:
        return About(*found)
    live: Live = request.app.state.live
    value = await live.contact(request, contact)
    if not isinstance(value, ContactValue):
        raise ContactUnknown(contact)
    return About(value.project, value.queue, value.customer.number, is_live=True)


async def save_version(
    connection: Connection, statement: LiteralString, values: dict[str, Any]
) -> tuple[int, datetime]:
    """The new version and its moment. Raises `ChangedMeanwhile` where `values` name another than the last version."""
    try:
        saved = await (await connection.execute(statement, values)).fetchone()
    except InsufficientPrivilege:  # somebody else's, of a contact that the read models do not show us yet
        saved = None
    if saved is None:
        raise ChangedMeanwhile
    return saved[0], saved[1]


async def check_not_too_far(connection: Connection, at: datetime) -> None:
    """Raises `CallbackNotPossible`."""
    if at > await _now(connection) + timedelta(days=CALLBACK_DAYS_MAX):
        raise CallbackNotPossible(f"the moment is more than {CALLBACK_DAYS_MAX} days away")


async def _now(connection: Connection) -> datetime:
    row = await (await connection.execute(_NOW)).fetchone()
    assert row is not None, "the statement returns its row"
    return row[0]


async def _note(connection: Connection, floor: str, contact: str, text: str, writer: Principal) -> Note:
    name = secrets.token_hex(8)
    cursor = await connection.execute(_NOTE, (floor, contact, name, text, writer.id, writer.name))
    written = await cursor.fetchone()
    assert written is not None, "the statement returns its row"
    return Note(id=name, text=text, written_by=writer.name, written_at=written[0])
