"""Agents who serve other queues for now than the organisation says, until that is taken back or they sign out."""

from collections.abc import Collection

import msgspec

from markaz.routing import stimuli
from markaz.routing.floor_state import FloorState
from markaz.routing.rules import AgentProfile
from markaz.routing.state import Agent


def assigned(floor: FloorState, told: stimuli.AgentAssigned) -> None:
    agent = floor.agents.get(told.agent)
    if agent is None or agent.retired or agent.presence == "signed_out":
        floor.note("AgentAssigned", told.agent, "unknown agent" if agent is None or agent.retired else "is signed out")
        return
    queues = _open(floor, told.queues)
    if not queues:
        floor.note("AgentAssigned", agent.id, "no such queue")
        return
    if agent.settings is None:
        agent.settings = agent.profile
    agent.profile = _serving(agent.settings, queues)
    agent.note = told.note
    floor.seat(agent)


def assignment_ended(floor: FloorState, told: stimuli.AgentAssignmentEnded) -> None:
    agent = floor.agents.get(told.agent)
    if agent is None or agent.settings is None:
        floor.note("AgentAssignmentEnded", told.agent, "unknown agent" if agent is None else "is not assigned")
        return
    take_back(agent)
    agent.note = told.note
    floor.seat(agent)


def take_back(agent: Agent) -> None:
    """Let the agent serve what the organisation says; seating them is the caller's."""
    if agent.settings is not None:
        agent.profile = agent.settings
        agent.settings = None


def configure(floor: FloorState, agent: Agent, profile: AgentProfile) -> None:
    """The organisation has other settings for the agent; whoever is assigned keeps the queues that are still there."""
    if agent.settings is None:
        agent.profile = profile
        return
    agent.settings = profile
    queues = _open(floor, agent.profile.queues)
    if queues:
        agent.profile = _serving(profile, queues)
    else:
        take_back(agent)


def _open(floor: FloorState, queues: Collection[str]) -> list[str]:
    return [queue for queue in queues if queue in floor.queues and not floor.queues[queue].retired]


def _serving(profile: AgentProfile, queues: Collection[str]) -> AgentProfile:
    """A queue that is served otherwise too keeps its preference. What skills a queue wants, it still wants."""
    return msgspec.structs.replace(profile, queues={queue: profile.queues.get(queue, 1) for queue in queues})
