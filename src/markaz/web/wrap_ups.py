"""What an agent enters about how a contact ends: note, result, next action, a call back at a moment.

The server keeps it as it is typed, by the offer, so that it counts however the wrap-up ends: the floor is told of the
result with each change, and gives the call back when it ends the wrap-up. Each change names the version that it
changes, so that of two pages neither undoes what the other has entered.
"""

from datetime import datetime
from typing import Annotated, Any, Final, LiteralString

import msgspec
from fastapi import APIRouter, Depends, Request
from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, Field

from markaz import routing
from markaz.kit.time import instant
from markaz.runtime import StimulusSent, send
from markaz.web.commands import ANY, AgentPath, Asked, Id, Words, act_for
from markaz.web.context import Connection, InstallationGiven, Principal, Transaction
from markaz.web.entering import Number, about, check_not_too_far, save_version
from markaz.web.errors import CallbackNotPossible, ChangedMeanwhile, OfferUnknown, WrapUpOver
from markaz.web.idempotency import Once
from markaz.web.live import AgentValue, Live
from markaz.web.problems import refusals

NOTE_CHARACTERS_MAX: Final = 10_000
NEXT_ACTION_CHARACTERS_MAX: Final = 1_000

_OFFER = """
SELECT contact, queue, wrap_up_at IS NOT NULL, ended_at IS NOT NULL FROM engagement
WHERE floor = %s AND offer = %s AND agent = %s
"""
_KEPT: LiteralString = """
SELECT note, next_action, disposition, callback_at, callback_number, version, saved_by, saved_at FROM wrap_up
WHERE floor = %(floor)s AND agent = %(agent)s AND offer = %(offer)s
"""
_SAVE = """
INSERT INTO wrap_up (floor, agent, offer, contact, note, next_action, disposition, callback, callback_at,
    callback_number, author, saved_by, saved_at)
VALUES (%(floor)s, %(agent)s, %(offer)s, %(contact)s, %(note)s, %(next_action)s, %(disposition)s, %(callback)s,
    %(callback_at)s, %(callback_number)s, %(author)s, %(saved_by)s, clock_timestamp())
ON CONFLICT (floor, agent, offer) DO UPDATE
SET note = excluded.note, next_action = excluded.next_action, disposition = excluded.disposition,
    callback = excluded.callback, callback_at = excluded.callback_at, callback_number = excluded.callback_number,
    version = wrap_up.version + 1, author = excluded.author, saved_by = excluded.saved_by, saved_at = excluded.saved_at
WHERE wrap_up.version = %(version)s
RETURNING version, saved_at
"""

router = APIRouter(
    route_class=Once,
    prefix="/api/agents/{agent}/wrap-ups/{offer}",
    tags=["agent desk"],
    responses=refusals(*ANY, OfferUnknown),
)

Writer = Annotated[Principal, Depends(act_for)]
NoteText = Annotated[str, Field(max_length=NOTE_CHARACTERS_MAX, pattern=r"^[^\x00]*$")]
NextAction = Annotated[str, Field(max_length=NEXT_ACTION_CHARACTERS_MAX, pattern=r"^[^\x00]*$")]


class CallbackEntered(Asked):
    """When and where the customer is to be called. A moment that is past means at once."""

    at: Annotated[AwareDatetime, Field(strict=False, examples=["2026-11-26T09:30:00+03:30"])]
    number: Number


class Entered(Asked):
    """All that is entered, as it stands."""

    note: NoteText = ""
    next_action: NextAction = Field(default="", examples=["send the form"])
    disposition: Words | None = Field(default=None, description="The result, from the project's list")
    callback: CallbackEntered | None = Field(default=None, description="Promised when the wrap-up ends")


class EnteredAnew(Entered):
    """What is to be kept from now on."""

    version: int = Field(ge=0, description="The version that this was made from, as the last answer told; 0: none")


class WrapUpKept(BaseModel):
    """What is kept of an agent's wrap-up. `version` 0: nothing yet."""

    contact: str
    note: str = ""
    next_action: str = ""
    disposition: str | None = None
    callback: CallbackEntered | None = None
    version: int = 0
    saved_by: str | None = None
    saved_at: datetime | None = None


class Offered(msgspec.Struct, frozen=True):
    """The contact that was offered, and whether the agent's part in it is over."""

    contact: str
    queue: str
    is_over: bool


@router.get("")
async def kept_wrap_up(
    agent: AgentPath,
    offer: Id,
    request: Request,
    writer: Writer,
    installation: InstallationGiven,
    connection: Transaction,
) -> WrapUpKept:
    """What has been entered so far."""
    offered = await _offered(request, connection, installation.floor, agent, offer)
    row = await _kept(connection, installation.floor, agent, offer)
    return WrapUpKept(contact=offered.contact) if row is None else _shown(offered.contact, row)


@router.put("", responses=refusals(CallbackNotPossible, ChangedMeanwhile, WrapUpOver))
async def keep_wrap_up(
    agent: AgentPath,
    offer: Id,
    typed: EnteredAnew,
    request: Request,
    writer: Writer,
    installation: InstallationGiven,
    connection: Transaction,
) -> WrapUpKept:
    """Keep what is entered. The result and the call back count when the wrap-up ends, however it ends."""
    floor = installation.floor
    offered = await _offered(request, connection, floor, agent, offer)
    if offered.is_over:
        raise WrapUpOver(offered.contact)
    before = await _kept(connection, floor, agent, offer)
    if typed.version != (0 if before is None else before["version"]):
        raise ChangedMeanwhile
    promise = None
    if typed.callback is not None:
        await check_not_too_far(connection, typed.callback.at)
        known = await about(request, connection, floor, offered.contact, writer)
        promise = routing.CallbackPromised(
            contact=f"callback-{offer}",  # the offer's own name: however often it is told, it is one call
            project=known.project,
            queue=offered.queue,
            customer=known.customer,
            number=typed.callback.number,
            due=instant(typed.callback.at),
            agent=agent,
            promised_in=offered.contact,
        )
    values = {
        "floor": floor, "agent": agent, "offer": offer, "contact": offered.contact,
        "note": typed.note, "next_action": typed.next_action, "disposition": typed.disposition,
        "callback": None if promise is None else promise.contact,
        "callback_at": None if typed.callback is None else typed.callback.at,
        "callback_number": None if typed.callback is None else typed.callback.number,
        "version": typed.version, "author": writer.id, "saved_by": writer.name,
    }  # fmt: skip
    version, saved_at = await save_version(connection, _SAVE, values)
    if _result(values) != (_result(before) if before is not None else (None, None, None)):
        entered = routing.ResultEntered(agent, offer, typed.disposition, promise)
        await send(connection, floor, StimulusSent(entered))
    return WrapUpKept(
        contact=offered.contact, version=version, saved_by=writer.name, saved_at=saved_at,
        **typed.model_dump(exclude={"version", "callback"}), callback=typed.callback,
    )  # fmt: skip


async def _offered(request: Request, connection: Connection, floor: str, agent: str, offer: str) -> Offered:
    """From the read models, and from the live state while they have its beginning, or its end, not yet.

    Raises `OfferUnknown`.
    """
    found = await (await connection.execute(_OFFER, (floor, offer, agent))).fetchone()
    contact, queue, is_wrapping_up, is_over = found or ("", "", False, False)
    if found is not None and not is_wrapping_up:
        return Offered(contact, queue, is_over)
    live: Live = request.app.state.live
    value = await live.agent(request, agent)
    in_hand = value.contacts if isinstance(value, AgentValue) else ()
    here = next((one for one in in_hand if one.offer == offer), None)
    if here is not None:
        return Offered(here.contact, here.queue, False)
    if found is None:
        raise OfferUnknown(offer)
    return Offered(contact, queue, is_over or isinstance(value, AgentValue))


async def _kept(connection: Connection, floor: str, agent: str, offer: str) -> dict[str, Any] | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_KEPT, {"floor": floor, "agent": agent, "offer": offer})
        return await cursor.fetchone()


def _shown(contact: str, row: dict[str, Any]) -> WrapUpKept:
    at, number = row.pop("callback_at"), row.pop("callback_number")
    return WrapUpKept(contact=contact, callback=None if at is None else CallbackEntered(at=at, number=number), **row)


def _result(row: dict[str, Any]) -> tuple[str | None, datetime | None, str | None]:
    """What the floor has to know."""
    return row["disposition"], row["callback_at"], row["callback_number"]
