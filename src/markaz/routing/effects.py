"""What the floor answers: imperatives that a performer carries out, and records of what became so.

Imperatives are safe to repeat (ids are ours, a repetition finds the thing done). Records are never performed; read
models, statistics and explanations are folds over them. None of them can be part of a cycle, so the collector of cycles
need not know of them (`gc=False`).
"""

from typing import Literal

import msgspec

from markaz.kit.time import Instant
from markaz.routing.rules import ChannelKind
from markaz.routing.states import ContactState, EngagementState, Outcome, Part, PartyState, Presence, SupervisionMode


class Imperative(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Something to do in the world."""


class Record(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """Something that became so on the floor."""


# Imperatives


class OfferContact(Imperative, frozen=True):
    """Ring the agent, to take the `part`; the offer is withdrawn by the floor at `expires_at`."""

    offer: str
    contact: str
    agent: str
    queue: str
    channel: ChannelKind
    expires_at: Instant
    customer: str
    """Who calls, or is to be called back: what the agent sees while it rings."""
    part: Part = "lead"


class RingAgain(Imperative, frozen=True):
    """End what is left of the agent's leg and ring the phone, which answers by itself; answer with `AgentRejoined`.

    `attempt` counts for this offer from 1. Nobody need say that it failed: the floor waits until `expires_at` alone.
    """

    offer: str
    contact: str
    agent: str
    queue: str
    attempt: int
    expires_at: Instant
    customer: str
    part: Part = "lead"


class WithdrawOffer(Imperative, frozen=True):
    offer: str
    contact: str
    agent: str
    reason: str


class ConnectContact(Imperative, frozen=True):
    """Join customer and agent in the contact's conversation; answer with `ConversationStarted`.

    With `record` a recording is expected from this moment.
    """

    contact: str
    offer: str
    agent: str
    queue: str
    record: bool


class DialCustomer(Imperative, frozen=True):
    """Call the customer of a promised callback while the agent waits on the line (`<contact>~<attempt>`).

    Answer with `CustomerReached` (then `ConnectContact` follows) or `CustomerMissed`.
    """

    contact: str
    number: str
    offer: str
    attempt: int


class HoldCustomer(Imperative, frozen=True):
    """Let the customer hear music, and nobody, until `ResumeCustomer`; the others in the conversation stay."""

    contact: str


class ResumeCustomer(Imperative, frozen=True):
    """Bring the customer back into the conversation."""

    contact: str


class JoinConversation(Imperative, frozen=True):
    """Let one more agent, or a supervisor who barges in, hear and be heard; answer with `ConversationStarted`."""

    contact: str
    offer: str
    agent: str


class Supervise(Imperative, frozen=True):
    """Let a supervisor hear what the agent of the offer `beside` hears and says; answer with `SupervisionStarted`.

    With `mode` "whisper" that agent, and nobody else, hears the supervisor.
    """

    contact: str
    offer: str
    agent: str
    beside: str
    mode: SupervisionMode


class CallParty(Imperative, frozen=True):
    """Call `number` into the agents' conversation; answer with `PartyAnswered` or `PartyFailed`."""

    contact: str
    party: str
    number: str


class ReleaseParty(Imperative, frozen=True):
    contact: str
    party: str


class StartRecording(Imperative, frozen=True):
    """Record the conversation on this agent's leg from now on: it is the one who answers for the contact."""

    contact: str
    offer: str
    agent: str
    queue: str


class PauseRecording(Imperative, frozen=True):
    """Keep nothing of what is said until `ResumeRecording`; where that was is marked."""

    contact: str
    offer: str


class ResumeRecording(Imperative, frozen=True):
    contact: str
    offer: str


class ReleaseAgent(Imperative, frozen=True):
    """End the agent's leg (and the recording of this engagement)."""

    contact: str
    offer: str
    agent: str


class EndContact(Imperative, frozen=True):
    """End the customer's leg, after `prompt` when there is one."""

    contact: str
    reason: str
    prompt: str | None = None


class LeaveConversation(Imperative, frozen=True):
    """Take the customer out of the conversation, which is over, to where a flow can speak to them."""

    contact: str


class KeepWaiting(Imperative, frozen=True):
    """Put the customer where the queue's music plays."""

    contact: str
    queue: str


class AnnouncePlace(Imperative, frozen=True):
    """Tell a waiting customer the `position` (1 is next) and the expected wait; None: that part is not said."""

    contact: str
    queue: str
    position: int | None
    expected_wait_seconds: int | None


class PlayPrompt(Imperative, frozen=True):
    """Play a prompt to a customer in passing; nobody waits for its end."""

    contact: str
    prompt: str


class TakeMessage(Imperative, frozen=True):
    """Record a message of at most `seconds_max`; answer with `MessageLeft`."""

    contact: str
    seconds_max: int


class CheckContact(Imperative, frozen=True):
    """A lease ran out: answer with `ContactSeen` when the customer's leg is alive, else with `CustomerLeft`."""

    contact: str


class PromiseCallback(Imperative, frozen=True):
    """Tell the customer that `number` will be called without loss of the place, then end the leg."""

    contact: str
    number: str


class SendToNumber(Imperative, frozen=True):
    """Join the customer with a number outside; answer with `ElsewhereAnswered` or `ElsewhereFailed`."""

    contact: str
    number: str
    reason: Literal["overflow", "transfer", "flow"]
    centre: str | None = None


# Records


class ContactMoved(Record, frozen=True):
    """A contact changed state. `queue` and `agent` are those of the state entered; `outcome` comes with `closed`."""

    contact: str
    before: ContactState | None
    after: ContactState
    queue: str | None = None
    agent: str | None = None
    reason: str | None = None
    outcome: Outcome | None = None


class FollowUpBegan(Record, frozen=True):
    """`customer` is to be called back on `number`, since a fault cut the contact `lost`; `contact` is the call back's.

    Its moves follow, the first of them without a state before.
    """

    contact: str
    lost: str
    project: str
    customer: str
    number: str


class CallbackBegan(Record, frozen=True):
    """`customer` is to be called back on `number` at `due`, as an agent promised in the contact `promised_in`.

    The moves of `contact`, the call back, follow, the first of them without a state before.
    """

    contact: str
    project: str
    customer: str
    number: str
    due: Instant
    agent: str | None = None
    promised_in: str | None = None


class SurveyBegan(Record, frozen=True):
    """The customer goes into the flow, to say what the conversation was like."""

    contact: str
    flow: str


class EngagementMoved(Record, frozen=True):
    """An agent's part in a contact changed state. `reason` says why it ended; a `disposition` ends wrap-up."""

    offer: str
    contact: str
    agent: str
    queue: str
    before: EngagementState | None
    after: EngagementState
    reason: str | None = None
    disposition: str | None = None
    part: Part = "lead"


class PartyMoved(Record, frozen=True):
    """A number outside in an agent's conversation changed state."""

    contact: str
    party: str
    number: str
    before: PartyState | None
    after: PartyState
    reason: str | None = None


class LegMoved(Record, frozen=True):
    """An agent's phone is gone from a conversation that goes on and waits for it, or is back."""

    contact: str
    offer: str
    agent: str
    away: bool
    reason: str


class RecordingMoved(Record, frozen=True):
    """The recording of an offer's conversation was paused or goes on."""

    contact: str
    offer: str
    paused: bool
    reason: str


class AgentMoved(Record, frozen=True):
    agent: str
    before: Presence
    after: Presence
    reason: str | None = None
    until: Instant | None = None


class ProjectMoved(Record, frozen=True):
    project: str
    paused: bool
    reason: str | None = None


class LaneConsidered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A lane as a freed agent saw it: its queue, the contact at its head, and the score that won or lost."""

    queue: str
    head: str
    score: int


class BenchConsidered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A bench as an arriving contact saw it: who stood first, and how many were free of how many signed in."""

    first: str | None
    preference: int
    free: int
    ready: int
    signed_in: int
    members: int


class Decided(Record, frozen=True):
    """Why `contact` went to `agent`, or (agent None) why it waits.

    `by` says who looked: a contact that came looks at benches, an agent who became free looks at lanes.
    """

    contact: str
    queue: str
    agent: str | None
    by: Literal["contact", "agent"]
    rule: str
    waited: Instant
    lanes: tuple[LaneConsidered, ...] = ()
    benches: tuple[BenchConsidered, ...] = ()


class Noted(Record, frozen=True):
    """A stimulus that changed nothing, and why."""

    stimulus: str
    subject: str
    why: str


Effect = (
    OfferContact | RingAgain | WithdrawOffer | ConnectContact | DialCustomer | ReleaseAgent | EndContact | KeepWaiting
    | AnnouncePlace | PlayPrompt | TakeMessage | CheckContact | PromiseCallback | SendToNumber
    | HoldCustomer | ResumeCustomer | JoinConversation | Supervise | CallParty | ReleaseParty
    | StartRecording | PauseRecording | ResumeRecording | LeaveConversation
    | ContactMoved | FollowUpBegan | CallbackBegan | SurveyBegan | EngagementMoved | PartyMoved | LegMoved
    | RecordingMoved | AgentMoved | ProjectMoved | Decided | Noted
)  # fmt: skip
