"""Read models as a fold over the journal: rows in, rows of `contact`, its segments, queue visits and the rest out.

Pure: it keeps what is open and collects what changed; `projector` loads and stores. Dropped and folded again from the
first row, the read models come out the same.
"""

from datetime import datetime
from typing import Any

import msgspec

from markaz import flows, routing
from markaz.kit.time import Instant, moment
from markaz.runtime.core import Output
from markaz.runtime.rows import Row, outputs_of, stimulus_of
from markaz.runtime.visits import visit_begins, visit_end


class ContactRow(msgspec.Struct):
    contact: str
    channel: str
    project: str
    number: str | None
    customer: str
    state: str
    arrived_at: datetime
    queue: str | None = None
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    callback_promised: bool = False
    agents: list[str] = []
    follows: str | None = None
    promised_in: str | None = None


class SegmentRow(msgspec.Struct):
    contact: str
    n: int
    state: str
    queue: str | None
    agent: str | None
    began_at: datetime
    ended_at: datetime | None = None
    reason: str | None = None


class VisitRow(msgspec.Struct):
    contact: str
    n: int
    queue: str
    entered_at: datetime
    left_at: datetime | None = None
    ended: str | None = None
    agent: str | None = None
    wait_seconds: float | None = None
    centre: str | None = None
    centre_answered_at: datetime | None = None


class EngagementRow(msgspec.Struct):
    offer: str
    contact: str
    agent: str
    queue: str
    offered_at: datetime
    state: str
    placed_at: datetime | None = None
    accepted_at: datetime | None = None
    connected_at: datetime | None = None
    wrap_up_at: datetime | None = None
    ended_at: datetime | None = None
    hold_seconds: float = 0.0
    hold_began_at: datetime | None = None
    asked_as: str = "lead"
    part: str = "lead"
    lead_seconds: float = 0.0
    lead_began_at: datetime | None = None
    consult_seconds: float = 0.0
    supervise_seconds: float = 0.0
    aside_seconds: float = 0.0
    aside_began_at: datetime | None = None
    reason: str | None = None
    disposition: str | None = None


class ActivityRow(msgspec.Struct):
    agent: str
    n: int
    presence: str
    reason: str | None
    began_at: datetime
    ended_at: datetime | None = None


class FeedbackRow(msgspec.Struct):
    contact: str
    question: str
    answer: int
    project: str
    queue: str | None
    agent: str | None
    offer: str | None
    at: datetime


class OpenContact(msgspec.Struct):
    """A contact that is not closed, with its present segment and queue visit."""

    row: ContactRow
    segment: SegmentRow | None = None
    visit: VisitRow | None = None
    visits: int = 0
    left: VisitRow | None = None
    """The last visit that has ended."""
    agent: str | None = None
    offer: str | None = None
    """Who had the conversation last, and by which offer."""


class Changes(msgspec.Struct):
    """Rows to store, by key; the latest state of each."""

    contacts: dict[str, ContactRow] = {}
    segments: dict[tuple[str, int], SegmentRow] = {}
    visits: dict[tuple[str, int], VisitRow] = {}
    engagements: dict[str, EngagementRow] = {}
    activities: dict[tuple[str, int], ActivityRow] = {}
    feedback: dict[tuple[str, str], FeedbackRow] = {}
    journal_contacts: list[tuple[str, int]] = []


class ReadModels:
    """The fold. `contacts`, `engagements` and `activities` are what is open; fill them before the first row."""

    def __init__(self) -> None:
        self.contacts: dict[str, OpenContact] = {}
        self.engagements: dict[str, EngagementRow] = {}
        self.activities: dict[str, ActivityRow] = {}
        self.changes = Changes()

    def take_changes(self) -> Changes:
        changes, self.changes = self.changes, Changes()
        return changes

    def apply(self, row: Row) -> None:
        """Fold one journal row."""
        stimulus, outputs = stimulus_of(row), outputs_of(row)
        match stimulus:
            case routing.ContactArrived(contact=contact, channel=channel, project=project, customer=customer):
                self._arrive(row.at, contact, channel, project, None, customer)
            case routing.OfferPlaced(offer=offer) if (engagement := self.engagements.get(offer)) is not None:
                engagement.placed_at = moment(row.at)
                self.changes.engagements[offer] = engagement
            case routing.ElsewhereAnswered(contact=contact):
                self._answered_there(moment(row.at), contact)
            case _:
                pass
        for output in outputs:
            self._fold(row.at, output)
        for contact in _contacts_in([stimulus, *outputs]):
            self.changes.journal_contacts.append((contact, row.number))

    def _fold(self, at: Instant, output: Output) -> None:
        match output:
            case flows.ContactAdmitted():
                self._arrive(at, output.contact, output.channel, output.project, output.number, output.customer)
            case flows.FeedbackGiven():
                self._keep_feedback(moment(at), output)
            case routing.FollowUpBegan(contact=contact, lost=lost, project=project, customer=customer):
                self._arrive(at, contact, "voice", project, None, customer)
                self.contacts[contact].row.follows = lost
            case routing.CallbackBegan(contact=contact, project=project, customer=customer, promised_in=promised_in):
                self._arrive(at, contact, "voice", project, None, customer)
                self.contacts[contact].row.promised_in = promised_in
            case routing.ContactMoved():
                self._move_contact(moment(at), output)
            case routing.EngagementMoved():
                self._move_engagement(moment(at), output)
            case routing.AgentMoved():
                self._move_agent(moment(at), output)
            case routing.SendToNumber(contact=contact, centre=centre) if centre is not None:
                self._send_there(contact, centre)
            case _:
                pass

    # Contacts

    def _arrive(self, at: Instant, contact: str, channel: str, project: str, number: str | None, customer: str) -> None:
        if contact not in self.contacts:
            row = ContactRow(contact, channel, project, number, customer, "in_self_service", moment(at))
            self.contacts[contact] = OpenContact(row)

    def _move_contact(self, at: datetime, moved: routing.ContactMoved) -> None:
        known = self.contacts.get(moved.contact)
        if known is None:
            return
        row = known.row
        row.state = moved.after
        row.queue = moved.queue if moved.queue is not None else row.queue
        if moved.after == "postponed":
            row.callback_promised = True
        if moved.after == "waiting" and row.queued_at is None:
            row.queued_at = at
        if moved.after == "in_conversation":
            row.answered_at = row.answered_at or at
            if moved.agent is not None and moved.agent not in row.agents:
                row.agents = [*row.agents, moved.agent]
        if moved.after == "closed":
            row.closed_at, row.outcome, row.reason = at, moved.outcome, moved.reason
            del self.contacts[moved.contact]
        self.changes.contacts[moved.contact] = row
        self._visit(at, known, moved)
        self._segment(at, known, moved)

    def _segment(self, at: datetime, known: OpenContact, moved: routing.ContactMoved) -> None:
        number = 0
        if known.segment is not None:
            known.segment.ended_at = at
            number = known.segment.n
            self.changes.segments[moved.contact, number] = known.segment
        if moved.after == "closed":
            return
        segment = SegmentRow(moved.contact, number + 1, moved.after, moved.queue, moved.agent, at, None, moved.reason)
        known.segment = self.changes.segments[moved.contact, segment.n] = segment

    def _visit(self, at: datetime, known: OpenContact, moved: routing.ContactMoved) -> None:
        """A visit begins when a contact starts to wait in a queue and ends when it gets, or goes, elsewhere."""
        visit = known.visit
        had_visit = visit is not None
        if visit is not None and (ended := visit_end(visit.queue, moved)) is not None:
            visit.left_at, visit.ended = at, ended
            visit.wait_seconds = (at - visit.entered_at).total_seconds()
            visit.agent = moved.agent if ended == "answered" else None
            self.changes.visits[moved.contact, visit.n] = known.left = visit
            visit = known.visit = None
        if visit is None and moved.queue is not None and visit_begins(moved, had_visit=had_visit):
            known.visits += 1
            known.visit = VisitRow(moved.contact, known.visits, moved.queue, at)
            self.changes.visits[moved.contact, known.visits] = known.visit

    def _send_there(self, contact: str, centre: str) -> None:
        """Another centre is to take the contact: the visit that ended with that says so."""
        known = self.contacts.get(contact)
        if known is not None and known.left is not None:
            known.left.centre = centre
            self.changes.visits[contact, known.left.n] = known.left

    def _answered_there(self, at: datetime, contact: str) -> None:
        known = self.contacts.get(contact)
        if known is not None and known.left is not None and known.left.centre is not None:
            known.left.centre_answered_at = known.left.centre_answered_at or at
            self.changes.visits[contact, known.left.n] = known.left

    def _keep_feedback(self, at: datetime, given: flows.FeedbackGiven) -> None:
        known = self.contacts.get(given.contact)
        if known is not None:
            self.changes.feedback[given.contact, given.question] = FeedbackRow(
                given.contact, given.question, given.answer, known.row.project, known.row.queue,
                known.agent, known.offer, at,
            )  # fmt: skip

    # Agents

    def _move_engagement(self, at: datetime, moved: routing.EngagementMoved) -> None:
        row = self.engagements.get(moved.offer)
        if row is None:
            if moved.before is not None:
                return
            row = EngagementRow(moved.offer, moved.contact, moved.agent, moved.queue, at, moved.after)
            row.asked_as = moved.part
            self.engagements[moved.offer] = row
        _count_times(row, at, moved)
        row.state, row.part = moved.after, moved.part
        match moved.after:
            case "connecting":
                row.accepted_at = at
            case "in_conversation":
                row.connected_at = row.connected_at or at
                known = self.contacts.get(moved.contact)
                if known is not None and moved.part == "lead":
                    known.agent, known.offer = moved.agent, moved.offer
            case "on_hold":
                row.hold_began_at = at
            case "consulting" | "supervising":
                row.aside_began_at = at
            case "wrapping_up":
                row.wrap_up_at = at
                row.reason = moved.reason
            case "ended":
                row.ended_at = at
                row.reason = moved.reason if row.wrap_up_at is None else row.reason
                row.disposition = moved.disposition
                if row.connected_at is not None and row.wrap_up_at is None:
                    row.wrap_up_at = at
                del self.engagements[moved.offer]
            case "offered":
                pass
        self.changes.engagements[moved.offer] = row

    def _move_agent(self, at: datetime, moved: routing.AgentMoved) -> None:
        before = self.activities.get(moved.agent)
        number = 0
        if before is not None:
            number = before.n
            if before.ended_at is None:
                before.ended_at = at
                self.changes.activities[moved.agent, number] = before
        row = ActivityRow(moved.agent, number + 1, moved.after, moved.reason, at)
        self.activities[moved.agent] = self.changes.activities[moved.agent, row.n] = row


def _count_times(row: EngagementRow, at: datetime, moved: routing.EngagementMoved) -> None:
    """Add the state that ends to the times, and begin or end the time of answering for the contact."""
    if row.hold_began_at is not None:
        row.hold_seconds += (at - row.hold_began_at).total_seconds()
        row.hold_began_at = None
    if row.aside_began_at is not None:
        seconds = (at - row.aside_began_at).total_seconds()
        if moved.before == "consulting":
            row.consult_seconds += seconds
        else:
            row.supervise_seconds += seconds
        if row.connected_at is not None:
            row.aside_seconds += seconds
        row.aside_began_at = None
    leads = moved.part == "lead" and moved.after in routing.WITH_CUSTOMER
    if leads and row.lead_began_at is None:
        row.lead_began_at = at
    elif not leads and row.lead_began_at is not None:
        row.lead_seconds += (at - row.lead_began_at).total_seconds()
        row.lead_began_at = None


def _contacts_in(said: list[Any]) -> list[str]:
    """Contacts that a row speaks of, each once, in the order in which it names them."""
    found: dict[str, None] = {}
    for one in said:
        contact = getattr(one, "contact", None)
        if contact is None and (offer := getattr(one, "offer", None)) is not None:
            contact = offer.rpartition(".")[0]
        if contact:
            found[contact] = None
        for lane in getattr(one, "lanes", ()):  # who was passed over in a decision finds it in their own story
            found[lane.head] = None
    return list(found)
