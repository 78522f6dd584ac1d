"""Who takes part in a contact: the agent who answers for it (the lead) and guests, each with an engagement."""

from collections.abc import Iterator

from markaz.routing.contacts import known
from markaz.routing.floor_state import FloorState
from markaz.routing.state import Contact, Engagement
from markaz.routing.states import EngagementState

TALKING: tuple[EngagementState, ...] = ("in_conversation", "on_hold")
SUPERVISING = ("listen", "whisper", "barge")
HEARD = ("consulted", "joined", "barge")
"""The parts of guests who can take the conversation on when the lead is gone, the first before the others."""


def offer_in(floor: FloorState, stimulus: str, offer: str, *states: EngagementState) -> Engagement | None:
    """The engagement of `offer` when it is in one of `states`; else a note."""
    engagement = floor.engagements.get(offer)
    if engagement is None or engagement.state not in states:
        floor.note(stimulus, offer, "over" if engagement is None else f"is {engagement.state}")
        return None
    return engagement


def parts(floor: FloorState, contact: Contact) -> Iterator[Engagement]:
    """Who takes part now, the lead first."""
    if contact.offer is not None:
        yield floor.engagements[contact.offer]
    for offer in contact.guests:
        yield floor.engagements[offer]


def talking(
    floor: FloorState, stimulus: str, contact_id: str, agent: str, *states: EngagementState
) -> Engagement | None:
    """The part of this agent in this contact when it is in one of `states`; else a note."""
    contact = known(floor, stimulus, contact_id)
    if contact is None:
        return None
    for engagement in parts(floor, contact):
        if engagement.agent == agent and engagement.state in states:
            return engagement
    floor.note(stimulus, contact_id, f"{agent} has no part in it that is {' or '.join(states)}")
    return None


def leading(
    floor: FloorState, stimulus: str, contact_id: str, agent: str, *states: EngagementState
) -> Engagement | None:
    """The part of this agent when it is the lead and in one of `states`; else a note."""
    engagement = talking(floor, stimulus, contact_id, agent, *states)
    if engagement is not None and engagement.part != "lead":
        floor.note(stimulus, contact_id, f"{agent} does not answer for it")
        return None
    return engagement


def consulted(floor: FloorState, contact: Contact) -> Engagement | None:
    """The colleague whom the lead consults, ringing or talking."""
    return next((one for one in parts(floor, contact) if one.part == "consulted"), None)


def heirs(floor: FloorState, contact: Contact) -> list[Engagement]:
    """Guests who are heard in the conversation (or about to be), and so can take it on; the best one first."""
    heard = [one for one in parts(floor, contact) if one.part in HEARD and one.state != "offered"]
    return sorted(heard, key=lambda one: HEARD.index(one.part))


def phone_problem(floor: FloorState, agent_id: str) -> str | None:
    """Why the phone of this agent, ready or not, can't be rung as a guest; None when it can."""
    agent = floor.agents.get(agent_id)
    if agent is None or agent.retired or agent.presence == "signed_out":
        return f"agent {agent_id} is not there"
    if not agent.phone:
        return f"the phone of {agent_id} can't be reached"
    held = [floor.engagements[offer] for offer in agent.engagements]
    if any(one.channel == "voice" and one.state != "wrapping_up" for one in held):
        return f"agent {agent_id} is in a call"
    return None
