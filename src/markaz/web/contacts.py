"""Contacts as they were: found by project, customer and time, and one with everything that is known of it.

Read models are up to a second behind the floor; what is happening now is on `/api/live`.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, LiteralString

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from markaz import reports
from markaz.kit.time import SECOND, instant
from markaz.web.commands import ANY, Id
from markaz.web.context import Connection, InstallationGiven, Principal, Transaction, allowed
from markaz.web.errors import ContactUnknown, CursorUnknown, DigitsTooFew, NotPermittedThere
from markaz.web.pages import Cursor, Limit, cursor_of, newest_before
from markaz.web.problems import refusals
from markaz.web.rows import rows_of
from markaz.web.sought import CUSTOMER_DESCRIBED, Ending, Whole, sought

PERMISSION = "contacts.see"
EXPLAINED_MAX = 2_000
"""Lines that explain one contact; a longer story is told by `markaz explain`."""

LIST: LiteralString = """
SELECT contact, channel, project, number, customer, state, queue, arrived_at, queued_at, answered_at, closed_at,
    outcome, reason, callback_promised, agents, follows, promised_in
FROM contact
WHERE floor = %(floor)s
    AND (%(project)s::text IS NULL OR project = %(project)s)
    AND (%(queue)s::text IS NULL OR queue = %(queue)s)
    AND (%(agent)s::text IS NULL OR %(agent)s = ANY (agents))
    AND (%(customer)s::text IS NULL OR customer = %(customer)s)
    AND (%(customer_whole)s::text IS NULL OR customer = %(customer_whole)s)
    AND (%(customer_ends)s::text IS NULL
        OR customer_reversed >= reverse(%(customer_ends)s)
        AND customer_reversed < reverse(%(customer_ends)s) || chr(1114111))
    AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
    AND (%(since)s::timestamptz IS NULL OR arrived_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR arrived_at < %(until)s)
    AND (%(at)s::timestamptz IS NULL OR (arrived_at, contact) < (%(at)s, %(contact)s))
ORDER BY arrived_at DESC, contact DESC
LIMIT %(limit)s
"""
_NOTES = """
SELECT id, text, 'note' AS kind, written_by, written_at FROM contact_note
WHERE floor = %(floor)s AND contact = %(contact)s
UNION ALL SELECT 'note-' || offer, note, 'note', saved_by, saved_at FROM wrap_up
WHERE floor = %(floor)s AND contact = %(contact)s AND note <> ''
UNION ALL SELECT 'next-' || offer, next_action, 'next_action', saved_by, saved_at FROM wrap_up
WHERE floor = %(floor)s AND (contact = %(contact)s OR callback = %(contact)s) AND next_action <> ''
ORDER BY written_at, id
"""
_FORM = (
    'SELECT "values", version, saved_by, saved_at FROM contact_form WHERE floor = %(floor)s AND contact = %(contact)s'
)

router = APIRouter(prefix="/api/contacts", tags=["contacts"])


class Contact(BaseModel):
    """One customer's attempt on one channel. `answered_at` is when somebody first talked to the customer."""

    contact: str
    channel: str
    project: str
    number: str | None = Field(description="The number that was dialled")
    customer: str = Field(description="Who called, as the network told")
    state: str
    queue: str | None
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    reason: str | None
    callback_promised: bool
    agents: list[str] = Field(description="Who talked to the customer, in order; nobody for a client")
    follows: str | None = Field(description="The contact that a fault cut and that this one makes good")
    promised_in: str | None = Field(description="The contact in which this call back was promised")


class ContactPage(BaseModel):
    """Newest first; `next` is the cursor of the following page."""

    contacts: list[Contact]
    next: str | None


class Segment(BaseModel):
    """A state that the contact was in."""

    n: int
    state: str
    queue: str | None
    agent: str | None
    began_at: datetime
    ended_at: datetime | None
    reason: str | None


class QueueVisit(BaseModel):
    """A stay in a queue, and how it ended."""

    n: int
    queue: str
    entered_at: datetime
    left_at: datetime | None
    ended: str | None
    agent: str | None
    wait_seconds: float | None


class Engagement(BaseModel):
    """An agent's part in the contact."""

    offer: str
    agent: str | None
    queue: str
    part: str
    state: str
    offered_at: datetime
    accepted_at: datetime | None
    connected_at: datetime | None
    wrap_up_at: datetime | None
    ended_at: datetime | None
    hold_seconds: float
    reason: str | None
    disposition: str | None


class Recording(BaseModel):
    """What was kept of a conversation."""

    recording: str
    agent: str | None
    state: str
    expected_at: datetime
    ended_at: datetime | None
    seconds: float | None
    paused_seconds: float | None


class Note(BaseModel):
    """What somebody wrote about the contact. `kind`: note, or next_action, what is to be done next."""

    id: str
    text: str
    kind: str = "note"
    written_by: str | None = Field(description="None for a client")
    written_at: datetime


class Form(BaseModel):
    """What was typed into the project's form, as far as it has come."""

    values: dict[str, Any]
    version: int = Field(default=0, description="0: nothing was typed")
    saved_by: str | None = Field(description="None for a client")
    saved_at: datetime | None
    behind: bool = Field(
        default=False, description="What others have typed is not known yet: ask again in a moment, before showing it"
    )


class Decision(BaseModel):
    """Why the contact went to `agent`, in parts; a page says it in the reader's language.

    `by`: "contact", it came and looked for an agent; "agent", one became free and looked for a contact. `free`: agents
    alike to this one who were free then, this one counted; `passed_over`: contacts elsewhere that were less urgent.
    """

    queue: str
    agent: str
    by: str
    rule: str
    waited_seconds: float
    free: int
    passed_over: int


class Line(BaseModel):
    """One thing that happened or was decided, in words. `kind`: told, decided, did, became or noted."""

    at: datetime
    kind: str
    text: str
    decision: Decision | None = Field(default=None, description="Of a decision that gave this contact to an agent")


class WholeContact(Contact):
    """Everything known of a contact. `explanation` says why it went where it went; a client gets none."""

    segments: list[Segment]
    queue_visits: list[QueueVisit]
    engagements: list[Engagement]
    recordings: list[Recording]
    notes: list[Note]
    form: Form | None
    explanation: list[Line]


Reader = Annotated[Principal, Depends(allowed(PERMISSION))]


def searched(
    principal: Reader,
    installation: InstallationGiven,
    project: Annotated[Id | None, Query()] = None,
    queue: Annotated[Id | None, Query()] = None,
    agent: Annotated[Id | None, Query()] = None,
    customer: Annotated[Id | None, Query(description=CUSTOMER_DESCRIBED, examples=["0176 1234567"])] = None,
    customer_whole: Annotated[Id | None, Query(description="Who called, to the letter as the network told")] = None,
    outcome: Annotated[Id | None, Query(description="How it ended", examples=["answered"])] = None,
    since: Annotated[datetime | None, Query(alias="from", description="Arrived at or after")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="Arrived before")] = None,
) -> dict[str, Any]:
    """What is looked for. A client, who is not told of agents, cannot ask by one.

    Raises `NotPermittedThere`, `DigitsTooFew`.
    """
    if agent is not None and principal.client is not None:
        raise NotPermittedThere
    who = None if customer is None else sought(customer)
    return {
        "floor": installation.floor, "project": project, "queue": queue, "agent": agent,
        "outcome": outcome, "since": aware(since), "until": aware(until), "customer_whole": customer_whole,
        "customer": who.customer if isinstance(who, Whole) else None,
        "customer_ends": who.digits if isinstance(who, Ending) else None,
    }  # fmt: skip


Search = Annotated[dict[str, Any], Depends(searched)]


@router.get("", responses=refusals(*ANY, CursorUnknown, DigitsTooFew, NotPermittedThere))
async def contacts(
    principal: Reader, connection: Transaction, search: Search, cursor: Cursor = None, limit: Limit = 50
) -> ContactPage:
    """Contacts that the asker may see, the newest first. A client, who is not told of agents, cannot ask by one."""
    found = await rows_of(connection, LIST, search | newest_before(cursor, "contact") | {"limit": limit + 1})
    shown = [Contact(**told_to(principal, row)) for row in found[:limit]]
    more = cursor_of(instant(shown[-1].arrived_at), shown[-1].contact) if len(found) > limit else None
    return ContactPage(contacts=shown, next=more)


@router.get("/{contact}", responses=refusals(*ANY, ContactUnknown))
async def one_contact(
    contact: Id, principal: Reader, installation: InstallationGiven, connection: Transaction
) -> WholeContact:
    """A contact with its states, queues, people, recordings, notes and form, and why it went where it went."""
    try:
        told = await reports.story(connection, floor=installation.floor, contact=contact)
    except reports.UnknownContact as error:
        raise ContactUnknown(contact) from error
    if told.facts is None:  # the journal has it, the read models do not yet
        raise ContactUnknown(contact)
    is_client = principal.client is not None
    form = await form_of(connection, installation.floor, contact)
    return WholeContact(
        **told_to(principal, told.facts),
        segments=[Segment(**told_to(principal, row)) for row in told.segments],
        queue_visits=[QueueVisit(**told_to(principal, row)) for row in told.queue_visits],
        engagements=[Engagement(**told_to(principal, row)) for row in told.engagements],
        recordings=[Recording(**told_to(principal, row)) for row in told.recordings],
        notes=[Note(**told_to(principal, row)) for row in await _rows(connection, _NOTES, installation.floor, contact)],
        form=None if form is None else Form(**told_to(principal, form.model_dump())),
        explanation=[]
        if is_client
        else [
            Line(at=one.at, kind=one.kind, text=one.text, decision=_decision(one, contact))
            for one in told.moments[:EXPLAINED_MAX]
        ],
    )


def _decision(one: reports.Moment, contact: str) -> Decision | None:
    """The parts of a decision as the journal has them: its lanes and benches are rows of theirs."""
    entry = one.entry
    if entry["type"] != "Decided" or entry["contact"] != contact or entry.get("agent") is None:
        return None
    return Decision(
        queue=entry["queue"],
        agent=entry["agent"],
        by=entry["by"],
        rule=entry["rule"],
        waited_seconds=entry["waited"] / SECOND,
        free=next((free for first, _, free, *_ in entry.get("benches", ()) if first == entry["agent"]), 0),
        passed_over=max(0, len(entry.get("lanes", ())) - 1),
    )


async def form_of(connection: Connection, floor: str, contact: str) -> Form | None:
    """What was typed into the contact's form, if anything."""
    found = await _rows(connection, _FORM, floor, contact)
    return Form(**found[0]) if found else None


def told_to(principal: Principal, row: dict[str, Any]) -> dict[str, Any]:
    """The row as the asker may see it: a client does not learn who the agents are."""
    if principal.client is None:
        return row
    hidden = {"agent": None, "agents": [], "written_by": None, "saved_by": None}
    return {name: hidden.get(name, value) for name, value in row.items()}


async def _rows(connection: Connection, query: LiteralString, floor: str, contact: str) -> list[dict[str, Any]]:
    return await rows_of(connection, query, {"floor": floor, "contact": contact})


def aware(given: datetime | None) -> datetime | None:
    """A moment without a time zone is UTC."""
    return given.replace(tzinfo=UTC) if given is not None and given.tzinfo is None else given
