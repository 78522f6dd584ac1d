"""What pages show of the floor, value by value, each under a key: `queues/cards`, `agents/ann`, `contacts/c1`, `floor`;
and what stands beside it: `requests/bank`.

Pure functions of the floor's state. Moments are given instead of durations, so that a value changes only when something
happens; pages count for themselves.
"""

from datetime import datetime
from typing import Literal

import msgspec

from markaz import alarms, routing
from markaz.kit.time import SECOND, Instant, moment


class Value(msgspec.Struct, frozen=True):
    """What stands under a key."""


class LiveFigures(msgspec.Struct, frozen=True):
    """What became of the contacts that entered a queue in a time; reports count the same way.

    `offered`: entries into the queue. `answered_in_time`: answered within the queue's `target_seconds`, that moment
    included. `abandoned` leaves out short abandons. `service_level` is `answered_in_time` over `offered`, 0 to 1, and
    `answer_mean_seconds` how long those who were answered had waited; None when there was nobody.
    """

    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    service_level: float | None = None
    answer_mean_seconds: float | None = None


class QueueValue(Value, frozen=True):
    """`waiting_since` is when the longest waiting contact began to wait; `paused` when its project stands still.

    `today` counts who came since midnight in the centre's zone, `recent` in the present minute and the fourteen before.
    `expected_wait_seconds`: how long whoever came last still waits, which is the number waiting times the queue's pace
    (the smoothed time between two contacts that leave it); None when nobody waits, or no pace is known yet.
    """

    project: str
    waiting: int
    waiting_since: datetime | None
    paused: bool
    pause_reason: str | None = None
    paused_since: datetime | None = None
    today: LiveFigures = LiveFigures()
    recent: LiveFigures = LiveFigures()
    expected_wait_seconds: float | None = None
    target_seconds: int = 20
    """Within which an answer counts as in time."""


class InHand(msgspec.Struct, frozen=True):
    """A contact in an agent's hands. `until` is when an offer is withdrawn or the wrap-up ends by itself."""

    contact: str
    offer: str
    queue: str
    channel: routing.ChannelKind
    part: routing.Part
    state: routing.EngagementState
    since: datetime
    until: datetime | None


class AgentValue(Value, frozen=True):
    """`state` is the busiest of the contacts in hand, else the presence, and `since` when that began.

    `reason` is why the agent is not ready; `phone` whether it can be reached; `queues` those that the agent serves, for
    now alone when `moved`. `note`: what whoever last changed this for the agent says to them.
    """

    presence: routing.Presence
    state: str
    since: datetime
    reason: str | None
    phone: bool
    queues: tuple[str, ...]
    contacts: tuple[InHand, ...]
    moved: bool = False
    note: str | None = None


class Customer(msgspec.Struct, frozen=True):
    """Who is served: the number, and the name where there is one, that the network gave."""

    number: str
    name: str | None = None


class PartValue(msgspec.Struct, frozen=True):
    """Somebody in a conversation. `agent` is None for who may not see names."""

    agent: str | None
    part: routing.Part
    state: routing.EngagementState
    since: datetime


class PartyValue(msgspec.Struct, frozen=True):
    """A number outside in a conversation."""

    number: str
    state: routing.PartyState


class ContactValue(Value, frozen=True):
    """`since` is when the state began, `waiting_since` when the customer's waiting did, and `waited_seconds` how long
    it lasted in the queue before somebody took it. `parts`: who answers for it first. `callback`: the number to call
    back. `follows`: the contact that a fault cut and that this one makes good.
    """

    state: routing.ContactState
    since: datetime
    arrived_at: datetime
    channel: routing.ChannelKind
    project: str
    queue: str | None
    customer: Customer
    waiting_since: datetime | None
    waited_seconds: float | None
    parts: tuple[PartValue, ...]
    party: PartyValue | None
    recording: Literal["on", "paused"] | None
    callback: str | None
    follows: str | None


class FloorValue(Value, frozen=True):
    """`telephony`: "connected" or "away"; `spooling`: the floor cannot reach the database and writes to a file;
    `silent`: the floor has not reported for some seconds.
    """

    telephony: str
    spooling: bool
    silent: bool


class RequestsValue(Value, frozen=True):
    """The requests between the centre and a client. `changes` grows with each change of any of them: look again.

    `open`, of those `escalated`, and how many it is each side's turn to do something about.
    """

    client: str
    changes: int
    open: int
    escalated: int
    of_centre: int
    of_client: int


class AnswerValue(Value, frozen=True):
    """What a customer answered to a question of a survey; `agent` had the conversation last."""

    contact: str
    question: str
    answer: int
    queue: str | None
    agent: str | None
    at: datetime


class FeedbackValue(Value, frozen=True):
    """A project's `newest` answers, and since midnight in the centre's zone how many there were, and their mean."""

    project: str
    newest: tuple[AnswerValue, ...]
    today: int
    today_mean: float | None


class AlarmValue(Value, frozen=True):
    """An alarm that is up. `cure`: what may help now; `taken_by` and `taken_name`: who has taken it over."""

    kind: alarms.Kind
    subject: str
    parameters: dict[str, float]
    cure: alarms.Cure | None
    risen_at: datetime
    taken_by: str | None
    taken_name: str | None
    taken_at: datetime | None


AnyValue = QueueValue | AgentValue | ContactValue | FloorValue | AlarmValue | RequestsValue | FeedbackValue


def queue_value(
    state: routing.FloorState,
    queue: routing.QueueState,
    *,
    longest: Instant | None,
    today: LiveFigures,
    recent: LiveFigures,
) -> QueueValue | None:
    """None for a queue that is retired and empty; `longest`: when the longest waiting contact began to wait."""
    if queue.retired and not queue.waiting:
        return None
    project = state.projects[queue.rules.project]
    expected: float | None = None
    if queue.waiting and queue.pace is not None:
        expected = queue.waiting * queue.pace / SECOND
    return QueueValue(
        project=queue.rules.project,
        waiting=queue.waiting,
        waiting_since=_moment(longest),
        paused=project.paused,
        pause_reason=project.reason,
        paused_since=_moment(project.paused_at),
        today=today,
        recent=recent,
        expected_wait_seconds=expected,
        target_seconds=queue.rules.target_seconds,
    )


def agent_value(state: routing.FloorState, agent: routing.Agent) -> AgentValue | None:
    """None for an agent who has left for good."""
    if agent.retired and not agent.engagements:
        return None
    busiest = state.busiest_of(agent)
    if busiest is not None:
        shown, since = busiest.state, busiest.moved_at
    elif agent.presence == "ready":
        shown, since = "ready", max(agent.moved_at, agent.idle_since)
    else:
        shown, since = agent.presence, agent.moved_at
    return AgentValue(
        presence=agent.presence,
        state=shown,
        since=moment(since),
        reason=agent.reason,
        phone=agent.phone,
        queues=tuple(sorted(agent.profile.queues)),
        contacts=tuple(_in_hand(state, state.engagements[offer]) for offer in agent.engagements),
        moved=agent.settings is not None,
        note=agent.note,
    )


def contact_value(state: routing.FloorState, contact: routing.Contact) -> ContactValue:
    offers = contact.guests if contact.offer is None else (contact.offer, *contact.guests)
    lead = state.engagement_of(contact)
    waited: float | None = None
    if lead is not None and lead.accepted_at is not None and contact.since is not None:
        waited = max(0, lead.accepted_at - contact.queued_at) / SECOND
    recording: Literal["on", "paused"] | None = None
    if lead is not None and lead.state in routing.WITH_CUSTOMER and lead.recorded:
        recording = "paused" if contact.recording_paused else "on"
    party = contact.party
    return ContactValue(
        state=contact.state,
        since=moment(contact.moved_at),
        arrived_at=moment(contact.arrived_at),
        channel=contact.channel,
        project=contact.project,
        queue=contact.queue,
        customer=Customer(contact.customer, contact.customer_name),
        waiting_since=_moment(contact.since),
        waited_seconds=waited,
        parts=tuple(_part(state.engagements[offer]) for offer in offers),
        party=None if party is None else PartyValue(party.number, party.state),
        recording=recording,
        callback=contact.callback_number,
        follows=contact.follows,
    )


def _in_hand(state: routing.FloorState, one: routing.Engagement) -> InHand:
    due: Instant | None = None
    if one.state == "offered":
        due = state.timers.due(("offer", one.offer))
    elif one.state == "wrapping_up":
        due = state.timers.due(("wrap_up", one.offer))
    since = moment(one.moved_at)
    return InHand(one.contact, one.offer, one.queue, one.channel, one.part, one.state, since, _moment(due))


def _part(one: routing.Engagement) -> PartValue:
    return PartValue(one.agent, one.part, one.state, moment(one.moved_at))


def _moment(at: Instant | None) -> datetime | None:
    return None if at is None else moment(at)
