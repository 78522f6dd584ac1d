"""What the floor is told: frozen facts in the past tense.

A stimulus that comes late, twice or out of order is answered by a noted no-op, never by an error. Ids are text:
contacts are named at the edge, offers by the floor (`<contact>.<n>`), so that a repeated effect is recognisable.
"""

from typing import Literal

import msgspec

from markaz.kit.time import Instant
from markaz.routing.rules import AgentProfile, ChannelKind, PauseRule, ProjectRules, QueueRules
from markaz.routing.states import SupervisionMode

LeftCause = Literal["hung_up", "fault"]
"""Why a leg is gone: the person ended it, or a machine between us failed."""

FailureCause = Literal["no_answer", "busy", "unreachable", "fault"]


class Fact(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Something that happened, as the floor is told. Facts are never part of a cycle: hence `gc=False`."""


# Configuration


class ProjectConfigured(Fact, frozen=True):
    project: ProjectRules


class QueueConfigured(Fact, frozen=True):
    queue: QueueRules


class QueueRetired(Fact, frozen=True):
    """The queue takes no further contacts; those that wait are closed or overflowed by its `when_full`."""

    queue: str


class AgentConfigured(Fact, frozen=True):
    agent: AgentProfile


class AgentRetired(Fact, frozen=True):
    agent: str


class ProjectPaused(Fact, frozen=True):
    """`rule`: what contacts hear and where they go meanwhile; None: what the project's own pause rule says."""

    project: str
    reason: str
    rule: PauseRule | None = None


class ProjectResumed(Fact, frozen=True):
    project: str


# Agents


class AgentSignedIn(Fact, frozen=True):
    """Present, not ready yet. `returns`: the phone is a page, which may be gone from a conversation and come back."""

    agent: str
    returns: bool = False


class AgentSignedOut(Fact, frozen=True):
    """`note`: what whoever did this for the agent says to them; so with the next ones."""

    agent: str
    note: str | None = None


class AgentBecameReady(Fact, frozen=True):
    agent: str
    note: str | None = None


class AgentBecameNotReady(Fact, frozen=True):
    agent: str
    reason: str
    note: str | None = None


class AgentAssigned(Fact, frozen=True):
    """The agent serves `queues` instead of their own, until that is taken back or they sign out."""

    agent: str
    queues: tuple[str, ...]
    note: str | None = None


class AgentAssignmentEnded(Fact, frozen=True):
    """The agent serves again what the organisation says."""

    agent: str
    note: str | None = None


class AgentPhoneLost(Fact, frozen=True):
    """The agent's phone can't be reached (its registration lapsed): nothing is offered until it is back."""

    agent: str


class AgentPhoneFound(Fact, frozen=True):
    agent: str


class AgentPhoneReturned(Fact, frozen=True):
    """The agent's phone is another page, or the same one loaded again, and wants its conversation back.

    `contact` None: every conversation that the agent is in.
    """

    agent: str
    contact: str | None = None


class AgentRejoined(Fact, frozen=True):
    """The phone that was rung again for a conversation that goes on has answered."""

    offer: str


class WrapUpEnded(Fact, frozen=True):
    """The agent has finished with a contact; `contact` None means the one in wrap-up (for who has a phone alone)."""

    agent: str
    contact: str | None = None
    disposition: str | None = None


# Contacts


class ContactArrived(Fact, frozen=True):
    """A customer's attempt begins; until it is queued, self-service has it. `name`: what the network calls them."""

    contact: str
    channel: ChannelKind
    project: str
    customer: str
    name: str | None = None


class ContactQueued(Fact, frozen=True):
    """Self-service or a transfer hands the contact to `queue`; `skills` are wanted beside the queue's own."""

    contact: str
    queue: str
    skills: dict[str, int] = {}
    priority: int = 0
    named_agent: str | None = None


class ContactServedItself(Fact, frozen=True):
    """Self-service finished with the contact (answered it, or told it that we are closed)."""

    contact: str
    result: str


class MessageAsked(Fact, frozen=True):
    """The customer chose (or the flow decided) to leave a message."""

    contact: str
    seconds_max: int = 120


class MessageLeft(Fact, frozen=True):
    contact: str
    seconds: float


class CallbackAsked(Fact, frozen=True):
    """The customer wants a call back to `number` and keeps the place; from self-service `queue` says where."""

    contact: str
    number: str
    queue: str | None = None


class CallbackPromised(Fact, frozen=True):
    """`agent` promised to call `customer` back on `number` at `due`, about the contact `promised_in`.

    `contact` is the call back's own name; at `due` it waits in `queue` and is offered like any.
    """

    contact: str
    project: str
    queue: str
    customer: str
    number: str
    due: Instant
    agent: str | None = None
    promised_in: str | None = None


class ResultEntered(Fact, frozen=True):
    """What the agent has entered so far of how a contact ends: it counts, however the wrap-up comes to its end."""

    agent: str
    offer: str
    disposition: str | None = None
    callback: CallbackPromised | None = None
    """Promised when the wrap-up ends."""


class NumberAsked(Fact, frozen=True):
    """Self-service sends the contact to a number outside."""

    contact: str
    number: str


class CustomerLeft(Fact, frozen=True):
    """The customer's leg is gone, in whatever state."""

    contact: str
    cause: LeftCause = "hung_up"


class CustomerReached(Fact, frozen=True):
    """A customer dialled for a callback answered."""

    contact: str


class CustomerMissed(Fact, frozen=True):
    """A customer dialled for a callback did not answer."""

    contact: str
    cause: FailureCause


class ElsewhereAnswered(Fact, frozen=True):
    """The number outside answered and the customer is bridged with it."""

    contact: str


class ElsewhereFailed(Fact, frozen=True):
    contact: str
    cause: FailureCause


class ContactSeen(Fact, frozen=True):
    """The reconciler saw the contact's channel alive; a lease that ran out is renewed."""

    contact: str


# Offers and conversations


class OfferPlaced(Fact, frozen=True):
    """The INVITE to the agent has been sent."""

    offer: str


class OfferAccepted(Fact, frozen=True):
    offer: str


class OfferRefused(Fact, frozen=True):
    offer: str


class OfferFailed(Fact, frozen=True):
    offer: str
    cause: FailureCause


class ConversationStarted(Fact, frozen=True):
    """The agent is in the conversation: hears, and is heard by, the customer or (consulted) the colleague."""

    contact: str
    offer: str


class HoldBegan(Fact, frozen=True):
    contact: str
    agent: str


class HoldEnded(Fact, frozen=True):
    contact: str
    agent: str


class AgentLeft(Fact, frozen=True):
    """The agent's leg of a contact is gone."""

    contact: str
    agent: str
    cause: LeftCause = "hung_up"


class TransferRequested(Fact, frozen=True):
    """The agent passes the contact on without waiting (blind) to an agent, a queue or a number."""

    contact: str
    agent: str
    kind: Literal["agent", "queue", "number"]
    target: str


# Others in a conversation


class ConsultRequested(Fact, frozen=True):
    """The agent wants to speak with a colleague or a number outside while the customer is on hold."""

    contact: str
    agent: str
    kind: Literal["agent", "number"]
    target: str


class ConsultCancelled(Fact, frozen=True):
    """The agent goes back to the customer without whoever was consulted."""

    contact: str
    agent: str


class ConferenceRequested(Fact, frozen=True):
    """The agent brings the customer and whoever is consulted together."""

    contact: str
    agent: str


class TransferCompleted(Fact, frozen=True):
    """The agent leaves the customer to whoever was consulted or has joined (attended transfer)."""

    contact: str
    agent: str


class PartyAnswered(Fact, frozen=True):
    """The number outside that an agent consults answered, and hears the agents."""

    contact: str
    party: str


class PartyFailed(Fact, frozen=True):
    contact: str
    party: str
    cause: FailureCause


class PartyLeft(Fact, frozen=True):
    """A number outside that had answered is gone."""

    contact: str
    party: str


class PartyReleaseRequested(Fact, frozen=True):
    """The agent wants the number outside to go, whatever it does at the moment."""

    contact: str
    agent: str


class SupervisionRequested(Fact, frozen=True):
    """A supervisor wants to hear a conversation, or to hear it in another mode."""

    contact: str
    supervisor: str
    mode: SupervisionMode


class SupervisionStarted(Fact, frozen=True):
    contact: str
    offer: str


class SupervisionEnded(Fact, frozen=True):
    """The supervisor leaves the conversation to those who have it."""

    contact: str
    supervisor: str


class TakeOverRequested(Fact, frozen=True):
    """A supervisor who hears the conversation has it from now on; the agent is released."""

    contact: str
    supervisor: str


class RecordingPauseRequested(Fact, frozen=True):
    """What follows is not to be kept (a card number)."""

    contact: str
    agent: str


class RecordingResumeRequested(Fact, frozen=True):
    contact: str
    agent: str


class RecordingPauseFailed(Fact, frozen=True):
    """What is said goes on being kept, though a pause was asked for."""

    contact: str
    offer: str


# The floor itself


class FloorStarted(Fact, frozen=True):
    """A floor process took over; what follows from reconciliation comes as ordinary stimuli."""

    incarnation: str


class TimePassed(Fact, frozen=True):
    """Nothing happened but time: deadlines up to the stamp fall due."""


Stimulus = (
    ProjectConfigured | QueueConfigured | QueueRetired | AgentConfigured | AgentRetired
    | ProjectPaused | ProjectResumed
    | AgentSignedIn | AgentSignedOut | AgentBecameReady | AgentBecameNotReady
    | AgentAssigned | AgentAssignmentEnded
    | AgentPhoneLost | AgentPhoneFound | AgentPhoneReturned | AgentRejoined | WrapUpEnded
    | ContactArrived | ContactQueued | ContactServedItself | MessageAsked | MessageLeft | CallbackAsked
    | CallbackPromised | ResultEntered | NumberAsked
    | CustomerLeft | CustomerReached | CustomerMissed | ElsewhereAnswered | ElsewhereFailed | ContactSeen
    | OfferPlaced | OfferAccepted | OfferRefused | OfferFailed
    | ConversationStarted | HoldBegan | HoldEnded | AgentLeft | TransferRequested
    | ConsultRequested | ConsultCancelled | ConferenceRequested | TransferCompleted
    | PartyAnswered | PartyFailed | PartyLeft | PartyReleaseRequested
    | SupervisionRequested | SupervisionStarted | SupervisionEnded | TakeOverRequested
    | RecordingPauseRequested | RecordingResumeRequested | RecordingPauseFailed
    | FloorStarted | TimePassed
)  # fmt: skip
