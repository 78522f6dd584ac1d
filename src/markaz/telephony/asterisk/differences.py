"""Where Asterisk's lists, the switchboard and the floor's beliefs differ, told as what would mend it.

Nothing is asked here and nothing done, but that the switchboard is brought up to date from the lists.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markaz.routing import (
    WITH_CUSTOMER,
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentRejoined,
    ContactState,
    ConversationStarted,
    CustomerLeft,
    CustomerReached,
    ElsewhereAnswered,
    ElsewhereFailed,
    EngagementState,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    LeaveConversation,
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
from markaz.telephony.asterisk.translate import (
    Chore,
    LegAnswered,
    Stimulus,
    Translator,
    cause_of_absence,
    entered,
    last_words,
    variable_of,
)


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
    is_answered_elsewhere: bool = False
    """The number outside that it was sent to has answered."""
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
    | LeaveConversation
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The switchboard when Asterisk's lists were asked for: what came, moved or ended later they need not know."""

    placed: frozenset[str]
    """Channels that were there for certain."""
    moves: int

    @classmethod
    def now(cls, board: Switchboard) -> "Asked":
        """From now on `board` notes what departs."""
        board.departed.clear()
        return cls(frozenset(leg.channel for leg in board.legs.values() if leg.placed), board.moves)


def differences_from_asterisk(
    channels: Sequence[Event], bridges: Sequence[Event], board: Switchboard, translator: Translator, *, asked: Asked
) -> Iterator[Stimulus | Chore]:
    """What Asterisk's own lists prove: legs that are gone, channels that came while nobody listened.

    Brings `board` up to date as it goes.
    """
    listed = {channel["id"]: channel for channel in channels}
    for leg in list(board.legs.values()):
        if leg.channel in asked.placed and leg.channel not in listed:
            yield from translator.ended(leg.channel, cause_of_absence(leg))
    for identity, channel in listed.items():
        if identity not in board.legs and identity not in board.departed and _is_ours(channel):
            yield from translator.came(channel)
    where = {identity: bridge["id"] for bridge in bridges for identity in bridge["channels"]}
    known = {bridge["id"] for bridge in bridges}
    for leg in board.legs.values():
        if leg.move <= asked.moves:
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
        yield from _keyed(contact, _customer_differences(contact, believed, messages, board))
        if believed.party is not None:
            yield from _keyed(contact, _party_differences(contact, believed.party, board))
        lead = board.agent_leg(contact, believed.lead or "")
        yield from _keyed(contact, _recording_differences(contact, believed, lead))
    for offer, engaged in beliefs.offers.items():
        leg = board.agent_leg(engaged.contact, offer)
        difference = _offer_difference(offer, engaged, leg, board.customers.get(engaged.contact))
        if leg is None and offer in board.offers_queued:
            continue
        if difference is None and leg is not None:
            difference = _part_difference(offer, engaged, leg, board, beliefs.contacts.get(engaged.contact))
        if difference is not None:
            yield (type(difference), offer), difference
    for leg in board.legs.values():
        yield from _keyed(leg.channel, _stray(leg, board, beliefs))
    for bridge in bridges:
        contact = conversing(bridge["id"])
        is_over = contact is not None and contact not in board.customers
        is_deaf = bridge["id"].startswith(SUPERVISION) and not bridge["channels"]
        if is_over or is_deaf:
            yield ("bridge", bridge["id"]), DestroyBridge(bridge["id"])


def _keyed(whose: str, differences: Iterator[Difference]) -> Iterator[tuple[object, Difference]]:
    return (((type(difference), whose), difference) for difference in differences)


def _customer_differences(
    contact: str, believed: BelievedContact, messages: Collection[str], board: Switchboard
) -> Iterator[Difference]:
    """Whether the customer is there, and where the floor's decision puts them."""
    leg = board.customers.get(contact)
    if leg is None:
        if believed.has_leg:
            yield CustomerLeft(contact, _how_left(contact, board))
        elif believed.state == "leaving_message" and contact not in messages:
            yield MessageLeft(contact, 0.0)  # the message ended with the customer, and nobody heard of it
        return
    if not believed.has_leg:
        if leg.role == "callback" and leg.answered and believed.state == "connecting":
            yield CustomerReached(contact)
            yield LegAnswered(leg)
        return
    match believed.state:
        case "waiting":
            if not waits_for(leg.bridge, believed.queue or ""):
                yield KeepWaiting(contact, believed.queue or "")
        case "elsewhere" if believed.party is None:
            yield from _outside_differences(contact, believed, leg, board.outside.get(contact))
        case "leaving_message":
            if contact not in messages:
                yield MessageLeft(contact, 0.0)
        case "in_survey":
            if leg.bridge is not None:
                yield LeaveConversation(contact)
        case _ if believed.is_on_music:
            if conversing(leg.bridge or "") == contact:  # and hears those who consult
                yield HoldCustomer(contact)
        case _:
            if _is_apart(leg, believed, board):
                yield ResumeCustomer(contact)


def _party_differences(contact: str, party: tuple[str, PartyState], board: Switchboard) -> Iterator[Difference]:
    name, state = party
    leg = board.legs.get(name)
    if leg is None:
        yield PartyFailed(contact, name, "fault") if state == "dialled" else PartyLeft(contact, name)
    elif leg.answered and not leg.ending and (state == "dialled" or conversing(leg.bridge or "") != contact):
        yield LegAnswered(leg)


def _outside_differences(
    contact: str, believed: BelievedContact, customer: Leg, outside: Leg | None
) -> Iterator[Difference]:
    if outside is None:
        yield ElsewhereFailed(contact, "fault")
    elif outside.answered and not outside.ending and (outside.bridge is None or outside.bridge != customer.bridge):
        yield LegAnswered(outside)
    elif outside.answered and not outside.ending and not believed.is_answered_elsewhere:
        yield ElsewhereAnswered(contact)  # joined by who died before it was told


def _is_apart(customer: Leg, believed: BelievedContact, board: Switchboard) -> bool:
    """Whether the customer is not where the agents, or the number outside who has them, are."""
    is_with_party = believed.state == "elsewhere" and believed.party is not None and believed.party[1] == "joined"
    if believed.is_on_music or (believed.state != "in_conversation" and not is_with_party):
        return False
    return customer.bridge != board.conversation(customer.contact)


def _recording_differences(contact: str, believed: BelievedContact, lead: Leg | None) -> Iterator[Difference]:
    """A recording that did not begin, or is paused when it should not be, or the other way round."""
    if lead is None or lead.ending or lead.agent is None or lead.offer is None or not believed.is_recorded:
        return
    if not lead.recorded:
        yield StartRecording(contact, lead.offer, lead.agent, believed.queue or "")
    if believed.is_paused and lead.muted is not True:
        yield PauseRecording(contact, lead.offer)
    elif lead.recorded and lead.muted is not believed.is_paused:
        yield ResumeRecording(contact, lead.offer)


def _part_difference(
    offer: str, engaged: BelievedOffer, leg: Leg, board: Switchboard, contact: BelievedContact | None
) -> Difference | None:
    """An agent who should be heard and is not in the conversation, or a supervisor who hears nothing."""
    if leg.ending or contact is None or engaged.is_away:
        return None
    if engaged.state in WITH_CUSTOMER:
        is_there = leg.bridge is not None and leg.bridge == board.conversation(engaged.contact)
        return None if is_there else JoinConversation(engaged.contact, offer, engaged.agent)
    if engaged.state != "supervising" or contact.lead is None or engaged.part not in ("listen", "whisper"):
        return None
    snoop = board.snoops.get(offer)
    if snoop is not None and snoop.mode == engaged.part and snoop.bridge is not None and snoop.bridge == leg.bridge:
        return None
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


def _stray(leg: Leg, board: Switchboard, beliefs: Beliefs) -> Iterator[Difference]:
    """A leg that the floor knows nothing of. A customer is announced (once more), and ended if that changes nothing."""
    contact = beliefs.contacts.get(leg.contact)
    match leg.role:
        case "party":
            is_known = contact is not None and contact.party is not None and contact.party[0] == leg.channel
        case "agent" | "snoop":
            engaged = beliefs.offers.get(leg.offer or "")
            is_known = engaged is not None and engaged.state not in ("wrapping_up", "ended")
        case "outside":
            is_known = contact is not None and contact.state == "elsewhere" and board.outside.get(leg.contact) is leg
        case "callback":
            is_awaited = contact is not None and (contact.has_leg or contact.state == "connecting")
            is_known = (is_awaited and board.customers.get(leg.contact) is leg) or _hears_last_words(leg)
        case "customer":
            is_known = contact is not None or _hears_last_words(leg)
            if not is_known and not leg.announced_again:
                yield entered(leg)
                return
    if not is_known:
        yield EndChannel(leg.channel)


def _hears_last_words(leg: Leg) -> bool:
    """Its contact is closed, and what it hears is bounded and ends it."""
    return leg.playback == last_words(leg.contact)
