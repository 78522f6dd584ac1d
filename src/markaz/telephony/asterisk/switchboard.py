"""What we believe is in Asterisk: which channel is which leg of which contact, and whose phone is whose.

Each leg carries its own description in the channel variable `MARKAZ_LEG`, which Asterisk reports with the channel,
so that the picture can be drawn anew from a list of channels after we were away.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

LEG_VARIABLE: Final = "MARKAZ_LEG"
CONVERSATION: Final = "conversation-"
WAITING: Final = "waiting-"
WAITING_ROOM_MAX: Final = 20
"""Who waits in one bridge. Asterisk lists all of them with whoever comes or goes, so a long queue gets several."""

Role = Literal["customer", "callback", "agent", "outside"]
"""A customer who called, a customer we call back, an agent's phone, a number outside."""


@dataclass(slots=True, kw_only=True)
class Leg:
    """One channel of ours. `channel` is its id, `name` what Asterisk's applications call it."""

    channel: str
    role: Role
    contact: str
    offer: str | None = None
    agent: str | None = None
    attempt: int | None = None
    name: str = ""
    caller: str = ""
    answered: bool = False
    rings: bool = False
    talking: bool = False
    held: bool = False
    ending: bool = False
    """We asked for its end: that it ends is no news."""
    placed: bool = True
    """Asterisk has been asked for it and has answered."""
    number: str = ""
    announced_again: bool = False
    transferring: bool = False
    bridge: str | None = None
    conversed: bool = False
    playback: str | None = None
    found_again: bool = False
    """It was on Asterisk's list when we came back: what plays to it is not known."""
    message_seconds_max: int | None = None
    """A message of at most this length is to be recorded when the customer has been asked for it."""
    cause: int | None = None

    @property
    def description(self) -> str:
        """The text kept on the channel; `parse_leg` reads it."""
        match self.role:
            case "agent":
                return f"agent:{self.contact}:{self.offer}:{self.agent}"
            case "callback":
                return f"callback:{self.contact}:{self.attempt}:{self.offer}"
            case _:
                return f"{self.role}:{self.contact}"


def parse_leg(channel: str, description: str) -> Leg | None:
    """The leg that `description` tells of; None when it is none of ours."""
    match description.split(":", 3):
        case ["customer", contact]:
            return Leg(channel=channel, role="customer", contact=contact)
        case ["outside", contact]:
            return Leg(channel=channel, role="outside", contact=contact)
        case ["agent", contact, offer, agent]:
            return Leg(channel=channel, role="agent", contact=contact, offer=offer, agent=agent)
        case ["callback", contact, attempt, offer] if attempt.isdigit():
            return Leg(channel=channel, role="callback", contact=contact, attempt=int(attempt), offer=offer)
        case _:
            return None


def waits_for(bridge: str | None, queue: str) -> bool:
    """Whether `bridge` is one in which those wait who wait for `queue`."""
    return bridge is not None and bridge.partition(".")[0] == f"{WAITING}{queue}"


def _waiting_rooms(queue: str) -> Iterator[str]:
    """Names without end; no queue's id has a full stop."""
    yield f"{WAITING}{queue}"
    yield from (f"{WAITING}{queue}.{number}" for number in count(2))


@dataclass(slots=True)
class Switchboard:
    """Legs by channel, and for each contact the customer's and the outside one; phones by user name and by agent."""

    legs: dict[str, Leg] = field(default_factory=dict)
    customers: dict[str, Leg] = field(default_factory=dict)
    outside: dict[str, Leg] = field(default_factory=dict)
    agents: dict[str, dict[str, Leg]] = field(default_factory=dict)
    """contact -> offer -> the agent's leg."""
    recordings: dict[str, str] = field(default_factory=dict)
    """Recording (an offer, or a contact for a message) -> contact, while it runs."""
    phones: dict[str, str] = field(default_factory=dict)
    """agent -> SIP user name."""
    agents_by_phone: dict[str, str] = field(default_factory=dict)
    reachable: dict[str, set[str]] = field(default_factory=dict)
    """agent -> the addresses at which the phone could be reached when last heard of."""
    extensions: dict[str, str] = field(default_factory=dict)
    """extension -> agent."""

    def add(self, leg: Leg) -> None:
        self.legs[leg.channel] = leg
        match leg.role:
            case "agent":
                assert leg.offer is not None
                self.agents.setdefault(leg.contact, {})[leg.offer] = leg
            case "outside":
                self.outside[leg.contact] = leg
            case "customer" | "callback":
                self.customers[leg.contact] = leg

    def remove(self, channel: str) -> Leg | None:
        """Forget a channel; the leg that it was, or None when it was none (or gone before)."""
        leg = self.legs.pop(channel, None)
        if leg is None:
            return None
        if leg.role == "agent":
            offers = self.agents.get(leg.contact, {})
            offers.pop(leg.offer or "", None)
            if not offers:
                self.agents.pop(leg.contact, None)
        for place in (self.customers, self.outside):
            if place.get(leg.contact) is leg:
                del place[leg.contact]
        return leg

    def agent_leg(self, contact: str, offer: str) -> Leg | None:
        return self.agents.get(contact, {}).get(offer)

    def waiting_room(self, queue: str) -> str:
        """The first bridge of `queue` that has room."""
        taken = Counter(leg.bridge for leg in self.customers.values())
        return next(room for room in _waiting_rooms(queue) if taken[room] < WAITING_ROOM_MAX)

    def give_phone(self, agent: str, username: str, extension: str | None) -> None:
        self.take_phone(agent)
        self.phones[agent] = username
        self.agents_by_phone[username] = agent
        if extension is not None:
            self.extensions[extension] = agent

    def take_phone(self, agent: str) -> None:
        username = self.phones.pop(agent, None)
        if username is not None:
            self.agents_by_phone.pop(username, None)
        self.reachable.pop(agent, None)
        self.extensions = {extension: whose for extension, whose in self.extensions.items() if whose != agent}
