"""A small house for examples: a floor, a clock that only tests move, and short words for what people do."""

from collections.abc import Sequence
from typing import TypeVar

from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    AgentBecameReady,
    AgentConfigured,
    AgentProfile,
    AgentSignedIn,
    ChannelKind,
    ContactArrived,
    ContactMoved,
    ContactQueued,
    ConversationStarted,
    Decided,
    Effect,
    Floor,
    Noted,
    OfferAccepted,
    OfferContact,
    ProjectConfigured,
    ProjectRules,
    QueueConfigured,
    QueueRetired,
    QueueRules,
    Stimulus,
    TimePassed,
    TransferRequested,
)  # fmt: skip

Kind = TypeVar("Kind", bound=Effect)
DEADLINES_MAX = 10_000


class House:
    """Project "p" and the given queues and agents; every agent is signed in and ready, a second after the last."""

    def __init__(self, *configured: QueueRules | AgentProfile | ProjectRules) -> None:
        self.floor = Floor()
        self.at: Instant = 1_750_000_000 * SECOND
        self.tell(ProjectConfigured(ProjectRules(id="p")))
        self.configure(*configured)
        for one in configured:
            if isinstance(one, AgentProfile):
                self.tell(AgentSignedIn(one.id), AgentBecameReady(one.id))
                self.later(1)

    def tell(self, *stimuli: Stimulus) -> list[Effect]:
        """All effects of these stimuli, now."""
        return [effect for stimulus in stimuli for effect in self.floor.handle(self.at, stimulus)]

    def later(self, seconds: float) -> list[Effect]:
        """All effects of that much time, each deadline at its moment."""
        end = self.at + round(seconds * SECOND)
        effects: list[Effect] = []
        for _ in range(DEADLINES_MAX):
            due = self.floor.deadline()
            if due is None or due > end:
                self.at = end
                return effects
            self.at = max(self.at, due)
            effects += self.tell(TimePassed())
        raise AssertionError("deadlines without end")

    def call(
        self, contact: str, queue: str = "q", *, skills: dict[str, int] | None = None, priority: int = 0,
        customer: str | None = None, named: str | None = None, channel: ChannelKind = "voice",
    ) -> list[Effect]:  # fmt: skip
        """A contact arrives and is queued."""
        arrived = ContactArrived(contact, channel, "p", customer or f"+{contact}")
        return self.tell(arrived, ContactQueued(contact, queue, skills or {}, priority, named))

    def answer(self, effects: Sequence[Effect]) -> list[Effect]:
        """The agents who are offered something in `effects` accept and talk."""
        told: list[Effect] = []
        for offer in only(OfferContact, effects):
            told += self.tell(OfferAccepted(offer.offer), ConversationStarted(offer.contact, offer.offer))
        return told

    def answer_and_return(self, effects: Sequence[Effect]) -> list[Effect]:
        """`effects`, after their offers were answered."""
        self.answer(effects)
        return list(effects)

    def configure(self, *configured: QueueRules | AgentProfile | ProjectRules) -> list[Effect]:
        return [effect for one in configured for effect in self.tell(_told(one))]

    def retire(self, queue_id: str) -> list[Effect]:
        return self.tell(QueueRetired(queue_id))

    def transfer(self, contact: str, by: str, to: str) -> list[Effect]:
        return self.tell(TransferRequested(contact, by, "agent", to))

    def state(self, contact: str) -> str:
        found = self.floor.state.contacts.get(contact)
        return "closed" if found is None else found.state


def _told(one: QueueRules | AgentProfile | ProjectRules) -> Stimulus:
    match one:
        case ProjectRules():
            return ProjectConfigured(one)
        case QueueRules():
            return QueueConfigured(one)
        case AgentProfile():
            return AgentConfigured(one)


def only(kind: type[Kind], effects: Sequence[Effect]) -> list[Kind]:
    return [effect for effect in effects if isinstance(effect, kind)]


def offers(effects: Sequence[Effect]) -> list[tuple[str, str]]:
    """Who was offered to whom."""
    return [(offer.contact, offer.agent) for offer in only(OfferContact, effects)]


def outcomes(effects: Sequence[Effect]) -> list[tuple[str, str]]:
    return [(moved.contact, moved.outcome) for moved in only(ContactMoved, effects) if moved.outcome is not None]


def decided(effects: Sequence[Effect]) -> Decided:
    """The last decision."""
    return only(Decided, effects)[-1]


def notes(effects: Sequence[Effect]) -> list[str]:
    return [f"{noted.stimulus}: {noted.why}" for noted in only(Noted, effects)]


def agent(
    name: str, queues: Sequence[str] | dict[str, int] = ("q",), *, skills: dict[str, int] | None = None, **more: object
) -> AgentProfile:
    preferences = queues if isinstance(queues, dict) else dict.fromkeys(queues, 1)
    return AgentProfile(id=name, queues=preferences, skills=skills or {}, **more)  # pyright: ignore[reportArgumentType]


def queue(name: str = "q", **more: object) -> QueueRules:
    return QueueRules(id=name, project="p", **more)  # pyright: ignore[reportArgumentType]
