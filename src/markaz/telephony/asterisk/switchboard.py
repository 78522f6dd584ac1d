"""What we believe is in Asterisk: which channel is which leg of which contact, and whose phone is whose.

Each leg carries its own description in the channel variable `MARKAZ_LEG`, which Asterisk reports with the channel,
so that the picture can be drawn anew from a list of channels after we were away.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

from markaz.kit.time import Instant

LEG_VARIABLE: Final = "MARKAZ_LEG"
CONVERSATION: Final = "conversation-"
CONFERENCE: Final = "conference-"
"""A conversation that somebody has joined; it stays one, however few are left (decision 11)."""
WAITING: Final = "waiting-"
ON_HOLD: Final = "on-hold"
"""Where customers are while their agents consult."""
SUPERVISION: Final = "supervision-"
SNOOP: Final = "~snoop"
AGAIN: Final = "~again"
"""Begins what the channel of a phone that is rung again for its conversation has beside the offer."""
WAITING_ROOM_MAX: Final = 20
"""Who waits in one bridge. Asterisk lists all of them with whoever comes or goes, so a long queue gets several."""

Role = Literal["customer", "callback", "agent", "outside", "party", "snoop"]
"""A customer who called, a customer we call back, an agent's phone, a number outside that has the customer, one that is
in the agents' conversation, and a channel through which a supervisor hears."""


@dataclass(slots=True, kw_only=True)
class Leg:
    """One channel of ours. `channel` is its id, `name` what Asterisk's applications call it."""

    channel: str
    role: Role
    contact: str
    offer: str | None = None
    agent: str | None = None
    guest: bool = False
    """An agent who is consulted, has joined or supervises: its conversation may begin without the customer."""
    again: bool = False
    """An agent's phone that came back to a conversation that goes on: it is no offer."""
    attempt: int | None = None
    name: str = ""
    caller: str = ""
    caller_name: str | None = None
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
    move: int = 0
    """The number of our last move of it, see `Switchboard.moves`."""
    conversed: bool = False
    conferred: bool = False
    """Its contact has had a conference, whose bridge is still there."""
    recorded: bool = False
    """Asterisk has said so; `Switchboard.recordings` also has what was asked for, or begun by a process before us."""
    recording_unsure: bool = False
    """Asterisk may be recording it: it was asked to and did not answer, or it was before we came."""
    muted: bool | None = None
    """Whether its recording is paused; None: not known."""
    mode: str | None = None
    """Of a snooping channel: how its supervisor takes part."""
    playback: str | None = None
    """What was asked to be played to it last, and may be over."""
    last_key: tuple[str, str] | None = None
    """The key that was pressed last, and Asterisk's time stamp of it."""
    found_again: bool = False
    """It was on Asterisk's list when we came back: what plays to it is not known."""
    message_seconds_max: int | None = None
    """A message of at most this length is to be recorded when the customer has been asked for it."""
    cause: int | None = None
    died_at: Instant | None = None
    """When Asterisk died, and this leg with it."""

    @property
    def description(self) -> str:
        """The text kept on the channel; `parse_leg` reads it."""
        match self.role:
            case "agent":
                return f"{'guest' if self.guest else 'agent'}:{self.contact}:{self.offer}:{self.agent}"
            case "callback":
                return f"callback:{self.contact}:{self.attempt}:{self.offer}"
            case _:
                return f"{self.role}:{self.contact}"


def conversing(bridge: str) -> str | None:
    """The contact whose conversation is in `bridge`; None when it is another one's or none of ours."""
    for prefix in (CONVERSATION, CONFERENCE):
        if bridge.startswith(prefix):
            return bridge.removeprefix(prefix)
    return None


def parse_leg(channel: str, description: str) -> Leg | None:
    """The leg that `description` tells of; None when it is none of ours."""
    match description.split(":", 3):
        case ["customer", contact]:
            return Leg(channel=channel, role="customer", contact=contact)
        case ["outside", contact]:
            return Leg(channel=channel, role="outside", contact=contact)
        case ["party", contact]:
            return Leg(channel=channel, role="party", contact=contact)
        case ["agent" | "guest" as kind, contact, offer, agent]:
            return Leg(
                channel=channel, role="agent", contact=contact, offer=offer, agent=agent,
                guest=kind == "guest", again=AGAIN in channel,
            )  # fmt: skip
        case ["callback", contact, attempt, offer] if attempt.isdigit():
            return Leg(channel=channel, role="callback", contact=contact, attempt=int(attempt), offer=offer)
        case _:
            return _snoop(channel)


def snoop_name(offer: str, mode: str, at: Instant) -> str:
    """The id of a snooping channel, one that no process before us has given."""
    return f"{offer}{SNOOP}-{mode}-{at}"


def _snoop(channel: str) -> Leg | None:
    """Asterisk gives a snooping channel no variables of ours: all of it stands in the name."""
    offer, snoop, rest = channel.partition(SNOOP)
    if not snoop:
        return None
    mode = rest.removeprefix("-").partition("-")[0]
    return Leg(channel=channel, role="snoop", contact=offer.rpartition(".")[0], offer=offer, mode=mode)


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
    snoops: dict[str, Leg] = field(default_factory=dict)
    """A supervisor's offer -> the channel that they hear through."""
    parties: dict[str, Leg] = field(default_factory=dict)
    """contact -> the number outside in its agents' conversation."""
    moves: int = 0
    """How often we have put a leg into a bridge."""
    departed: set[str] = field(default_factory=set)
    """Channels that have ended since Asterisk's lists were last asked for, which may still have them."""
    released: dict[str, Leg] = field(default_factory=dict)
    """agent -> the leg that the floor has done with, and that is to end before the agent's phone rings again."""
    offers_queued: set[str] = field(default_factory=set)
    """Offers that wait in their contact's line to be rung: that they have no leg is no news."""
    recordings: dict[str, str] = field(default_factory=dict)
    """Recording (the channel of an agent's leg, or a contact for a message) -> contact, while it runs."""
    phones: dict[str, str] = field(default_factory=dict)
    """agent -> SIP user name."""
    agents_by_phone: dict[str, str] = field(default_factory=dict)
    reachable: dict[str, set[str]] = field(default_factory=dict)
    """agent -> the addresses at which the phone could be reached when last heard of."""
    extensions: dict[str, str] = field(default_factory=dict)
    """extension -> agent."""
    asterisk_began: Instant | None = None
    """When the Asterisk that we hear was started."""

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
            case "snoop":
                assert leg.offer is not None
                self.snoops[leg.offer] = leg
            case "party":
                self.parties[leg.contact] = leg

    def remove(self, channel: str) -> Leg | None:
        """Forget a channel; the leg that it was, or None when it was none (or gone before)."""
        leg = self.legs.pop(channel, None)
        if leg is None:
            return None
        self.departed.add(channel)
        if leg.role == "agent":
            offers = self.agents.get(leg.contact, {})
            if offers.get(leg.offer or "") is leg:  # the phone may have come back on another
                del offers[leg.offer or ""]
            if leg.agent is not None and self.is_released(leg):
                del self.released[leg.agent]
            if not offers:
                self.agents.pop(leg.contact, None)
        if leg.role == "snoop" and self.snoops.get(leg.offer or "") is leg:
            del self.snoops[leg.offer or ""]
        for place in (self.customers, self.outside, self.parties):
            if place.get(leg.contact) is leg:
                del place[leg.contact]
        return leg

    def conversation(self, contact: str) -> str:
        """The bridge in which the contact's conversation is: the conference as long as somebody is there."""
        conference = f"{CONFERENCE}{contact}"
        legs = (*self.agents.get(contact, {}).values(), self.customers.get(contact), self.parties.get(contact))
        is_there = any(leg is not None and leg.bridge == conference and not leg.ending for leg in legs)
        return conference if is_there else f"{CONVERSATION}{contact}"

    def moved(self, bridge: str | None, *legs: Leg) -> None:
        """We have put `legs` into `bridge`, or tried to in vain: what Asterisk listed before does not say so."""
        self.moves += 1
        for leg in legs:
            leg.bridge, leg.move = bridge, self.moves

    def is_released(self, leg: Leg) -> bool:
        """Whether the floor has done with this leg of an agent, which may still be there."""
        return leg.agent is not None and self.released.get(leg.agent) is leg

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
