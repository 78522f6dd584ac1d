"""What is to be done in a contact's line, and what the floor is told of it when Asterisk was away for too long."""

from dataclasses import dataclass

from markaz.flows import AnswerContact, PromptFailed, RefuseNumber, SpeakPrompt, StopPrompt
from markaz.routing import (
    AgentLeft,
    AnnouncePlace,
    CallParty,
    CheckContact,
    ConnectContact,
    CustomerMissed,
    DialCustomer,
    ElsewhereFailed,
    EndContact,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    LeaveConversation,
    MessageLeft,
    OfferContact,
    OfferFailed,
    PartyFailed,
    PauseRecording,
    PlayPrompt,
    PromiseCallback,
    ReleaseAgent,
    ReleaseParty,
    ResumeCustomer,
    ResumeRecording,
    RingAgain,
    SendToNumber,
    StartRecording,
    Supervise,
    TakeMessage,
    WithdrawOffer,
)  # fmt: skip
from markaz.telephony.asterisk.switchboard import Leg
from markaz.telephony.asterisk.translate import Chore, MessagePromptEnded, Stimulus

Imperative = (
    AnswerContact | SpeakPrompt | StopPrompt | RefuseNumber
    | OfferContact | RingAgain | WithdrawOffer | ConnectContact | DialCustomer | ReleaseAgent | EndContact | KeepWaiting
    | AnnouncePlace | PlayPrompt | TakeMessage | CheckContact | PromiseCallback | SendToNumber
    | HoldCustomer | ResumeCustomer | JoinConversation | Supervise | CallParty | ReleaseParty
    | StartRecording | PauseRecording | ResumeRecording | LeaveConversation
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HangUp:
    """The last prompt to this leg should be over by now."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class TransferUnanswered:
    """Nobody took the transfer that a phone asked for."""

    leg: Leg


Work = Imperative | Chore | HangUp | TransferUnanswered


def failure_of(work: Work) -> Stimulus | None:
    """What is told of `work` that could not be done."""
    match work:
        case OfferContact(offer=offer):
            return OfferFailed(offer, "fault")
        case SpeakPrompt(contact=contact, step=step):
            return PromptFailed(contact, step, "Asterisk is away")
        case CallParty(contact=contact, party=party):
            return PartyFailed(contact, party, "fault")
        case (
            ConnectContact(contact=contact, agent=agent)
            | JoinConversation(contact=contact, agent=agent)
            | Supervise(contact=contact, agent=agent)
        ):
            return AgentLeft(contact, agent, "fault")
        case TakeMessage(contact=contact) | MessagePromptEnded(contact=contact):
            return MessageLeft(contact, 0.0)
        case DialCustomer(contact=contact):
            return CustomerMissed(contact, "fault")
        case SendToNumber(contact=contact):
            return ElsewhereFailed(contact, "fault")
        case _:
            return None  # leases on the floor and the reconciler bring the rest to an end
