"""What the floor remembers: contacts, agents and engagements, mutable and small enough to snapshot whole.

Indexes (lanes, benches) are not here: they are rebuilt from this. Nothing here points back to its owner, so none of it
can be part of a cycle (`gc=False`: the collector does not walk through a floor that is full).
"""

from typing import Literal

import msgspec

from markaz.kit.time import Instant
from markaz.routing.rules import AgentProfile, ChannelKind, PauseRule, ProjectRules, QueueRules
from markaz.routing.states import ContactState, EngagementState, Outcome, Part, PartyState, Presence
from markaz.routing.stimuli import CallbackPromised


class Party(msgspec.Struct, gc=False):
    """A number outside in an agent's conversation."""

    id: str
    number: str
    state: PartyState = "dialled"


class Contact(msgspec.Struct, gc=False):
    """A contact between arrival and closure.

    `since` is its place (when it began to wait, kept through offers, overflow and transfers), `queued_at` when it
    entered its present queue; relaxation and overflow count from there. `leg` is whether the customer is on the line.
    """

    id: str
    channel: ChannelKind
    project: str
    customer: str
    order: int
    state: ContactState = "in_self_service"
    queue: str | None = None
    since: Instant | None = None
    queued_at: Instant = 0
    skills: dict[str, int] = {}
    priority: int = 0
    relaxed: int = 0
    overflow_step: int = 0
    only_agent: str | None = None
    named_agent: str | None = None
    offer: str | None = None
    """The engagement of who answers for it."""
    guests: list[str] = []
    """The engagements of others: consulted, joined, supervising."""
    party: Party | None = None
    offers: int = 0
    moves: int = 0
    leg: bool = True
    answered: bool = False
    callback_number: str | None = None
    callback_attempts: int = 0
    leaving: Outcome | None = None
    """The outcome that the way it is leaving by will give, once somebody answers there."""
    answered_elsewhere: bool = False
    checked: bool = False
    """Asked whether its leg is alive, and not answered yet."""
    recording_paused: bool = False
    follows: str | None = None
    """The first contact of a customer who is called back because a fault cut it."""
    cuts: int = 0
    """How often faults have cut this customer's matter."""
    promised_in: str | None = None
    customer_name: str | None = None
    """As the network gives it: for people to read, never to decide by."""
    """The contact in which an agent promised this call back at a moment."""
    arrived_at: Instant = 0
    moved_at: Instant = 0
    """Since when it is in its state."""


class Engagement(msgspec.Struct, gc=False):
    """An agent's part in a contact, from offer to the end of wrap-up."""

    offer: str
    contact: str
    agent: str
    queue: str
    channel: ChannelKind
    part: Part = "lead"
    state: EngagementState = "offered"
    placed: bool = False
    """The INVITE has been sent: the agent has been able to answer."""
    accepted_at: Instant | None = None
    recorded: bool = False
    """Whether its conversation is recorded: decided when that began, whatever the queue's rules say later."""
    moved_at: Instant = 0
    """Since when it is in its state."""
    away: Literal["silence", "music", "others"] | None = None
    """The agent's leg is gone and may come back; what the customer hears meanwhile. None: the leg is there."""
    returns: int = 0
    """How often the phone has been rung again for it."""
    disposition: str | None = None
    """What the agent has entered so far, for the end of the wrap-up."""
    callback: CallbackPromised | None = None
    """To be promised when the wrap-up ends."""


class Agent(msgspec.Struct, gc=False):
    """An agent. `occupied` is how much so at `occupied_at` (see `occupancy`), when a contact last ended."""

    profile: AgentProfile
    presence: Presence = "signed_out"
    reason: str | None = None
    phone: bool = True
    returns: bool = False
    """The phone is a page, whose lost leg is waited for."""
    engagements: list[str] = []
    idle_since: Instant = 0
    occupied: int = 0
    occupied_at: Instant = 0
    retired: bool = False
    moved_at: Instant = 0
    """Since when the presence is what it is."""
    settings: AgentProfile | None = None
    """What the organisation says of an agent who is assigned to other queues; None: `profile` is what it says."""
    note: str | None = None
    """What whoever last did something for this agent said to them."""

    @property
    def id(self) -> str:
        return self.profile.id


class QueueState(msgspec.Struct):
    """A queue's rules and the pace at which it is served (smoothed microseconds between contacts leaving it)."""

    rules: QueueRules
    waiting: int = 0
    served_at: Instant | None = None
    pace: Instant | None = None
    retired: bool = False


class ProjectState(msgspec.Struct):
    """A project's rules; while it is paused, why, since when, and by which rule."""

    rules: ProjectRules
    paused: bool = False
    pause: PauseRule | None = None
    reason: str | None = None
    paused_at: Instant | None = None

    @property
    def pause_rule(self) -> PauseRule:
        return self.rules.pause if self.pause is None else self.pause


class Remembered(msgspec.Struct, gc=False):
    """Who served a customer of a project last, and when."""

    agent: str
    at: Instant
