"""The world's own books, and what must hold in them whatever happens. Nothing here asks the floor what it believes.

Sentences about each moment are checked as it passes; `tests.faults.judged` reads the rest when the day is over:
* nobody's offer rings anybody else, and no two agents have one contact;
* nothing acts before it is durable, and one process at a time;
* no agent is rung while talking, or by two calls;
* no conversation is cut by the floor, unless somebody in it asked for that;
* nobody waits while somebody fit is idle, when all is well.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.faults.agents import Agent
from tests.faults.asterisk import Asterisk
from tests.faults.exchange import CONVERSATIONS, Bridge, Channel, others
from tests.faults.house import RELAXED_SECONDS, is_fit
from tests.faults.kept import Kept
from tests.faults.people import Customer
from tests.faults.surveys import Surveys
from tests.faults.together import SUPERVISION, WELL_SECONDS, Together
from tests.faults.wire import Line

TOLD_SECONDS_MAX = 8.0
"""A call that lived so long beside a floor in good health has become a contact; the dialplan tries every five."""
FOUND_SECONDS_MAX = 36.0
"""The same of a call whose event was lost: the reconciler looks every thirty."""
SETTLED_SECONDS = 2.0
"""What happens so long after the last trouble is told by an event."""
IDLE_SECONDS_MAX = 12.0
"""Somebody who waits and somebody idle who is fit are together for no longer, all being well."""
WISH_SECONDS = 90.0
"""What was asked for at a desk is done within so long, with the database away and floors killed meanwhile."""
RESERVED_SECONDS_MAX = 35.0
"""A contact may wait for one agent alone for so long (sticky agents, transfers to an agent)."""

_SPOKEN = re.compile(r"(?P<contact>.+)\.p(?P<step>\d+)")


class Violated(AssertionError):
    """A sentence that must hold does not."""


@dataclass(eq=False)
class Call:
    """A customer's call as Asterisk saw it."""

    channel: Channel
    number: str
    began: float
    ended: float | None = None
    by: str = ""
    well_seconds: float = 0.0
    """The longest stretch of its life beside a floor in good health."""
    was_well: bool = False
    """Whether all was well when it ended."""
    was_unheard: bool = False
    """The event that tells of it was lost."""
    talked_since: float | None = None

    @property
    def talked_seconds(self) -> float:
        return (self.ended or self.began) - self.talked_since if self.talked_since is not None else 0.0


@dataclass(eq=False)
class Conversation:
    """An agent and a customer who heard each other."""

    offer: str
    began: float
    ended: float | None = None


class Books:
    def __init__(self, asterisk: Asterisk, trace: Callable[[str, object], None]) -> None:
        self._trace = trace
        self.is_well: Callable[[], bool] = lambda: False
        """Whether nothing is out of order at this moment."""
        self._asterisk = asterisk
        asterisk.news.observer = self
        self.calls: list[Call] = []
        self.kept = Kept(lambda: self._now)
        self.contacts, self.agents = self.kept.contacts, self.kept.agents
        self.rows: dict[int, tuple[int, str, str]] = {}
        self.messages: dict[str, float] = {}
        self.well_since: float | None = None
        """Since when nothing is out of order; None: something is."""
        self.violations: list[str] = []
        self.conversations: list[Conversation] = []
        self._talking: dict[Channel, Conversation] = {}
        self._rung: dict[str, str] = {}
        self._acting: str | None = None
        self._retired: set[str] = set()
        self._wished: dict[str, float] = {}
        """Contact -> when somebody in it last asked for what takes somebody out of it."""
        self._look_at = Together(self.kept, asterisk, self._violate)
        self.surveys = Surveys(self.kept, asterisk.news, self._violate)
        self._together: Counter[tuple[str, str]] = Counter()

    def _violate(self, sentence: str) -> None:
        self.violations.append(f"{self._now:.3f} s: {sentence}")

    # What became durable

    def durable(self, rows: Iterable[tuple[int, int, str, str]]) -> None:
        """Rows of a commit, or of a synced spool."""
        for number, at, stimulus, outputs in rows:
            before = self.rows.get(number)
            if before is not None:
                if before != (at, stimulus, outputs):
                    self._violate(f"row {number} was durable and is another one now")
                continue
            self.rows[number] = at, stimulus, outputs
            self._trace("durable", f"{number}: {stimulus} -> {_brief(outputs)}")
            for output in msgspec.json.decode(outputs):
                self.kept.fold(output)
            self.surveys.written()

    def wished(self, contact: str) -> None:
        """Somebody in it asked, at the desk or with the phone, for what takes somebody out of it."""
        self._wished[contact] = self._now

    # What Asterisk is asked for

    def asked(self, line: Line, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> None:
        if method == "GET" or path[0] not in ("channels", "bridges", "playbacks"):
            return
        self._one_acts(line.process.name)
        wanted = list(self._wanted(path, query, body))
        if wanted and not any(key in self.kept.imperatives for key in wanted):
            self._violate(f"{method} {'/'.join(path)} {query} was asked of Asterisk before any durable {wanted}")

    def _one_acts(self, process: str) -> None:
        if process == self._acting:
            return
        if process in self._retired:
            self._violate(f"the floor {process} acts after {self._acting} has taken over")
        if self._acting is not None:
            self._retired.add(self._acting)
        self._acting = process

    def _wanted(self, path: list[str], query: dict[str, str], body: dict[str, Any]) -> Iterable[tuple[str, ...]]:
        """The imperatives of which one must be durable; nothing: anybody may ask for this."""
        match path:
            case ["channels"]:
                leg = body["variables"]["MARKAZ_LEG"]["value"].split(":")
                match leg[0]:
                    case "agent":
                        yield "OfferContact", leg[2]
                    case "callback":
                        yield "DialCustomer", leg[1], leg[2]
                    case "guest":
                        yield "OfferContact", leg[2]
                    case "party":
                        yield "CallParty", leg[1]
                    case _:
                        yield "SendToNumber", leg[1]
            case ["channels", name, "play"]:
                if (channel := self._asterisk.channels.get(name)) is not None:
                    self.surveys.asked_for(channel, query["playbackId"])
                yield from _spoken(query["playbackId"])
            case ["channels", _, "record"]:
                yield "TakeMessage", query["name"].rpartition("/")[2]
            case ["channels", _, "snoop", name]:
                yield "Supervise", name.partition("~")[0].rpartition(".")[0]
            case ["bridges", bridge, "addChannel"] if bridge.startswith(CONVERSATIONS):
                contact = bridge.partition("-")[2]
                for kind in ("ConnectContact", "SendToNumber", "JoinConversation", "CallParty"):
                    yield kind, contact
            case ["bridges", bridge, "addChannel"] if bridge.startswith(SUPERVISION):
                return
            case ["bridges", bridge, "addChannel"]:
                channel = self._asterisk.channels.get(query["channel"])
                if channel is not None and channel.contact:
                    is_hold = bridge == "on-hold"
                    queue = bridge.removeprefix("waiting-").partition(".")[0]
                    yield ("HoldCustomer", channel.contact) if is_hold else ("KeepWaiting", channel.contact, queue)
            case _:
                return

    # What happens to calls

    def call_came(self, channel: Channel) -> None:
        self.calls.append(Call(channel, channel.party.number, self._now))

    def lost(self, channel: str) -> None:
        """An event of this channel reaches nobody."""
        for call in self.calls[-300:]:
            call.was_unheard |= call.channel.id == channel

    def rung(self, channel: Channel) -> None:
        if not isinstance(channel.party, Agent):
            return
        first = self._rung.setdefault(channel.id, channel.party.name)
        if first != channel.party.name:
            self._violate(f"the offer {channel.id} rings {channel.party.name}, and it was {first}'s")
        for other in channel.party.channels:
            if others(other):
                self._violate(f"{channel.party.name} is rung by {channel.id} while talking on {other.id}")
            if other.state != "Up":
                self._violate(f"{channel.party.name} is rung by {channel.id} while {other.id} rings")

    def conversed(self, channel: Channel) -> None:
        if channel.bridge is not None and channel.contact not in ("", channel.bridge.id.partition("-")[2]):
            self._violate(f"{channel.party.name} on {channel.id} hears another contact: {channel.bridge.id}")
        if isinstance(channel.party, Agent):
            leads = [one.party.name for one in (channel, *others(channel)) if one.leg.startswith("agent:")]
            if len(leads) > 1:
                self._violate(f"{leads[0]} and {leads[1]} have the same contact")
            if channel not in self._talking:
                self._talking[channel] = Conversation(channel.id, self._now)
                self.conversations.append(self._talking[channel])
        for call in self._calls_of(channel):
            if call.talked_since is None:
                call.talked_since = self._now

    def ended(self, channel: Channel, by: str) -> None:
        with_whom = [] if channel.bridge is None or not channel.bridge.is_conversation else others(channel)
        if by == "floor" and any(isinstance(one.party, Customer) for one in (channel, *with_whom)):
            legs = (channel, *with_whom)
            if with_whom and not self._is_wished(legs):
                self._violate(f"the conversation of {' and '.join(leg.id for leg in legs)} was cut by the floor")
        if channel in self._talking:
            self._talking.pop(channel).ended = self._now
        for call in self._calls_of(channel):
            is_settled = self.well_since is not None and self._now - self.well_since > SETTLED_SECONDS
            call.was_well = is_settled and self.is_well()
            call.ended, call.by = self._now, by

    def _is_wished(self, legs: Iterable[Channel]) -> bool:
        """Whether one of `legs` was to be taken out: the phone passes the call on, or somebody said so at a desk."""
        last = [self._wished.get(leg.contact, -WISH_SECONDS) for leg in legs]
        return any(leg.transfer_asked for leg in legs) or self._now - max(last) < WISH_SECONDS

    def heard(self, channel: Channel, playback: str) -> None:
        self.surveys.heard(channel, playback)

    def pressed(self, channel: Channel, digit: str) -> None:
        is_settled = self.well_since is not None and self._now - self.well_since > SETTLED_SECONDS
        self.surveys.pressed(channel, digit, is_well=is_settled and self.is_well())

    def trouble(self) -> None:
        """Something goes wrong at this moment."""
        self.surveys.trouble()

    def recorded_twice(self, channel: Channel) -> None:
        self._violate(f"the conversation {channel.id} is recorded twice into one file")

    def destroyed(self, bridge: Bridge) -> None:
        if len(bridge.channels) > 1 and any(isinstance(one.party, Customer) for one in bridge.channels):
            self._violate(f"the bridge {bridge.id} was destroyed while {len(bridge.channels)} spoke in it")

    def message(self, contact: str, seconds: float) -> None:
        self.messages[contact] = seconds

    def _calls_of(self, channel: Channel) -> list[Call]:
        return [call for call in self.calls[-300:] if call.channel is channel]

    # Each moment

    def look(self, seconds: float, agents: list[Agent]) -> None:
        """`seconds` have passed since the last look."""
        now = self._now
        self.well_since = (self.well_since if self.well_since is not None else now) if self.is_well() else None
        for call in self.calls:
            if call.ended is None and self.well_since is not None:
                call.well_seconds = max(call.well_seconds, now - max(call.began, self.well_since))
        self._look_at.look(self.well_since)
        self.surveys.look(self.well_since)
        if self.well_since is None or now - self.well_since < WELL_SECONDS:
            self._together.clear()
            return
        idle = [agent for agent in agents if self._is_idle(agent)]
        pairs = {
            (name, agent.name)
            for name, contact in self.contacts.items()
            if contact.state == "waiting" and now - contact.since > max(RELAXED_SECONDS, RESERVED_SECONDS_MAX)
            for agent in idle
            if is_fit(agent.name, contact.queue or "")
        }
        for pair in list(self._together):
            if pair not in pairs:
                del self._together[pair]
        for pair in pairs:
            self._together[pair] += 1
            if self._together[pair] * seconds > IDLE_SECONDS_MAX:
                self._violate(f"the contact {pair[0]} waits though {pair[1]} is idle and fit")

    def _is_idle(self, agent: Agent) -> bool:
        kept = self.agents.get(agent.name)
        is_ready = kept is not None and kept.presence == "ready" and not kept.engagements
        has_phone = not agent.has_vanished and agent.username in self._asterisk.provisioned.registered
        return is_ready and has_phone and not agent.channels

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _brief(outputs: str) -> str:
    """What the floor answered, in few words."""
    told = msgspec.json.decode(outputs)
    kept = ("contact", "offer", "before", "after", "agent", "reason", "outcome", "why")
    return "; ".join(f"{one['type']} {' '.join(str(one[key]) for key in kept if one.get(key))}"
                     for one in told if one["type"] != "Decided")  # fmt: skip


def _spoken(playback: str) -> Iterable[tuple[str, ...]]:
    if match := _SPOKEN.fullmatch(playback):
        yield "SpeakPrompt", match["contact"], match["step"]
        return
    name, _, kind = playback.rpartition(".")
    match kind:
        case "a":
            yield "AnnouncePlace", name
        case "x":
            yield "PlayPrompt", name
        case "last":
            yield "EndContact", name
            yield "PromiseCallback", name
        case "message":
            yield "TakeMessage", name
        case _:
            return
