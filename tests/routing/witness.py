"""A floor that is watched: after each stimulus every invariant is checked, and a restored twin has to say the same."""

from collections import deque

import msgspec

from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    AgentBecameNotReady,
    AgentLeft,
    AgentRejoined,
    AgentSignedOut,
    CallParty,
    CheckContact,
    ConnectContact,
    ContactArrived,
    ContactSeen,
    ConversationStarted,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    DialCustomer,
    Effect,
    ElsewhereAnswered,
    ElsewhereFailed,
    EndContact,
    Floor,
    JoinConversation,
    MessageLeft,
    OfferAccepted,
    OfferContact,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    PartyAnswered,
    PartyFailed,
    PartyLeft,
    PromiseCallback,
    RingAgain,
    SendToNumber,
    Stimulus,
    Supervise,
    SupervisionStarted,
    TakeMessage,
    TimePassed,
    WrapUpEnded,
)  # fmt: skip
from markaz.routing.state import Engagement
from tests.routing import invariants
from tests.routing.invariants import CHANNELS, Ledger

START: Instant = 1_750_000_000 * SECOND
CALM_STEPS_MAX = 60_000
DUE_STEPS_MAX = 2_000
PENDING_MAX = 30
IMPERATIVES = {
    "OfferContact", "ConnectContact", "DialCustomer", "SendToNumber", "TakeMessage", "PromiseCallback", "CallParty"
}  # fmt: skip
MAY_REPEAT = (ElsewhereFailed, AgentBecameNotReady, WrapUpEnded)
"""A second one may meet a second occasion."""


class Witness:
    """`pending` holds the imperatives that the world has not answered yet."""

    def __init__(self) -> None:
        CHANNELS.clear()
        self.floor, self.twin = Floor(), Floor()
        self.now = START
        self.told: list[tuple[Instant, Stimulus]] = []
        self.said: list[bytes] = []
        self.ledger = Ledger()
        self.pending: deque[Effect] = deque(maxlen=PENDING_MAX)

    def tell(self, stimulus: Stimulus, at: Instant | None = None) -> list[Effect]:
        effects = self.handle(self.now if at is None else at, stimulus)
        for _ in range(DUE_STEPS_MAX):
            due = self.floor.deadline()
            if due is None or due > self.now:
                break
            self.handle(self.now, TimePassed())
        else:
            raise AssertionError("deadlines that are always due")
        invariants.check_floor(self.floor, self.ledger)
        return effects

    def handle(self, at: Instant, stimulus: Stimulus) -> list[Effect]:
        floor = self.floor
        if isinstance(stimulus, ContactArrived):
            CHANNELS.setdefault(stimulus.contact, stimulus.channel)
        profiles, lanes, waited = invariants.profiles(floor), invariants.lanes(floor), invariants.waiting(floor)
        phones = {agent.id: agent.phone for agent in floor.state.agents.values()}
        effects = floor.handle(at, stimulus)
        said = msgspec.json.encode(effects)
        assert msgspec.json.encode(self.twin.handle(at, stimulus)) == said, "the restored floor says something else"
        assert self.twin.deadline() == floor.deadline()
        self.told.append((at, stimulus))
        self.said.append(said)
        self.ledger.fold(effects, profiles, floor)
        invariants.check_order(lanes, waited, effects, floor)
        invariants.check_offers(effects, phones, floor, stimulus)
        self.pending.extend(effect for effect in effects if answers(effect, 0) is not None)
        return effects

    def pass_time(self, seconds: float) -> None:
        """The driver wakes at each deadline on the way."""
        end = self.now + round(seconds * SECOND)
        for _ in range(DUE_STEPS_MAX):
            due = self.floor.deadline()
            if due is None or due > end:
                break
            self.now = max(due, self.now)
            self.tell(TimePassed())
        self.now = end
        self.tell(TimePassed())

    def tell_twice(self, told: Stimulus) -> None:
        self.tell(told)
        again = self.tell(told)
        if not isinstance(told, MAY_REPEAT):
            assert not {type(effect).__name__ for effect in again} & IMPERATIVES, again

    def answer_all(self) -> None:
        """Each imperative that is open gets the answer it hopes for, and so do those that follow."""
        for _ in range(PENDING_MAX):
            if not self.pending:
                break
            for stimulus in answers(self.pending.popleft(), 0) or ():
                self.tell(stimulus)

    def engaged(self) -> list[Engagement]:
        engagements = self.floor.state.engagements.values()
        return sorted((one for one in engagements if one.state != "offered"), key=lambda one: one.offer)

    def die(self) -> None:
        """The successor has the last snapshot."""
        self.twin = Floor.restored(self.floor.snapshot())

    def end(self) -> None:
        """Replay says the same; then silence brings calm."""
        again = Floor()
        for (at, stimulus), said in zip(self.told, self.said, strict=True):
            assert msgspec.json.encode(again.handle(at, stimulus)) == said, "replay says something else"
        assert again.snapshot() == self.floor.snapshot() == self.twin.snapshot()
        self.fall_silent()

    def fall_silent(self) -> None:
        """Only deadlines speak. Legs turn out dead when asked; an agent whom a promise rings in vain is signed out."""
        floor = self.floor
        for _ in range(CALM_STEPS_MAX):
            due = floor.deadline()
            if due is None:
                break
            told: deque[Stimulus] = deque([TimePassed()])
            while told:
                effects = floor.handle(max(due, floor.state.at), told.popleft())
                self.ledger.fold(effects, {}, floor)
                for effect in effects:
                    match effect:
                        case CheckContact():
                            told.append(CustomerLeft(effect.contact))
                        case OfferContact() if (
                            contact := floor.state.contacts.get(effect.contact)
                        ) and not contact.leg:
                            told.append(AgentSignedOut(effect.agent))
                        case _:
                            pass
        else:
            raise AssertionError("the floor does not become calm")
        invariants.check_floor(floor, self.ledger)
        assert not floor.state.engagements
        assert all(one.state == "waiting" and not one.leg for one in floor.state.contacts.values())


def answers(effect: Effect, pick: int) -> tuple[Stimulus, ...] | None:
    """What the world may say to an imperative, the hoped for first; None when nothing is expected."""
    match effect:
        case OfferContact(offer=offer):
            accepted = (OfferPlaced(offer), OfferAccepted(offer))
            choices = (accepted, accepted, (OfferRefused(offer),), (OfferFailed(offer, "unreachable"),), ())
        case RingAgain(offer=offer, contact=contact, agent=agent):
            rejoined = (AgentRejoined(offer),)
            choices = (rejoined, rejoined, (*rejoined, AgentLeft(contact, agent, "fault")), ())
        case ConnectContact(contact=contact, offer=offer, agent=agent):
            started = (ConversationStarted(contact, offer),)
            choices = (started, started, (AgentLeft(contact, agent, "fault"),), (CustomerLeft(contact),), ())
        case DialCustomer(contact=contact):
            reached = (CustomerReached(contact),)
            choices = (reached, reached, (CustomerMissed(contact, "busy"),), ())
        case JoinConversation(contact=contact, offer=offer, agent=agent):
            started = (ConversationStarted(contact, offer),)
            choices = (started, started, (AgentLeft(contact, agent, "fault"),), (AgentLeft(contact, agent),), ())
        case Supervise(contact=contact, offer=offer, agent=agent):
            supervised = (SupervisionStarted(contact, offer),)
            choices = (supervised, supervised, (AgentLeft(contact, agent, "fault"),), ())
        case CallParty(contact=contact, party=party):
            answered = (PartyAnswered(contact, party),)
            left = (*answered, PartyLeft(contact, party))
            choices = (answered, answered, left, (PartyFailed(contact, party, "busy"),), ())
        case EndContact(contact=contact):
            choices = ((CustomerLeft(contact),),)
        case TakeMessage(contact=contact):
            choices = ((MessageLeft(contact, 12.0),), (CustomerLeft(contact), MessageLeft(contact, 3.0)), ())
        case CheckContact(contact=contact):
            choices = ((ContactSeen(contact),), (CustomerLeft(contact),), ())
        case PromiseCallback(contact=contact):
            choices = ((CustomerLeft(contact),), ())
        case SendToNumber(contact=contact):
            failed = (ElsewhereFailed(contact, "busy"),)
            choices = ((ElsewhereAnswered(contact), CustomerLeft(contact)), failed, failed, ())
        case _:
            return None
    return choices[pick % len(choices)]
