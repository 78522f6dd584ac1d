"""Stimuli about agents: signing in and out, ready and not ready, the phone lost and found."""

from markaz.routing import assigning, returning, stimuli, waiting
from markaz.routing.conversations import return_contact
from markaz.routing.floor_state import FloorState
from markaz.routing.parties import guest_gone
from markaz.routing.state import Agent


def _known(floor: FloorState, stimulus: str, agent_id: str) -> Agent | None:
    agent = floor.agents.get(agent_id)
    if agent is None or agent.retired:
        floor.note(stimulus, agent_id, "unknown agent")
        return None
    return agent


def signed_in(floor: FloorState, told: stimuli.AgentSignedIn) -> None:
    agent = _known(floor, "AgentSignedIn", told.agent)
    if agent is None:
        return
    if agent.presence != "signed_out":
        floor.note("AgentSignedIn", agent.id, f"is {agent.presence}")
        agent.returns = told.returns  # the same agent, with another phone
        return
    agent.occupied = 0
    agent.phone = True
    agent.returns = told.returns
    floor.move_presence(agent, "signed_in", reason="signed_in")
    floor.seat(agent)


def signed_out(floor: FloorState, told: stimuli.AgentSignedOut) -> None:
    agent = _known(floor, "AgentSignedOut", told.agent)
    if agent is None:
        return
    if agent.presence == "signed_out":
        floor.note("AgentSignedOut", agent.id, "is signed out")
        return
    sign_out(floor, agent, note=told.note)


def sign_out(floor: FloorState, agent: Agent, *, note: str | None = None) -> None:
    """No more offers; a conversation in hand goes on, contacts that waited for this agent alone wait for anybody."""
    floor.move_presence(agent, "signed_out", note=note)
    assigning.take_back(agent)
    floor.seat(agent)
    _give_back_offers(floor, agent, "agent_signed_out")
    for contact_id in floor.matching.personal_of(agent.id):
        waiting.release(floor, floor.contacts[contact_id])


def _give_back_offers(floor: FloorState, agent: Agent, reason: str) -> None:
    """What rings goes elsewhere. A guest's phone may ring for who is not ready, but not for who is not there."""
    for offer in tuple(agent.engagements):
        engagement = floor.engagements[offer]
        if engagement.state == "offered" and engagement.part == "lead":
            return_contact(floor, engagement, reason, rings=True)
        elif engagement.state == "offered" and agent.presence == "signed_out":
            guest_gone(floor, engagement, reason, agent_leg=True)


def became_ready(floor: FloorState, told: stimuli.AgentBecameReady) -> None:
    agent = _known(floor, "AgentBecameReady", told.agent)
    if agent is None:
        return
    if agent.presence != "not_ready":
        floor.note("AgentBecameReady", agent.id, f"is {agent.presence}")
        return
    make_ready(floor, agent, note=told.note)


def make_ready(floor: FloorState, agent: Agent, *, note: str | None = None) -> None:
    floor.move_presence(agent, "ready", note=note)
    if not agent.engagements:
        agent.idle_since = floor.at
    floor.seat(agent)


def became_not_ready(floor: FloorState, told: stimuli.AgentBecameNotReady) -> None:
    agent = _known(floor, "AgentBecameNotReady", told.agent)
    if agent is None:
        return
    if agent.presence == "signed_out":
        floor.note("AgentBecameNotReady", agent.id, "is signed out")
        return
    floor.move_presence(agent, "not_ready", reason=told.reason, note=told.note)
    floor.seat(agent)
    _give_back_offers(floor, agent, f"agent not ready: {told.reason}")


def phone_lost(floor: FloorState, told: stimuli.AgentPhoneLost) -> None:
    """No calls are offered without a phone; one that rings fails by itself or expires."""
    _phone_is(floor, "AgentPhoneLost", told.agent, reachable=False)


def phone_found(floor: FloorState, told: stimuli.AgentPhoneFound) -> None:
    _phone_is(floor, "AgentPhoneFound", told.agent, reachable=True)
    if told.agent in floor.agents:
        returning.found(floor, floor.agents[told.agent])


def _phone_is(floor: FloorState, stimulus: str, agent_id: str, *, reachable: bool) -> None:
    agent = _known(floor, stimulus, agent_id)
    if agent is None:
        return
    if agent.phone == reachable:
        floor.note(stimulus, agent.id, "known before")
        return
    agent.phone = reachable
    floor.seat(agent)
