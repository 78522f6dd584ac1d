"""Compare Asterisk's channels and bridges with what we and the floor believe, and tell the differences as stimuli.

A channel that Asterisk does not list is gone: that is certain. A difference between the floor's belief and the
switchboard may be news on its way, so it counts only when two checks in a row see it.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markaz.flows import ContactEntered
from markaz.routing import (
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    ContactState,
    ConversationStarted,
    CustomerLeft,
    ElsewhereFailed,
    EngagementState,
    HoldCustomer,
    KeepWaiting,
    LeftCause,
    MessageLeft,
    OfferAccepted,
    OfferFailed,
    PartyFailed,
    PartyLeft,
    PartyState,
    ResumeCustomer,
)  # fmt: skip
from markaz.telephony.asterisk.client import AriClient, Event
from markaz.telephony.asterisk.configuration import APPLICATION
from markaz.telephony.asterisk.messages import Messages
from markaz.telephony.asterisk.names import came_at
from markaz.telephony.asterisk.switchboard import (
    CONFERENCE,
    CONVERSATION,
    LEG_VARIABLE,
    ON_HOLD,
    SNOOP,
    SUPERVISION,
    Leg,
    Switchboard,
    conversing,
    waits_for,
)  # fmt: skip
from markaz.telephony.asterisk.translate import Chore, Stimulus, Translator, cause_of_absence, variable_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BelievedContact:
    """An open voice contact as the floor knows it."""

    state: ContactState
    queue: str | None
    has_leg: bool
    is_on_music: bool = False
    """On hold while its agents consult."""
    party: tuple[str, PartyState] | None = None
    """A number outside in its conversation."""


@dataclass(frozen=True, slots=True)
class BelievedOffer:
    """An open engagement of a voice contact as the floor knows it."""

    contact: str
    agent: str
    state: EngagementState


@dataclass(frozen=True, slots=True)
class Beliefs:
    """The floor's open contacts and offers by id, and the phones of agents."""

    contacts: Mapping[str, BelievedContact] = field(default_factory=dict)
    offers: Mapping[str, BelievedOffer] = field(default_factory=dict)
    phones: Mapping[str, bool] = field(default_factory=dict)
    """Agent -> whether the phone is believed to be reachable."""


@dataclass(frozen=True, slots=True)
class EndChannel:
    channel: str


@dataclass(frozen=True, slots=True)
class DestroyBridge:
    bridge: str


Mending = KeepWaiting | HoldCustomer | ResumeCustomer
"""What has been asked for, and did not come to be."""
Difference = Stimulus | Chore | Mending | EndChannel | DestroyBridge


class Reconciler:
    """`tell` takes the differences that are facts; the rest it mends itself."""

    def __init__(
        self,
        *,
        ari: AriClient,
        board: Switchboard,
        translator: Translator,
        messages: Messages,
        beliefs: Callable[[], Beliefs],
        tell: Callable[[Stimulus | Chore | Mending], None],
    ) -> None:
        self._ari = ari
        self._board = board
        self._translator = translator
        self._messages = messages
        self._beliefs = beliefs
        self._tell = tell
        self._suspected: dict[object, Difference] = {}

    @property
    def suspects(self) -> bool:
        """Whether a second look is wanted soon."""
        return bool(self._suspected)

    async def check(self) -> int:
        """One comparison; how many differences were acted on. Raises `AriLost`."""
        channels = (await self._ari.request("GET", "channels")).body
        bridges = (await self._ari.request("GET", "bridges")).body
        certain = list(differences_from_asterisk(channels, bridges, self._board, self._translator))
        beliefs = self._beliefs()
        messages = await self._messages_under_way(beliefs)
        answer = await self._ari.request("GET", "endpoints", "PJSIP")
        endpoints = answer.body if answer.ok else []  # with neither phones nor trunks it is not found
        suspected: dict[object, Difference] = dict(differences_from_floor(bridges, messages, self._board, beliefs))
        suspected |= dict(phone_differences(endpoints, self._board, beliefs))
        confirmed = [difference for key, difference in suspected.items() if key in self._suspected]
        self._suspected = {key: difference for key, difference in suspected.items() if key not in self._suspected}
        for difference in (*certain, *confirmed):
            await self._mend(difference)
        return len(certain) + len(confirmed)

    async def _messages_under_way(self, beliefs: Beliefs) -> set[str]:
        """Contacts that leave a message this moment."""
        under_way: set[str] = set()
        for contact, believed in beliefs.contacts.items():
            if believed.state == "leaving_message":
                self._board.recordings.setdefault(contact, contact)  # so that its end is told, whoever began it
                if await self._messages.under_way(contact):
                    under_way.add(contact)
        return under_way

    async def _mend(self, difference: Difference) -> None:
        log.info("Asterisk and the floor differ: %r", difference)
        match difference:
            case EndChannel(channel):
                await self._ari.request("DELETE", "channels", channel)
            case DestroyBridge(bridge):
                await self._ari.request("DELETE", "bridges", bridge)
            case MessageLeft(contact=contact):
                self._messages.ended(contact)
                self._tell(MessageLeft(contact, self._messages.seconds(contact)))
            case AgentPhoneFound(agent=agent) | AgentPhoneLost(agent=agent):
                self._board.reachable.pop(agent, None)  # whatever is told next is news
                self._tell(difference)
            case ContactEntered(contact=contact):
                self._board.customers[contact].announced_again = True
                self._tell(difference)
            case _:
                self._tell(difference)


def differences_from_asterisk(
    channels: Sequence[Event], bridges: Sequence[Event], board: Switchboard, translator: Translator
) -> Iterator[Stimulus | Chore]:
    """What Asterisk's own lists prove: legs that are gone, channels that came while nobody listened.

    Brings `board` up to date as it goes.
    """
    listed = {channel["id"]: channel for channel in channels}
    for leg in list(board.legs.values()):
        if leg.placed and leg.channel not in listed:
            yield from translator.ended(leg.channel, cause_of_absence(leg))
    for identity, channel in listed.items():
        if identity not in board.legs and _is_ours(channel):
            yield from translator.came(channel)
    where = {identity: bridge["id"] for bridge in bridges for identity in bridge["channels"]}
    known = {bridge["id"] for bridge in bridges}
    for leg in board.legs.values():
        leg.bridge = where.get(leg.channel)
        leg.conversed = f"{CONVERSATION}{leg.contact}" in known
    board.conferences = {name.removeprefix(CONFERENCE) for name in known if name.startswith(CONFERENCE)}


def _is_ours(channel: Event) -> bool:
    dialplan = channel["dialplan"]
    is_in_application = dialplan.get("app_name") == "Stasis" and dialplan.get("app_data", "").startswith(APPLICATION)
    return is_in_application or SNOOP in channel["id"] or variable_of(channel, LEG_VARIABLE) != ""


def differences_from_floor(
    bridges: Sequence[Event], messages: Collection[str], board: Switchboard, beliefs: Beliefs
) -> Iterator[tuple[object, Difference]]:
    """Where the floor's belief and the switchboard differ, with a key by which the same difference is recognised.

    `messages` are the contacts whose message is under way.
    """
    for contact, believed in beliefs.contacts.items():
        leg = board.customers.get(contact)
        if believed.has_leg and leg is None:
            yield ("customer gone", contact), CustomerLeft(contact, _how_left(contact, board))
        elif leg is not None and believed.has_leg and _waits_elsewhere(leg, believed):
            yield ("not where it waits", contact), KeepWaiting(contact, believed.queue or "")
        elif leg is not None and believed.is_on_music and conversing(leg.bridge or "") == contact:
            yield ("hears those who consult", contact), HoldCustomer(contact)
        elif leg is not None and believed.state == "in_conversation" and leg.bridge == ON_HOLD:
            yield ("still hears music", contact), ResumeCustomer(contact)
        elif believed.party is not None:
            yield from _party_difference(contact, believed.party, board)
        elif leg is not None and believed.state == "elsewhere" and contact not in board.outside:
            yield ("nobody outside", contact), ElsewhereFailed(contact, "fault")
        elif believed.state == "leaving_message" and contact not in messages:
            yield ("no message", contact), MessageLeft(contact, 0.0)
    for offer, engaged in beliefs.offers.items():
        leg = board.agent_leg(engaged.contact, offer)
        difference = _offer_difference(offer, engaged, leg, board.customers.get(engaged.contact))
        if difference is not None:
            yield ("offer", offer, engaged.state), difference
    for leg in board.legs.values():
        yield from _stray(leg, beliefs)
    for bridge in bridges:
        contact = conversing(bridge["id"])
        is_over = contact is not None and contact not in board.customers
        is_deaf = bridge["id"].startswith(SUPERVISION) and not bridge["channels"]
        if is_over or is_deaf:
            yield ("bridge", bridge["id"]), DestroyBridge(bridge["id"])


def _party_difference(
    contact: str, party: tuple[str, PartyState], board: Switchboard
) -> Iterator[tuple[object, Difference]]:
    name, state = party
    if name not in board.legs:
        gone = PartyFailed(contact, name, "fault") if state == "dialled" else PartyLeft(contact, name)
        yield ("party gone", name), gone


def phone_differences(
    endpoints: Sequence[Event], board: Switchboard, beliefs: Beliefs
) -> Iterator[tuple[object, Difference]]:
    """Phones that came or went while nobody listened, with a key as above."""
    for endpoint in endpoints:
        agent = board.agents_by_phone.get(endpoint["resource"])
        believed = beliefs.phones.get(agent) if agent is not None else None
        is_there = endpoint.get("state") == "online"
        if agent is not None and believed is not None and believed != is_there:
            yield ("phone", agent, is_there), AgentPhoneFound(agent) if is_there else AgentPhoneLost(agent)


def _waits_elsewhere(leg: Leg, believed: BelievedContact) -> bool:
    return believed.state == "waiting" and not waits_for(leg.bridge, believed.queue or "")


def _how_left(contact: str, board: Switchboard) -> LeftCause:
    """Whoever went while we were away has hung up, unless Asterisk has been started since the call came."""
    came = came_at(contact)
    lives_on = came is not None and board.asterisk_began is not None and board.asterisk_began < came
    return "hung_up" if lives_on else "fault"


def _offer_difference(offer: str, engaged: BelievedOffer, leg: Leg | None, customer: Leg | None) -> Stimulus | None:
    match engaged.state:
        case "offered" if leg is None:
            return OfferFailed(offer, "fault")
        case "offered" if leg is not None and leg.answered:
            return OfferAccepted(offer)
        case "connecting" | "in_conversation" | "on_hold" | "consulting" | "supervising" if leg is None:
            return AgentLeft(engaged.contact, engaged.agent, "fault")
        case "connecting" if leg is not None and customer is not None and leg.bridge == customer.bridge is not None:
            return ConversationStarted(engaged.contact, offer)
        case _:
            return None


def _stray(leg: Leg, beliefs: Beliefs) -> Iterator[tuple[object, Difference]]:
    """A leg that the floor knows nothing of. A customer is announced (once more), and ended if that changes nothing."""
    if leg.role == "party":
        contact = beliefs.contacts.get(leg.contact)
        if contact is None or contact.party is None or contact.party[0] != leg.channel:
            yield ("stray", leg.channel), EndChannel(leg.channel)
    elif leg.role in ("agent", "snoop"):
        engaged = beliefs.offers.get(leg.offer or "")
        if engaged is None or engaged.state in ("wrapping_up", "ended"):
            yield ("stray", leg.channel), EndChannel(leg.channel)
    elif leg.contact not in beliefs.contacts:
        if leg.role == "customer" and not leg.announced_again:
            yield ("unknown", leg.channel), ContactEntered(leg.contact, "voice", leg.number, leg.caller)
        else:
            yield ("stray", leg.channel), EndChannel(leg.channel)
