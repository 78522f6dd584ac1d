"""ARI events become stimuli: a pure mapping over the switchboard's picture, which it keeps up to date.

Some events also leave work for the performer (a leg that ended leaves a bridge behind): a `Chore`. Events come twice,
late or for channels that are not ours; those say nothing.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from markaz.flows import ContactEntered, DigitPressed, FlowStimulus, PromptFailed, PromptFinished
from markaz.kit.time import instant
from markaz.routing import (
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentRejoined,
    ConversationStarted,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    ElsewhereFailed,
    FailureCause,
    HoldBegan,
    HoldEnded,
    LeftCause,
    MessageLeft,
    OfferAccepted,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    PartyFailed,
    PartyLeft,
    TransferRequested,
)  # fmt: skip
from markaz.routing import Stimulus as RoutingStimulus
from markaz.telephony.asterisk.client import Event
from markaz.telephony.asterisk.switchboard import LEG_VARIABLE, Leg, Switchboard, conversing, parse_leg

EVENT_TYPES: Final = (
    "StasisStart", "StasisEnd", "ChannelDestroyed", "ChannelHangupRequest", "ChannelDtmfReceived", "Dial",
    "ChannelEnteredBridge", "ChannelHold", "ChannelUnhold", "ChannelTransfer", "PlaybackFinished",
    "RecordingFinished", "RecordingFailed",
)  # fmt: skip
"""What we ask Asterisk to tell us; everything else is filtered there."""
PHONE_EVENT_TYPES: Final = ("ContactStatusChange",)

ANONYMOUS: Final = "anonymous"
NO_NUMBER: Final = "unknown"
NAME_CHARACTERS_MAX: Final = 80
"""What was dialled when it was no number: none of ours, so it is refused."""
NUMBER: Final = re.compile(r"\+?[0-9]{2,20}")
QUEUE: Final = re.compile(r"queue-(?P<queue>[A-Za-z0-9][A-Za-z0-9_-]{0,39})")
PROMPT_PLAYBACK: Final = re.compile(r"(?P<contact>.+)\.p(?P<step>\d+)")
LAST_PLAYBACK: Final = re.compile(r"(?P<contact>.+)\.last")
MESSAGE_PLAYBACK: Final = re.compile(r"(?P<contact>.+)\.message")

CONTACT_STATUSES: Final = {"Reachable": True, "NonQualified": True, "Unreachable": False, "Removed": False}

# Q.850 causes, as Asterisk maps SIP's answers to them.
CAUSE_NORMAL: Final = 16
CAUSE_NETWORK: Final = 38
CAUSES_REFUSED: Final = frozenset({17, 21})  # 486, 600, 603
CAUSES_NO_ANSWER: Final = frozenset({0, 16, 18, 19})  # our time-out, 408, 480
CAUSES_UNREACHABLE: Final = frozenset({1, 2, 3, 20, 22, 27, 28})  # 404, 410, 484, 502, not registered
CAUSES_HUNG_UP: Final = frozenset({0, 16, 17, 18, 19, 21, 26, 31, 32})
"""How a person's leg ends. Anything else (44: no more sound, 38: network) is a machine's doing."""

Stimulus = RoutingStimulus | FlowStimulus


@dataclass(frozen=True, slots=True)
class CustomerCame:
    """A new call; its channel is to carry its description."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """A callback's customer or a number outside picked up, or a snooping channel is up, and is to be joined."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegEnded:
    leg: Leg


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """An agent's phone sent a REFER; `understood` tells whether a stimulus came of it."""

    leg: Leg
    understood: bool


@dataclass(frozen=True, slots=True)
class LastPromptEnded:
    """The prompt before the end of a contact is over."""

    contact: str


@dataclass(frozen=True, slots=True)
class MessagePromptEnded:
    """The customer has been asked for a message; now it is to be recorded."""

    contact: str


@dataclass(frozen=True, slots=True)
class MessageEnded:
    contact: str


Chore = CustomerCame | LegAnswered | LegEnded | TransferAsked | LastPromptEnded | MessagePromptEnded | MessageEnded


class Translator:
    """`name_contact` names the contact of a new channel, always the same."""

    def __init__(self, switchboard: Switchboard, name_contact: Callable[[Event], str]) -> None:
        self._board = switchboard
        self._name_contact = name_contact

    def translate(self, event: Event) -> Iterator[Stimulus | Chore]:
        """What `event` means, in order."""
        channel: str = event.get("channel", {}).get("id", "")
        leg = self._board.legs.get(channel)
        match event["type"]:
            case "StasisStart":
                yield from self._started(event, leg)
            case "Dial":
                yield from self._dialled(event)
            case "ChannelHangupRequest" if leg is not None and "cause" in event:
                leg.cause = event["cause"]
            case "StasisEnd" if leg is not None:
                yield from self.ended(channel, leg.cause or 16)
            case "ChannelDestroyed":
                yield from self.ended(channel, event["cause"])
            case "ChannelDtmfReceived" if leg is not None and leg.role in ("customer", "callback"):
                yield from _pressed(event, leg)
            case "ChannelEnteredBridge":
                yield from self._entered_bridge(event)
            case "ChannelHold" if leg is not None and leg.agent is not None and not leg.held:
                leg.held = True
                yield HoldBegan(leg.contact, leg.agent)
            case "ChannelUnhold" if leg is not None and leg.agent is not None and leg.held:
                leg.held = False
                yield HoldEnded(leg.contact, leg.agent)
            case "ChannelTransfer" if event.get("state") is None:  # with a state it repeats our own answer
                yield from self._transferred(event)
            case "PlaybackFinished":
                yield from _playback_finished(event["playback"])
            case "RecordingFinished" | "RecordingFailed":
                yield from self._recorded(event["recording"])
            case "ContactStatusChange":
                yield from self._phone_changed(event)
            case _:
                return

    def ended(self, channel: str, cause: int) -> Iterator[Stimulus | Chore]:
        """A channel is gone, for the Q.850 `cause`."""
        leg = self._board.remove(channel)
        if leg is None:
            return
        yield LegEnded(leg)
        left: LeftCause = "hung_up" if cause in CAUSES_HUNG_UP or leg.ending else "fault"
        match leg.role:
            case "customer":
                yield CustomerLeft(leg.contact, left)
                if leg.message_seconds_max is not None:  # gone before the recording began
                    yield MessageLeft(leg.contact, 0.0)
            case "callback" if leg.answered:
                yield CustomerLeft(leg.contact, left)
            case "callback" if not leg.ending:
                yield CustomerMissed(leg.contact, failure_cause(cause))
            case "outside" if not leg.answered and not leg.ending:
                yield ElsewhereFailed(leg.contact, failure_cause(cause))
            case "party" if leg.answered and not leg.ending:
                yield PartyLeft(leg.contact, leg.channel)
            case "party" if not leg.ending:
                yield PartyFailed(leg.contact, leg.channel, failure_cause(cause))
            case "agent" if not leg.ending:
                yield from _agent_ended(leg, cause, left)
            case _:
                return

    def _started(self, event: Event, leg: Leg | None) -> Iterator[Stimulus | Chore]:
        channel = event["channel"]
        if leg is None:
            yield from self.came(channel)
            return
        leg.name = channel["name"]
        if leg.answered or leg.ending:
            return
        leg.answered = True
        match leg.role:
            case "agent":
                assert leg.offer is not None
                yield AgentRejoined(leg.offer) if leg.again else OfferAccepted(leg.offer)
            case "callback":
                yield CustomerReached(leg.contact)
                yield LegAnswered(leg)
            case "outside" | "party" | "snoop":
                yield LegAnswered(leg)
            case "customer":
                return

    def came(self, channel: Event) -> Iterator[Stimulus | Chore]:
        """A channel that we did not know: a new call, or one of ours from before we were away."""
        # Both are whatever the other side likes to send, and are shown to people.
        caller = _number_or(ANONYMOUS, channel["caller"]["number"])
        name = _name_of(channel["caller"].get("name", ""))
        number = _number_or(NO_NUMBER, channel["dialplan"]["exten"])
        known = parse_leg(channel["id"], variable_of(channel, LEG_VARIABLE))
        if known is not None:
            known.name, known.answered = channel["name"], channel["state"] == "Up"
            known.caller, known.caller_name, known.number, known.found_again = caller, name, number, True
            known.recording_unsure = known.role == "agent"
            self._board.add(known)
            if known.offer is not None and known.role == "agent" and known.answered:
                self._board.recordings[known.channel] = known.contact  # if it is recorded, its end will be told
            return
        leg = Leg(
            channel=channel["id"],
            role="customer",
            contact=self._name_contact(channel),
            name=channel["name"],
            caller=caller,
            caller_name=name,
            number=number,
        )
        self._board.add(leg)
        yield CustomerCame(leg)
        yield entered(leg)

    def _dialled(self, event: Event) -> Iterator[Stimulus]:
        leg = self._board.legs.get(event["peer"]["id"])
        if leg is not None:
            leg.name = event["peer"]["name"]
            is_offer = leg.offer is not None and leg.role == "agent" and not leg.again
            if is_offer and event["dialstatus"] == "" and not leg.rings:
                assert leg.offer is not None
                leg.rings = True
                yield OfferPlaced(leg.offer)

    def _entered_bridge(self, event: Event) -> Iterator[Stimulus]:
        bridge = event["bridge"]
        contact = conversing(bridge["id"])
        if contact is None:
            return
        customer = self._board.customers.get(contact)
        is_with_customer = customer is not None and customer.channel in bridge["channels"]
        for leg in self._board.agents.get(contact, {}).values():
            is_heard = is_with_customer or (leg.guest and len(bridge["channels"]) > 1)
            if is_heard and leg.channel in bridge["channels"] and not leg.talking and not leg.ending:
                assert leg.offer is not None
                leg.talking = True
                yield ConversationStarted(contact, leg.offer)

    def _transferred(self, event: Event) -> Iterator[Stimulus | Chore]:
        leg = self._board.legs.get(event["referred_by"]["source_channel"]["id"])
        if leg is None or leg.agent is None:
            return
        target = event["refer_to"].get("requested_destination", {}).get("destination", "")
        found = self.transfer_target(target)
        if found is not None:
            yield TransferRequested(leg.contact, leg.agent, *found)
        yield TransferAsked(leg, understood=found is not None)

    def transfer_target(self, target: str) -> tuple[Literal["agent", "queue", "number"], str] | None:
        """Whom a phone means by `target`: `queue-<id>`, an agent's id, extension or phone, or a number."""
        user = target.removeprefix("sip:").removeprefix("sips:").partition("@")[0].partition(";")[0]
        if match := QUEUE.fullmatch(user):
            return "queue", match["queue"]
        agent = self._board.extensions.get(user) or self._board.agents_by_phone.get(user)
        if agent is None and user in self._board.phones:
            agent = user
        if agent is not None:
            return "agent", agent
        return ("number", user) if NUMBER.fullmatch(user) else None

    def _recorded(self, recording: Event) -> Iterator[Stimulus | Chore]:
        contact = recording["name"].rpartition("/")[2]
        if self._board.recordings.get(contact) == contact:
            yield MessageEnded(contact)
            yield MessageLeft(contact, float(recording.get("duration", 0)))

    def _phone_changed(self, event: Event) -> Iterator[Stimulus]:
        agent = self._board.agents_by_phone.get(event["endpoint"]["resource"])
        status = event["contact_info"]["contact_status"]
        if agent is None or status not in CONTACT_STATUSES:
            return
        # When a phone registers from a new place the old contact may be removed after the new one came.
        is_first_news = agent not in self._board.reachable  # the floor may believe anything since we were away
        contacts = self._board.reachable.setdefault(agent, set())
        was_reachable = bool(contacts)
        uri = event["contact_info"]["uri"]
        is_new_place = CONTACT_STATUSES[status] and uri not in contacts  # whoever waits for it may ring it there
        if CONTACT_STATUSES[status]:
            contacts.add(uri)
        else:
            contacts.discard(uri)
        if is_first_news or is_new_place or bool(contacts) != was_reachable:
            yield AgentPhoneFound(agent) if contacts else AgentPhoneLost(agent)


def contact_name(channel: Event) -> str:
    """The name of the contact that `channel` is: the same whenever and by whatever process it is asked for.

    A process may end after it told of a channel and before it wrote that on the channel. Names sort by time: 12
    hexadecimal digits of milliseconds, 8 of the channel's id.
    """
    began = instant(datetime.fromisoformat(channel["creationtime"]))
    identity = hashlib.blake2b(channel["id"].encode(), digest_size=4).hexdigest()
    return f"{began // 1_000:012x}{identity}"


def entered(leg: Leg) -> ContactEntered:
    """The contact of a customer's leg, as the floor is told of it."""
    return ContactEntered(leg.contact, "voice", leg.number, leg.caller, leg.caller_name)


def _name_of(text: str) -> str | None:
    """A name as the network gives it, in one line that fits beside a number; None where it says no more than that."""
    name = "".join(letter for letter in text if letter.isprintable()).strip()[:NAME_CHARACTERS_MAX]
    return None if name == "" or NUMBER.fullmatch(name) else name


def _number_or(otherwise: str, text: str) -> str:
    return text if NUMBER.fullmatch(text) else otherwise


def last_words(contact: str) -> str:
    """The playback after which the customer is hung up."""
    return f"{contact}.last"


def variable_of(channel: Event, name: str) -> str:
    """A variable that Asterisk reports with `channel`; "" when it does not."""
    value = channel.get("channelvars", {}).get(name) or channel.get("variables", {}).get(name, "")
    return value.get("value", "") if isinstance(value, dict) else value


def cause_of_absence(leg: Leg) -> int:
    """The likeliest cause of a leg's end that no event told of.

    While Asterisk lives a customer has hung up. An agent may have, too, but when that was a fault after all, the
    customer would be lost: who still holds the line is served again.
    """
    return CAUSE_NETWORK if leg.died_at is not None or leg.role == "agent" else CAUSE_NORMAL


def failure_cause(cause: int) -> FailureCause:
    """Why a leg was never answered, from its Q.850 `cause`."""
    if cause in CAUSES_REFUSED:
        return "busy"
    if cause in CAUSES_NO_ANSWER:
        return "no_answer"
    return "unreachable" if cause in CAUSES_UNREACHABLE else "fault"


def _agent_ended(leg: Leg, cause: int, left: LeftCause) -> Iterator[Stimulus]:
    assert leg.offer is not None
    assert leg.agent is not None
    if leg.answered:
        yield AgentLeft(leg.contact, leg.agent, left)
    elif leg.again:
        return  # the floor waits for the phone, however often it does not answer
    elif cause in CAUSES_REFUSED:
        yield OfferRefused(leg.offer)
    else:
        yield OfferFailed(leg.offer, failure_cause(cause))


def _pressed(event: Event, leg: Leg) -> Iterator[Stimulus]:
    """A key that is told twice is one: the second would answer the next question."""
    pressed = event["digit"], event["timestamp"]
    if leg.last_key != pressed:
        leg.last_key = pressed
        yield DigitPressed(leg.contact, event["digit"])


def _playback_finished(playback: Event) -> Iterator[Stimulus | Chore]:
    if match := PROMPT_PLAYBACK.fullmatch(playback["id"]):
        contact, step = match["contact"], int(match["step"])
        if playback["state"] == "failed":
            yield PromptFailed(contact, step, "Asterisk could not play it")
        else:
            yield PromptFinished(contact, step)
    elif match := LAST_PLAYBACK.fullmatch(playback["id"]):
        yield LastPromptEnded(match["contact"])
    elif match := MESSAGE_PLAYBACK.fullmatch(playback["id"]):
        yield MessagePromptEnded(match["contact"])
