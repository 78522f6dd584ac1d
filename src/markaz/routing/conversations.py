"""Stimuli about offers and conversations: ringing, accepting, refusing, talking, holding, passing on."""

from markaz.kit.time import SECOND, Instant
from markaz.routing import returning, stimuli, surveys, waiting
from markaz.routing.contacts import known
from markaz.routing.effects import ConnectContact, DialCustomer, EndContact, ReleaseAgent, WithdrawOffer
from markaz.routing.floor_state import FloorState
from markaz.routing.parties import guest_accepted, guest_gone, guest_started, lead_left, settle
from markaz.routing.parts import TALKING, consulted, leading, offer_in, talking
from markaz.routing.state import Contact, Engagement

CONNECT_SECONDS_MAX = 10
"""The longest that joining two legs may take."""
DIAL_SECONDS_MAX = 45
"""The longest that dialling the customer of a callback may take."""
NOT_PLACED_PAUSE_SECONDS = 5
"""How long an agent whose phone could not be rung is left alone."""
TRANSFER_SECONDS = 30
"""How long a contact that was passed to one agent waits for that agent alone."""


# Offers


def placed(floor: FloorState, told: stimuli.OfferPlaced) -> None:
    """The record of the moment is the journal's stamp; from now on it is up to the agent to answer."""
    engagement = offer_in(floor, "OfferPlaced", told.offer, "offered")
    if engagement is not None:
        engagement.placed = True


def accepted(floor: FloorState, told: stimuli.OfferAccepted) -> None:
    engagement = offer_in(floor, "OfferAccepted", told.offer, "offered")
    if engagement is None:
        return
    if engagement.part != "lead":
        guest_accepted(floor, engagement)
        return
    contact = floor.contacts[engagement.contact]
    floor.timers.cancel(("offer", engagement.offer))
    engagement.accepted_at = floor.at
    floor.move_engagement(engagement, "accepted")
    floor.move_contact(contact, "accepted", agent=engagement.agent)
    if contact.leg:
        _connect(floor, contact, engagement)
        return
    assert contact.callback_number is not None, "who has no leg is called back"
    contact.callback_attempts += 1
    floor.out.append(DialCustomer(contact.id, contact.callback_number, engagement.offer, contact.callback_attempts))
    floor.after(("connect", engagement.offer), DIAL_SECONDS_MAX)


def _connect(floor: FloorState, contact: Contact, engagement: Engagement) -> None:
    engagement.recorded = floor.queues[engagement.queue].rules.record
    floor.out.append(
        ConnectContact(contact.id, engagement.offer, engagement.agent, engagement.queue, engagement.recorded)
    )
    floor.after(("connect", engagement.offer), CONNECT_SECONDS_MAX)


def refused(floor: FloorState, told: stimuli.OfferRefused) -> None:
    engagement = offer_in(floor, "OfferRefused", told.offer, "offered")
    if engagement is not None:
        agent = floor.agents[engagement.agent]
        _return_offer(floor, engagement, "refused", agent.profile.refusal_pause_seconds, rings=False)


def failed(floor: FloorState, told: stimuli.OfferFailed) -> None:
    engagement = offer_in(floor, "OfferFailed", told.offer, "offered")
    if engagement is not None:
        profile = floor.agents[engagement.agent].profile
        is_ours = told.cause in ("fault", "busy")
        pause_seconds = profile.refusal_pause_seconds if is_ours else profile.no_answer_pause_seconds
        _return_offer(floor, engagement, told.cause, pause_seconds, rings=False)


def expired(floor: FloorState, offer: str) -> None:
    """Who was rung in vain is not ready; when the call never reached the phone, that is no fault of the agent's."""
    engagement = floor.engagements[offer]
    profile = floor.agents[engagement.agent].profile
    if engagement.placed:
        _return_offer(floor, engagement, "no_answer", profile.no_answer_pause_seconds, rings=True)
    else:
        _return_offer(floor, engagement, "not_placed", NOT_PLACED_PAUSE_SECONDS, rings=True)


def _return_offer(
    floor: FloorState, engagement: Engagement, reason: str, pause_seconds: int | None, *, rings: bool
) -> None:
    """The contact goes back to its place; the agent is not ready for a while, so that it goes to somebody else.

    A guest who did not come is simply not there.
    """
    if engagement.part != "lead":
        guest_gone(floor, engagement, reason, agent_leg=rings)
        return
    agent = floor.agents[engagement.agent]
    if agent.presence == "ready":
        until: Instant | None = None if pause_seconds is None else floor.at + pause_seconds * SECOND
        floor.move_presence(agent, "not_ready", reason=reason, until=until)
        floor.reseat(agent)
    return_contact(floor, engagement, reason, rings=rings)


def return_contact(floor: FloorState, engagement: Engagement, reason: str, *, rings: bool) -> None:
    """Take the contact back from an agent who has not talked to it, and let it wait in its place."""
    contact = floor.contacts[engagement.contact]
    contact.offer = None
    if rings:
        floor.out.append(WithdrawOffer(engagement.offer, contact.id, engagement.agent, reason))
    floor.move_contact(contact, "returned", reason=reason)
    waiting.wait(floor, contact)  # before the agent is free, who then takes the first in order
    floor.end_engagement(engagement, reason=reason)


# Connecting


def started(floor: FloorState, told: stimuli.ConversationStarted) -> None:
    engagement = offer_in(floor, "ConversationStarted", told.offer, "connecting")
    if engagement is None:
        return
    if engagement.part != "lead":
        if engagement.part in ("consulted", "joined", "barge"):
            guest_started(floor, engagement)
        else:
            floor.note("ConversationStarted", told.offer, f"is {engagement.part}")
        return
    contact = floor.contacts[engagement.contact]
    floor.timers.cancel(("connect", engagement.offer))
    contact.leg = contact.answered = True
    floor.move_engagement(engagement, "connected")
    floor.move_contact(contact, "connected", agent=engagement.agent)
    waiting.believe(floor, contact, floor.queues[engagement.queue].rules.conversation_seconds_max)
    floor.remember(contact, engagement.agent)


def connect_anew(floor: FloorState) -> None:
    """A process takes over: legs may have been joined while nobody listened, and that may be news for a while."""
    for engagement in floor.engagements.values():
        if engagement.state == "connecting" and floor.contacts[engagement.contact].leg:
            floor.after(("connect", engagement.offer), CONNECT_SECONDS_MAX)


def connect_expired(floor: FloorState, offer: str) -> None:
    """The legs were not joined in time: the contact goes back to its place, a callback is tried again later."""
    engagement = floor.engagements[offer]
    contact = floor.contacts[engagement.contact]
    if engagement.part != "lead":
        guest_gone(floor, engagement, "not_connected", agent_leg=True)
    elif contact.leg:
        floor.out.append(ReleaseAgent(contact.id, offer, engagement.agent))
        return_contact(floor, engagement, "not_connected", rings=False)
    else:
        floor.out.append(EndContact(contact.id, "not_connected"))
        _missed(floor, contact, engagement, "no_answer")


def customer_reached(floor: FloorState, told: stimuli.CustomerReached) -> None:
    contact = known(floor, "CustomerReached", told.contact)
    if contact is None:
        return
    engagement = floor.engagement_of(contact)
    if contact.state != "connecting" or contact.leg or engagement is None:
        floor.note("CustomerReached", contact.id, f"is {contact.state}")
        return
    contact.leg = True
    _connect(floor, contact, engagement)


def customer_missed(floor: FloorState, told: stimuli.CustomerMissed) -> None:
    contact = known(floor, "CustomerMissed", told.contact)
    if contact is None:
        return
    engagement = floor.engagement_of(contact)
    if contact.state != "connecting" or engagement is None or contact.leg:
        floor.note("CustomerMissed", contact.id, f"is {contact.state}")
        return
    _missed(floor, contact, engagement, told.cause)


def _missed(floor: FloorState, contact: Contact, engagement: Engagement, cause: str) -> None:
    rules = floor.queues[engagement.queue].rules
    contact.offer = None
    if contact.callback_attempts >= rules.callback_attempts_max:
        floor.close_contact(contact, "callback", reason=f"not reached: {cause}")
    else:
        floor.move_contact(contact, "customer_missed", reason=cause)
        floor.after(("retry", contact.id), rules.callback_retry_seconds)
    floor.finish_engagement(engagement, reason="customer_missed")


# Talking


def held(floor: FloorState, told: stimuli.HoldBegan) -> None:
    """An agent's phone holds. The customer is on hold when nobody else is heard."""
    engagement = talking(floor, "HoldBegan", told.contact, told.agent, "in_conversation")
    if engagement is None:
        return
    floor.move_engagement(engagement, "held")
    settle(floor, floor.contacts[told.contact])


def resumed(floor: FloorState, told: stimuli.HoldEnded) -> None:
    engagement = talking(floor, "HoldEnded", told.contact, told.agent, "on_hold")
    if engagement is None:
        return
    floor.move_engagement(engagement, "resumed")
    settle(floor, floor.contacts[told.contact])


def agent_left(floor: FloorState, told: stimuli.AgentLeft) -> None:
    """An agent's leg is gone. A guest is out of it; for the lead see `_lead_left`."""
    states = ("connecting", *TALKING, "consulting", "supervising")
    engagement = talking(floor, "AgentLeft", told.contact, told.agent, *states)
    if engagement is None:
        return
    contact = floor.contacts[told.contact]
    if engagement.away is not None:
        floor.note("AgentLeft", contact.id, f"the phone of {told.agent} is away")
    elif told.cause == "fault" and returning.is_waited_for(floor, engagement):
        returning.wait(floor, engagement, "agent_lost")
    elif engagement.part != "lead":
        reason = "agent_lost" if told.cause == "fault" else "agent_left"
        guest_gone(floor, engagement, reason, agent_leg=False)
    elif engagement.state == "connecting":
        if not contact.leg:
            floor.out.append(EndContact(contact.id, "agent_left"))  # stop dialling the customer
        pause_seconds = floor.agents[told.agent].profile.refusal_pause_seconds
        _return_offer(floor, engagement, "agent_left", pause_seconds, rings=False)
    else:
        _lead_left(floor, contact, engagement, is_fault=told.cause == "fault")


def away_expired(floor: FloorState, offer: str) -> None:
    """The agent's phone has been gone for a moment, or for as long as it is waited for."""
    engagement = floor.engagements[offer]
    if not returning.is_over(floor, engagement):
        return
    if engagement.part == "lead":
        _lead_left(floor, floor.contacts[engagement.contact], engagement, is_fault=True)
    else:
        guest_gone(floor, engagement, "agent_lost", agent_leg=False)


def _lead_left(floor: FloorState, contact: Contact, lead: Engagement, *, is_fault: bool) -> None:
    """Who else is heard takes the contact on. If there is nobody: who hung up has ended it, or passed it on to whom
    they were ringing; when a machine cut the agent off, the customer waits, first in place.
    """
    guest = consulted(floor, contact)  # before it is handed over
    if lead_left(floor, lead, is_fault=is_fault):
        return
    is_open = not floor.queues[lead.queue].retired
    if lead.state == "consulting" and guest is not None and is_open and not is_fault:
        _pass_to_agent(floor, contact, lead, guest.agent, agent_leg=False)
    elif is_fault:
        floor.end_pause(contact, "agent_lost")
        contact.offer = None
        floor.dismiss_guests(contact, "agent_lost")
        floor.move_contact(contact, "returned", reason="agent_lost")
        waiting.wait_anew(floor, contact)
        floor.finish_engagement(lead, reason="agent_lost", agent_leg=False)
    elif (flow := surveys.flow_for(floor, contact)) is not None:
        surveys.begin(floor, contact, lead, flow)
    else:
        floor.out.append(EndContact(contact.id, "agent_left"))
        floor.close_contact(contact, "answered", reason="agent_left", agent_leg=False)


def transfer_requested(floor: FloorState, told: stimuli.TransferRequested) -> None:
    engagement = leading(floor, "TransferRequested", told.contact, told.agent, *TALKING)
    if engagement is None:
        return
    contact = floor.contacts[told.contact]
    if told.kind == "queue" and (told.target not in floor.queues or floor.queues[told.target].retired):
        floor.note("TransferRequested", contact.id, f"queue {told.target} is not configured")
        return
    if told.kind == "agent" and floor.queues[engagement.queue].retired:
        floor.note("TransferRequested", contact.id, f"queue {engagement.queue} is retired")
        return
    target = floor.agents.get(told.target)
    if told.kind == "agent" and (target is None or target.presence == "signed_out" or target.id == told.agent):
        floor.note("TransferRequested", contact.id, f"agent {told.target} is not there")
        return
    if told.kind == "agent":
        _pass_to_agent(floor, contact, engagement, told.target)
        return
    _let_go(floor, contact)
    reason = f"transfer by {told.agent}"
    if told.kind == "number":
        waiting.send_out(floor, contact, told.target, reason="transfer", agent=told.agent)
    else:
        contact.skills = {}
        waiting.enqueue(floor, contact, told.target, "transferred", reason=reason)
    floor.finish_engagement(engagement, reason="transferred")


def _pass_to_agent(
    floor: FloorState, contact: Contact, lead: Engagement, agent: str, *, agent_leg: bool = True
) -> None:
    """Let the contact wait for this agent alone, for a while."""
    _let_go(floor, contact)
    waiting.reserve(floor, contact, agent, TRANSFER_SECONDS)
    waiting.enqueue(floor, contact, lead.queue, "transferred", reason=f"transfer by {lead.agent}")
    floor.finish_engagement(lead, reason="transferred", agent_leg=agent_leg)


def _let_go(floor: FloorState, contact: Contact) -> None:
    """The contact leaves the conversation: guests and numbers outside are out of it."""
    floor.timers.cancel(("alive", contact.id))
    floor.end_pause(contact, "transferred")
    contact.offer = None
    floor.unreserve(contact)
    if contact.party is not None:
        floor.drop_party(contact, "transferred")
    floor.dismiss_guests(contact, "transferred")
