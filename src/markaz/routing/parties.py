"""Others in a conversation: a colleague or a number outside who is consulted, joins, or takes it on.

One conversation, at most one consultation at a time: while the lead consults, the customer is on hold and everybody
else in the conversation hears each other. Whoever answers for the contact goes: who else is heard takes it on, so that
a customer is never left alone by a hang-up or a fault among us.
"""

from markaz.kit.time import SECOND
from markaz.routing import recording, stimuli, waiting
from markaz.routing.contacts import known
from markaz.routing.effects import (
    CallParty,
    EndContact,
    EngagementMoved,
    HoldCustomer,
    JoinConversation,
    OfferContact,
    ResumeCustomer,
    Supervise,
)  # fmt: skip
from markaz.routing.floor_state import FloorState
from markaz.routing.parts import HEARD, TALKING, consulted, heirs, leading, parts, phone_problem
from markaz.routing.state import Contact, Engagement, Party
from markaz.routing.states import Part, PartyState

GUESTS_MAX = 6
"""Guests of one conversation, supervisors included."""
GUEST_RING_SECONDS = 30
GUEST_CONNECT_SECONDS = 10
PARTY_SECONDS_MAX = 45
"""The longest that a number outside may ring."""
RETURN_SECONDS = 20
"""The longest that a conversation waits for an agent's phone that is gone."""


# Consulting


def consult_requested(floor: FloorState, told: stimuli.ConsultRequested) -> None:
    lead = leading(floor, "ConsultRequested", told.contact, told.agent, *TALKING)
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    problem = guest_problem(floor, contact)
    if problem is None and told.kind == "agent":
        problem = phone_problem(floor, told.target)
    elif problem is None and contact.party is not None:
        problem = f"{contact.party.number} takes part"
    if problem is not None:
        floor.note("ConsultRequested", contact.id, problem)
        return
    floor.move_engagement(lead, "consults", reason=f"{told.kind} {told.target}")
    if contact.state == "in_conversation":
        floor.move_contact(contact, "held", agent=lead.agent, reason="consultation")
    floor.out.append(HoldCustomer(contact.id))
    if told.kind == "agent":
        ring_guest(floor, contact, told.target, "consulted")
        return
    contact.offers += 1
    contact.party = Party(f"{contact.id}~p{contact.offers}", told.target)
    floor.record_party(contact, None, f"consulted by {lead.agent}")
    floor.out.append(CallParty(contact.id, contact.party.id, told.target))
    floor.after(("party", contact.id), PARTY_SECONDS_MAX)


def guest_problem(floor: FloorState, contact: Contact) -> str | None:
    """Why nobody else can come into this conversation; None when somebody can."""
    if contact.channel != "voice":
        return "is not a call"
    return f"guests_max {GUESTS_MAX}" if len(contact.guests) >= GUESTS_MAX else None


def ring_guest(floor: FloorState, contact: Contact, agent_id: str, part: Part) -> None:
    """Ring an agent whose phone is free, ready or not, to take this part."""
    lead = floor.engagements[contact.offer or ""]
    agent = floor.agents[agent_id]
    contact.offers += 1
    offer = f"{contact.id}.{contact.offers}"
    contact.guests.append(offer)
    floor.engagements[offer] = Engagement(
        offer, contact.id, agent.id, lead.queue, contact.channel, part, moved_at=floor.at
    )
    floor.out.append(
        EngagementMoved(offer, contact.id, agent.id, lead.queue, None, "offered", f"by {lead.agent}", part=part)
    )
    agent.engagements.append(offer)
    expires_at = floor.at + GUEST_RING_SECONDS * SECOND
    floor.timers.set(("offer", offer), expires_at)
    floor.reseat(agent)
    customer = contact.callback_number or contact.customer
    floor.out.append(OfferContact(offer, contact.id, agent.id, lead.queue, contact.channel, expires_at, customer, part))


def guest_accepted(floor: FloorState, guest: Engagement) -> None:
    contact = floor.contacts[guest.contact]
    floor.timers.cancel(("offer", guest.offer))
    guest.accepted_at = floor.at
    floor.move_engagement(guest, "accepted")
    if guest.part in HEARD:
        floor.out.append(JoinConversation(contact.id, guest.offer, guest.agent))
    else:
        supervise(floor, contact, guest)
    floor.after(("connect", guest.offer), GUEST_CONNECT_SECONDS)


def supervise(floor: FloorState, contact: Contact, guest: Engagement) -> None:
    """Let the supervisor hear the lead."""
    assert guest.part in ("listen", "whisper")
    assert contact.offer is not None
    floor.out.append(Supervise(contact.id, guest.offer, guest.agent, contact.offer, guest.part))


def guest_started(floor: FloorState, guest: Engagement) -> None:
    """The guest is in the conversation, while the customer is on hold or listening."""
    floor.timers.cancel(("connect", guest.offer))
    floor.move_engagement(guest, "consults" if guest.part == "consulted" else "connected")
    settle(floor, floor.contacts[guest.contact])


def guest_gone(floor: FloorState, guest: Engagement, reason: str, *, agent_leg: bool) -> None:
    """The guest is out, whatever they did; who consulted them is with the customer again.

    `agent_leg` is whether there is (or may be) a leg to end.
    """
    contact = floor.contacts[guest.contact]
    contact.guests.remove(guest.offer)
    if guest.part == "consulted":
        _return_to_customer(floor, contact, reason)
    settle(floor, contact)
    floor.finish_engagement(guest, reason=reason, agent_leg=agent_leg)


def _return_to_customer(floor: FloorState, contact: Contact, reason: str) -> None:
    lead = floor.engagement_of(contact)
    if lead is None or lead.state != "consulting":
        return
    floor.move_engagement(lead, "connected", reason=reason)
    floor.move_contact(contact, "resumed", agent=lead.agent, reason=reason)
    if lead.away is None or others_heard(floor, contact):
        floor.out.append(ResumeCustomer(contact.id))
    else:  # the music goes on until the lead's phone is back
        lead.away = "music"
        floor.after(("away", lead.offer), RETURN_SECONDS)


def settle(floor: FloorState, contact: Contact) -> None:
    """The customer is on hold while the lead consults, or the lead's phone holds and nobody else is heard.

    When the lead's leg is gone and nobody else is heard, the customer hears music.
    """
    lead = floor.engagement_of(contact)
    if lead is not None and lead.away == "others" and lead.state != "consulting" and not others_heard(floor, contact):
        lead.away = "music"
        floor.out.append(HoldCustomer(contact.id))
    if lead is None or lead.state == "consulting":
        return
    is_heard = lead.state != "on_hold" or others_heard(floor, contact)
    if contact.state == "in_conversation" and not is_heard:
        floor.move_contact(contact, "held", agent=lead.agent)
    elif contact.state == "on_hold" and is_heard:
        floor.move_contact(contact, "resumed", agent=lead.agent)


def others_heard(floor: FloorState, contact: Contact) -> bool:
    """Whether the customer hears somebody beside the lead."""
    if contact.party is not None and contact.party.state == "joined":
        return True
    return any(one.part != "lead" and one.state == "in_conversation" for one in parts(floor, contact))


def consult_cancelled(floor: FloorState, told: stimuli.ConsultCancelled) -> None:
    lead = leading(floor, "ConsultCancelled", told.contact, told.agent, "consulting")
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    guest = consulted(floor, contact)
    if guest is not None:
        guest_gone(floor, guest, "consultation_cancelled", agent_leg=True)
    else:
        _release_party(floor, contact, "consultation_cancelled")


def conference_requested(floor: FloorState, told: stimuli.ConferenceRequested) -> None:
    """Customer, agent and whoever is consulted hear each other."""
    lead = leading(floor, "ConferenceRequested", told.contact, told.agent, "consulting")
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    guest = consulted(floor, contact)
    if guest is not None and guest.state == "consulting":
        guest.part = "joined"
        floor.move_engagement(guest, "connected", reason="conference")
    elif guest is None and contact.party is not None and contact.party.state == "consulting":
        floor.move_party(contact, "joined", "conference")
    else:
        floor.note("ConferenceRequested", contact.id, "nobody has answered yet")
        return
    _return_to_customer(floor, contact, "conference")


# Handing over


def transfer_completed(floor: FloorState, told: stimuli.TransferCompleted) -> None:
    """The agent leaves the customer to whoever was consulted, or else to the first who joined."""
    lead = leading(floor, "TransferCompleted", told.contact, told.agent, *TALKING, "consulting")
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    is_consulting = lead.state == "consulting"
    guest = consulted(floor, contact)
    party = contact.party
    if guest is not None and guest.state == "consulting":
        hand_over(floor, contact, guest, "transferred")
    elif is_consulting and party is not None and party.state == "consulting":
        hand_to_party(floor, contact, "transferred")
    elif is_consulting:
        floor.note("TransferCompleted", contact.id, "nobody has answered yet")
    elif others := [one for one in heirs(floor, contact) if one.state in TALKING]:
        hand_over(floor, contact, others[0], "transferred")
    elif party is not None and party.state == "joined":
        hand_to_party(floor, contact, "transferred")
    else:
        floor.note("TransferCompleted", contact.id, "nobody else is in the conversation")


def hand_over(floor: FloorState, contact: Contact, heir: Engagement, reason: str, *, agent_leg: bool = True) -> None:
    """`heir`, a guest, answers for the contact from now on; the lead goes to wrap-up, without a leg to end or with."""
    lead = floor.engagement_of(contact)
    assert lead is not None
    was_heard, was_consulting = heir.part in HEARD, lead.state == "consulting"
    floor.end_pause(contact, reason)
    floor.timers.cancel(("connect", heir.offer))
    contact.guests.remove(heir.offer)
    contact.offer, heir.part = heir.offer, "lead"
    floor.move_engagement(heir, "takes_over" if heir.state in TALKING else "connected", reason=reason)
    floor.move_contact(contact, "handed_over", agent=heir.agent, reason=reason)
    if not was_heard:
        floor.out.append(JoinConversation(contact.id, heir.offer, heir.agent))
    if was_consulting or lead.away == "music":
        floor.out.append(ResumeCustomer(contact.id))
    recording.go_on(floor, heir, before=lead)
    floor.remember(contact, heir.agent)
    for guest in list(parts(floor, contact))[1:]:
        if guest.part == "consulted":  # the lead who asked is gone, and somebody else took over
            contact.guests.remove(guest.offer)
            floor.finish_engagement(guest, reason=reason)
        elif guest.state == "supervising":
            supervise(floor, contact, guest)
    if was_consulting and contact.party is not None and contact.party.state != "joined":
        floor.drop_party(contact, reason)
    settle(floor, contact)
    floor.finish_engagement(lead, reason=reason, agent_leg=agent_leg)


def hand_to_party(floor: FloorState, contact: Contact, reason: str, *, agent_leg: bool = True) -> None:
    """The customer stays with the number outside, which may still ring; no agent has part in it any more."""
    lead, party = floor.engagement_of(contact), contact.party
    assert lead is not None
    assert party is not None
    is_answered = party.state != "dialled"
    floor.end_pause(contact, reason)
    contact.offer = None
    contact.leaving = "answered"
    contact.answered_elsewhere = is_answered
    floor.move_contact(contact, "sent_out", reason="transfer", agent=lead.agent)
    if is_answered:
        if party.state != "joined":
            floor.move_party(contact, "joined", reason)
        floor.out.append(ResumeCustomer(contact.id))
    floor.after(("alive", contact.id), waiting.ELSEWHERE_SECONDS)
    floor.dismiss_guests(contact, reason)
    floor.finish_engagement(lead, reason=reason, agent_leg=agent_leg)


def lead_left(floor: FloorState, lead: Engagement, *, is_fault: bool) -> bool:
    """The lead's leg is gone; whether somebody else has the customer now. Hanging up while consulting transfers."""
    contact = floor.contacts[lead.contact]
    reason = "agent_lost" if is_fault else "agent_left"
    others = heirs(floor, contact)
    if lead.state != "consulting":
        others = [one for one in others if one.state in TALKING]
    if others:
        hand_over(floor, contact, others[0], reason, agent_leg=False)
        return True
    party = contact.party
    if party is not None and (party.state != "dialled" or not is_fault):
        hand_to_party(floor, contact, reason, agent_leg=False)
        return True
    if party is not None:
        floor.drop_party(contact, reason)
    return False


# Numbers outside


def party_of(floor: FloorState, stimulus: str, contact_id: str, party_id: str, *states: PartyState) -> Contact | None:
    """The contact in which this party is in one of `states`; else a note."""
    contact = known(floor, stimulus, contact_id)
    if contact is None:
        return None
    party = contact.party
    if party is None or party.id != party_id or party.state not in states:
        floor.note(stimulus, contact_id, f"{party_id} is not {' or '.join(states)}")
        return None
    return contact


def party_answered(floor: FloorState, told: stimuli.PartyAnswered) -> None:
    contact = party_of(floor, "PartyAnswered", told.contact, told.party, "dialled")
    if contact is None:
        return
    floor.timers.cancel(("party", contact.id))
    if contact.state == "elsewhere":  # whoever consulted has hung up meanwhile
        contact.answered_elsewhere = True
        floor.move_party(contact, "joined", "answered")
        floor.out.append(ResumeCustomer(contact.id))
    else:
        floor.move_party(contact, "answered", "answered")


def party_failed(floor: FloorState, told: stimuli.PartyFailed) -> None:
    contact = party_of(floor, "PartyFailed", told.contact, told.party, "dialled")
    if contact is not None:
        _party_lost(floor, contact, f"number failed: {told.cause}")


def party_expired(floor: FloorState, contact: Contact) -> None:
    """A number outside rings too long."""
    floor.release_party(contact)
    _party_lost(floor, contact, "number failed: no_answer")


def party_left(floor: FloorState, told: stimuli.PartyLeft) -> None:
    contact = party_of(floor, "PartyLeft", told.contact, told.party, "consulting", "joined")
    if contact is not None:
        _party_lost(floor, contact, "party_left")


def party_release_requested(floor: FloorState, told: stimuli.PartyReleaseRequested) -> None:
    lead = leading(floor, "PartyReleaseRequested", told.contact, told.agent, *TALKING, "consulting")
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    if contact.party is None:
        floor.note("PartyReleaseRequested", contact.id, "nobody outside takes part")
        return
    _release_party(floor, contact, "released")


def _release_party(floor: FloorState, contact: Contact, reason: str) -> None:
    floor.release_party(contact)
    _party_lost(floor, contact, reason)


def _party_lost(floor: FloorState, contact: Contact, reason: str) -> None:
    """The number outside is out; whoever is left goes on, and a customer who was alone with it waits or is done."""
    assert contact.party is not None
    was_consulted = contact.party.state in ("dialled", "consulting")
    floor.forget_party(contact, reason)
    if contact.state != "elsewhere":
        if was_consulted:
            _return_to_customer(floor, contact, reason)
        settle(floor, contact)
        return
    if contact.answered_elsewhere:
        floor.out.append(EndContact(contact.id, reason))
        floor.close_contact(contact, contact.leaving or "answered", reason=reason)
        return
    contact.leaving = None
    floor.move_contact(contact, "returned", reason=reason)
    waiting.wait_anew(floor, contact)
