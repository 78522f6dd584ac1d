"""What the durable rows tell: contacts, agents and their parts, numbers outside, pauses, and what was asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TALKING = ("in_conversation", "on_hold", "consulting")


@dataclass(eq=False)
class KeptContact:
    """A contact as the durable rows tell of it."""

    number: str
    entered: float
    state: str = "in_self_service"
    queue: str | None = None
    since: float = 0.0
    outcome: str | None = None
    closed: float = 0.0
    closings: int = 0
    promised: bool = False
    reason: str | None = None
    party: tuple[str, str] | None = None
    """A number outside in its conversation, and what that does."""
    paused: float | None = None
    """Since when its recording is."""


@dataclass(eq=False)
class KeptPart:
    """An agent's part in a contact."""

    contact: str
    agent: str
    queue: str
    part: str
    state: str
    was_guest: bool = False
    leads: list[float] = field(default_factory=list)
    """When it began to answer for the contact, and when that ended."""

    @property
    def talks(self) -> bool:
        return self.state in TALKING


@dataclass(eq=False)
class KeptAgent:
    presence: str = "signed_out"
    engagements: set[str] = field(default_factory=set)
    since: float = 0.0
    """When presence or engagements changed last."""


class Kept:
    """`now` is the clock of the simulated day, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.contacts: dict[str, KeptContact] = {}
        self.agents: dict[str, KeptAgent] = {}
        self.parts: dict[str, KeptPart] = {}
        """Offer -> the part, also when it is over."""
        self.imperatives: dict[tuple[str, ...], float] = {}
        """What rows ask for, and since when."""
        self.spoken: dict[tuple[str, int], str] = {}
        """(Contact, step) -> the prompt that its flow asked for."""
        self.answers: list[tuple[str, str, str]] = []
        """What customers answered in surveys: contact, question, key."""
        self.surveyed: set[str] = set()
        """Contacts that were ever asked."""
        self.pauses: set[str] = set()
        """Offers whose recording was ever to be paused."""

    def open_parts(self, contact: str) -> list[tuple[str, KeptPart]]:
        engaged = [offer for agent in self.agents.values() for offer in agent.engagements]
        return [(offer, self.parts[offer]) for offer in sorted(engaged) if self.parts[offer].contact == contact]

    def fold(self, output: dict[str, Any]) -> None:
        match output["type"]:
            case "ContactAdmitted":
                now = self._now()
                self.contacts.setdefault(output["contact"], KeptContact(output["customer"], now, since=now))
            case "ContactMoved":
                self._contact_moved(output)
            case "EngagementMoved":
                self._engagement_moved(output)
            case "PartyMoved":
                contact = self.contacts[output["contact"]]
                contact.party = None if output["after"] == "gone" else (output["party"], output["after"])
            case "RecordingMoved":
                self.contacts[output["contact"]].paused = self._now() if output["paused"] else None
                self.pauses.add(output["offer"])
            case "AgentMoved":
                agent = self.agents.setdefault(output["agent"], KeptAgent())
                agent.presence, agent.since = output["after"], self._now()
            case "OfferContact" as kind:
                self._asked_for(kind, output["offer"])
            case "DialCustomer" as kind:
                self._asked_for(kind, output["contact"], str(output["attempt"]))
            case "SpeakPrompt" as kind:
                self._asked_for(kind, output["contact"], str(output["step"]))
                self.spoken[output["contact"], output["step"]] = output["prompt"]
            case "FeedbackGiven":
                self.answers.append((output["contact"], output["question"], str(output["answer"])))
            case "KeepWaiting" as kind:
                self._asked_for(kind, output["contact"], output["queue"])
            case kind if "contact" in output:
                self._asked_for(kind, output["contact"])
            case _:
                return

    def _contact_moved(self, output: dict[str, Any]) -> None:
        now = self._now()
        contact = self.contacts.setdefault(output["contact"], KeptContact("", now))
        contact.state, contact.queue, contact.since = output["after"], output.get("queue"), now
        contact.promised |= output["after"] == "postponed"
        if output["after"] == "in_survey":
            self.surveyed.add(output["contact"])
        if output["after"] == "closed":
            contact.closings += 1
            contact.outcome, contact.closed, contact.reason = output.get("outcome"), now, output.get("reason")
            contact.party = contact.paused = None

    def _engagement_moved(self, output: dict[str, Any]) -> None:
        now, offer, role, after = self._now(), output["offer"], output.get("part", "lead"), output["after"]
        agent = self.agents.setdefault(output["agent"], KeptAgent())
        agent.since = now
        change = agent.engagements.discard if after == "ended" else agent.engagements.add
        change(offer)
        part = self.parts.setdefault(
            offer, KeptPart(output["contact"], output["agent"], output["queue"], role, after, was_guest=role != "lead")
        )
        part.part, part.state = role, after
        leads = role == "lead" and part.talks
        if leads is not (len(part.leads) % 2 == 1):
            part.leads.append(now)

    def _asked_for(self, *key: str) -> None:
        self.imperatives.setdefault(key, self._now())
