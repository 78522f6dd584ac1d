"""Who would hear whom, by the imperatives alone: a switchboard that knows nothing of the floor's state."""

from markaz.routing import (
    AgentLeft,
    CallParty,
    ConnectContact,
    ConversationStarted,
    CustomerLeft,
    Effect,
    ElsewhereAnswered,
    EndContact,
    Floor,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    OfferAccepted,
    OfferContact,
    PartyAnswered,
    PartyLeft,
    PauseRecording,
    ReleaseAgent,
    ReleaseParty,
    ResumeCustomer,
    ResumeRecording,
    SendToNumber,
    StartRecording,
    Stimulus,
    Supervise,
    SupervisionStarted,
    WithdrawOffer,
)  # fmt: skip
from markaz.routing.state import Engagement

CUSTOMER = "customer"


class Switchboard:
    """One contact's legs: those that are up, those in the conversation, those that only hear, and what is recorded."""

    def __init__(self) -> None:
        self.up: set[str] = {CUSTOMER}
        self.together: set[str] = set()
        self.hearing: dict[str, tuple[str, str]] = {}
        """A supervisor's offer -> beside which offer, and how."""
        self.recordings: dict[str, bool] = {}
        """The offer on whose leg it is recorded -> whether that is paused."""

    def told(self, stimulus: Stimulus, offers: dict[str, str]) -> None:
        """What happens in the world before the floor knows of it. `offers`: agent -> offer."""
        match stimulus:
            case OfferAccepted(offer=offer):
                self.up.add(offer)
            case AgentLeft(agent=agent):
                self._gone(offers[agent])
            case CustomerLeft():
                self._gone(CUSTOMER)
            case PartyAnswered(party=party):
                self.up.add(party)
                self.together.add(party)
            case PartyLeft(party=party):
                self._gone(party)
            case _:
                return

    def carry_out(self, effect: Effect) -> list[Stimulus]:
        """Do it, and say what the telephone would say."""
        match effect:
            case ConnectContact(contact=contact, offer=offer, record=record):
                self.together |= {CUSTOMER, offer} & self.up
                if record and offer in self.up:
                    self.recordings[offer] = False
                return [ConversationStarted(contact, offer)]
            case JoinConversation(contact=contact, offer=offer):
                self.hearing.pop(offer, None)
                self.together |= {offer} & self.up
                return [ConversationStarted(contact, offer)]
            case Supervise(contact=contact, offer=offer, beside=beside, mode=mode):
                self.together.discard(offer)
                if offer in self.up and beside in self.up:
                    self.hearing[offer] = (beside, mode)
                return [SupervisionStarted(contact, offer)]
            case HoldCustomer() | KeepWaiting():
                self.together.discard(CUSTOMER)
            case ResumeCustomer():
                self.together |= {CUSTOMER} & self.up
            case ReleaseAgent(offer=offer) | WithdrawOffer(offer=offer):
                self._gone(offer)
            case ReleaseParty(party=party):
                self._gone(party)
            case EndContact():
                self._gone(CUSTOMER)
            case StartRecording(offer=offer):
                assert offer in self.up, "a recording of nobody"
                self.recordings[offer] = False
            case PauseRecording(offer=offer) | ResumeRecording(offer=offer):
                assert offer in self.recordings, effect
                self.recordings[offer] = isinstance(effect, PauseRecording)
            case SendToNumber(contact=contact):
                self.together = {CUSTOMER, "outside"} & (self.up | {"outside"})
                return [ElsewhereAnswered(contact)]
            case OfferContact() | CallParty():
                pass  # whether they answer is drawn
            case _:
                pass
        return []

    def _gone(self, who: str) -> None:
        self.up.discard(who)
        self.together.discard(who)
        self.recordings.pop(who, None)
        self.hearing.pop(who, None)
        self.hearing = {offer: (beside, mode) for offer, (beside, mode) in self.hearing.items() if beside != who}


def check_hearing(floor: Floor, contact_id: str, board: Switchboard) -> None:
    """Who hears whom is what the floor believes of it."""
    contact = floor.state.contacts.get(contact_id)
    if contact is None:
        assert board.up <= {CUSTOMER}, f"legs are left of a closed contact: {board.up}"
        assert not board.recordings
        return
    parts = [floor.state.engagements[offer] for offer in (contact.offer, *contact.guests) if offer is not None]
    heard = {one.offer for one in parts if one.state in ("in_conversation", "on_hold", "consulting")}
    if contact.party is not None and contact.party.state in ("consulting", "joined"):
        heard.add(contact.party.id)
    lead = next((one for one in parts if one.part == "lead"), None)
    if contact.state == "in_conversation" or (contact.state == "on_hold" and lead and lead.state == "on_hold"):
        heard.add(CUSTOMER)  # while a phone holds, Asterisk plays the music where the two are joined
    if contact.state in ("in_conversation", "on_hold"):
        assert board.together == heard, (board.together, heard, contact)
    else:
        assert not board.together & {one.offer for one in parts}, board.together
    listening = {one.offer: (contact.offer, one.part) for one in parts if one.state == "supervising"}
    assert board.hearing == listening
    is_talking = lead is not None and lead.state in ("in_conversation", "on_hold", "consulting")
    is_recorded = lead is not None and is_talking and _is_recorded(floor, lead)
    expected = {lead.offer: contact.recording_paused} if lead is not None and is_recorded else {}
    assert board.recordings == expected, (board.recordings, expected)


def _is_recorded(floor: Floor, lead: Engagement) -> bool:
    return floor.state.queues[lead.queue].rules.record
