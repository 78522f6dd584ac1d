"""Where Asterisk's lists, the switchboard and the floor's beliefs differ, told as what would mend it; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markaz.flows import ContactEntered
from markaz.routing import (
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentRejoined,
    ContactState,
    ConversationStarted,
    CustomerLeft,
    CustomerReached,
    ElsewhereFailed,
    EngagementState,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    LeftCause,
    MessageLeft,
    OfferAccepted,
    OfferFailed,
    Part,
    PartyFailed,
    PartyLeft,
    PartyState,
    PauseRecording,
    ResumeCustomer,
    ResumeRecording,
    StartRecording,
    Supervise,
)  # fmt: skip
from markaz.telephony.asterisk.client import Event
from markaz.telephony.asterisk.configuration import APPLICATION
from markaz.telephony.asterisk.names import came_at
from markaz.telephony.asterisk.switchboard import (
    CONFERENCE,
    CONVERSATION,
    LEG_VARIABLE,
    SNOOP,
    SUPERVISION,
    Leg,
    Switchboard,
    conversing,
    waits_for,
)  # fmt: skip
from markaz.telephony.asterisk.translate import Chore, LegAnswered, Stimulus, Translator, cause_of_absence, variable_of


@dataclass(frozen=True, slots=True)
class BelievedContact:
    """An open voice contact as the floor knows it."""

    state: ContactState
    queue: str | None
    has_leg: bool
    is_on_music: bool = False
    """On hold while its agents consult, or while its agent's phone is gone."""
    party: tuple[str, PartyState] | None = None
    """A number outside in its conversation."""
    lead: str | None = None
    """The offer of the agent who talks with it."""
    is_recorded: bool = False
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class BelievedOffer:
    """An open engagement of a voice contact as the floor knows it."""

    contact: str
    agent: str
    state: EngagementState
    part: Part = "lead"
    is_away: bool = False
    """The agent's phone is gone, and waited for."""


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


Mending = (
    KeepWaiting
    | HoldCustomer
    | ResumeCustomer
    | JoinConversation
    | Supervise
    | StartRecording
    | PauseRecording
    | ResumeRecording
)
"""What has been asked for, and did not come to be."""
Difference = Stimulus | Chore | Mending | EndChannel | DestroyBridge


def differences_from_asterisk(
    channels: Sequence[Event], bridges: Sequence[Event], board: Switchboard, translator: Translator, *, moves: int
) -> Iterator[Stimulus | Chore]:
    """What Asterisk's own lists prove: legs that are gone, channels that came while nobody listened.

    Brings `board` up to date as it goes, but for legs that we moved after the first `moves`, when the lists were
    asked for: they are not where they were.
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
        if leg.move <= moves:
            leg.bridge = where.get(leg.channel)
            leg.conversed = f"{CONVERSATION}{leg.contact}" in known
            leg.conferred = f"{CONFERENCE}{leg.contact}" in known


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
        elif leg is not None and believed.has_leg and _is_apart(leg, believed, board):
            yield ("does not hear the others", contact), ResumeCustomer(contact)
        elif leg is not None and believed.party is None and believed.state == "elsewhere":
            yield from _outside_difference(contact, leg, board.outside.get(contact))
        elif leg is not None and leg.role == "callback" and leg.answered and not believed.has_leg:
            yield ("answered unheard", contact), CustomerReached(contact)
            yield ("answered unheard", leg.channel), LegAnswered(leg)
        elif believed.state == "leaving_message" and contact not in messages:
            yield ("no message", contact), MessageLeft(contact, 0.0)
        if believed.party is not None:
            yield from _party_difference(contact, believed.party, board)
        yield from _recording_difference(contact, believed, board.agent_leg(contact, believed.lead or ""))
    for offer, engaged in beliefs.offers.items():
        leg = board.agent_leg(engaged.contact, offer)
        difference = _offer_difference(offer, engaged, leg, board.customers.get(engaged.contact))
        if difference is None and leg is not None:
            difference = _part_difference(offer, engaged, leg, board, beliefs.contacts.get(engaged.contact))
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
    leg = board.legs.get(name)
    if leg is None:
        gone = PartyFailed(contact, name, "fault") if state == "dialled" else PartyLeft(contact, name)
        yield ("party gone", name), gone
    elif leg.answered and not leg.ending and (state == "dialled" or conversing(leg.bridge or "") != contact):
        yield ("party answered unheard", name), LegAnswered(leg)


def _outside_difference(contact: str, customer: Leg, outside: Leg | None) -> Iterator[tuple[object, Difference]]:
    if outside is None:
        yield ("nobody outside", contact), ElsewhereFailed(contact, "fault")
    elif outside.answered and not outside.ending and (outside.bridge is None or outside.bridge != customer.bridge):
        yield ("answered unheard", outside.channel), LegAnswered(outside)


def _is_apart(customer: Leg, believed: BelievedContact, board: Switchboard) -> bool:
    """Whether the customer is not where the agents, or the number outside who has them, are."""
    is_with_party = believed.state == "elsewhere" and believed.party is not None and believed.party[1] == "joined"
    if believed.is_on_music or (believed.state != "in_conversation" and not is_with_party):
        return False
    return customer.bridge != board.conversation(customer.contact)


def _recording_difference(
    contact: str, believed: BelievedContact, lead: Leg | None
) -> Iterator[tuple[object, Difference]]:
    """A recording that did not begin, or is paused when it should not be, or the other way round."""
    if lead is None or lead.ending or lead.agent is None or lead.offer is None or not believed.is_recorded:
        return
    if not lead.recorded:
        yield ("not recorded", lead.offer), StartRecording(contact, lead.offer, lead.agent, believed.queue or "")
    elif lead.muted is not believed.is_paused:
        kind = PauseRecording if believed.is_paused else ResumeRecording
        yield ("paused or not", lead.offer, believed.is_paused), kind(contact, lead.offer)


def _part_difference(
    offer: str, engaged: BelievedOffer, leg: Leg, board: Switchboard, contact: BelievedContact | None
) -> Difference | None:
    """An agent who should be heard and is not in the conversation, or a supervisor who hears nothing."""
    if leg.ending or contact is None or engaged.is_away:
        return None
    if engaged.state in ("in_conversation", "on_hold", "consulting"):
        is_there = leg.bridge is not None and leg.bridge == board.conversation(engaged.contact)
        return None if is_there else JoinConversation(engaged.contact, offer, engaged.agent)
    if engaged.state != "supervising" or offer in board.snoops or contact.lead is None:
        return None
    assert engaged.part in ("listen", "whisper"), "who supervises and is not in the conversation"
    return Supervise(engaged.contact, offer, engaged.agent, contact.lead, engaged.part)


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
    if engaged.is_away:
        return AgentRejoined(offer) if leg is not None and leg.again and leg.answered and not leg.ending else None
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
