"""Stimuli that configure the floor and pause projects: queues, agents and projects come, change and go meanwhile."""

from collections.abc import Collection

from markaz.kit.time import SECOND
from markaz.routing import agents, assigning, stimuli, waiting
from markaz.routing.effects import ProjectMoved
from markaz.routing.floor_state import AGENTS_MAX, PROJECTS_MAX, QUEUES_MAX, FloorState
from markaz.routing.lanes import Place, place, score
from markaz.routing.state import Agent, Contact, ProjectState, QueueState


def project_configured(floor: FloorState, told: stimuli.ProjectConfigured) -> None:
    project = floor.projects.get(told.project.id)
    if project is not None:
        project.rules = told.project
    elif len(floor.projects) >= PROJECTS_MAX:
        floor.note("ProjectConfigured", told.project.id, f"projects_max {PROJECTS_MAX}")
    else:
        floor.projects[told.project.id] = ProjectState(told.project)


def queue_configured(floor: FloorState, told: stimuli.QueueConfigured) -> None:
    """A queue comes, or its rules change: who waits there is put into lanes anew, in the same places."""
    rules = told.queue
    if rules.project not in floor.projects:
        floor.note("QueueConfigured", rules.id, f"unknown project {rules.project}")
        return
    queue = floor.queues.get(rules.id)
    if queue is None:
        if len(floor.queues) >= QUEUES_MAX:
            floor.note("QueueConfigured", rules.id, f"queues_max {QUEUES_MAX}")
            return
        queue = floor.queues[rules.id] = QueueState(rules)
        _open(floor, rules.id)
        waiting.move_callbacks(floor, rules.project)
        return
    contacts = _waiting_in(floor, (rules.id,))
    for contact in contacts:
        floor.leave_lane(contact)
    floor.matching.drop_queue(rules.id)
    queue.rules = rules
    queue.retired = False
    _open(floor, rules.id)
    for contact in sorted(contacts, key=lambda one: place(rules, one)):
        waited = floor.at - contact.queued_at
        contact.relaxed = sum(step.after_seconds * SECOND <= waited for step in rules.relaxation)
        contact.overflow_step = 0
        waiting.wait(floor, contact)
    waiting.move_callbacks(floor, rules.project)


def queue_retired(floor: FloorState, told: stimuli.QueueRetired) -> None:
    queue = floor.queues.get(told.queue)
    if queue is None or queue.retired:
        floor.note("QueueRetired", told.queue, "not configured")
        return
    queue.retired = True
    waiting.turn_away_waiting(floor, (told.queue,))
    waiting.move_callbacks(floor, queue.rules.project)


def agent_configured(floor: FloorState, told: stimuli.AgentConfigured) -> None:
    agent = floor.agents.get(told.agent.id)
    if agent is None:
        if len(floor.agents) >= AGENTS_MAX:
            floor.note("AgentConfigured", told.agent.id, f"agents_max {AGENTS_MAX}")
            return
        agent = floor.agents[told.agent.id] = Agent(told.agent, moved_at=floor.at)
    assigning.configure(floor, agent, told.agent)
    agent.retired = False
    floor.seat(agent)


def agent_retired(floor: FloorState, told: stimuli.AgentRetired) -> None:
    """An agent leaves for good; what they have in hand is finished first."""
    agent = floor.agents.get(told.agent)
    if agent is None or agent.retired:
        floor.note("AgentRetired", told.agent, "unknown agent")
        return
    agent.retired = True
    if agent.presence == "signed_out":
        floor.seat(agent)
    else:
        agents.sign_out(floor, agent)


def project_paused(floor: FloorState, told: stimuli.ProjectPaused) -> None:
    """Nobody is offered any more; who waits hears why and goes where the pause rule says. Conversations go on."""
    project = floor.projects.get(told.project)
    if project is None or project.paused:
        floor.note("ProjectPaused", told.project, "unknown project" if project is None else "is paused")
        return
    project.paused = True
    project.pause, project.reason, project.paused_at = told.rule, told.reason, floor.at
    floor.out.append(ProjectMoved(told.project, paused=True, reason=told.reason))
    queues = _queues_of(floor, told.project)
    for queue in queues:
        _open(floor, queue)
    waiting.turn_away_waiting(floor, queues)


def project_resumed(floor: FloorState, told: stimuli.ProjectResumed) -> None:
    project = floor.projects.get(told.project)
    if project is None or not project.paused:
        floor.note("ProjectResumed", told.project, "unknown project" if project is None else "is not paused")
        return
    project.paused = False
    project.pause = project.reason = project.paused_at = None
    floor.out.append(ProjectMoved(told.project, paused=False))
    queues = _queues_of(floor, told.project)
    for queue in queues:
        _open(floor, queue)
    for contact in _waiting_in(floor, queues):
        floor.seek_agent(contact)


def _queues_of(floor: FloorState, project: str) -> set[str]:
    return {queue.rules.id for queue in floor.queues.values() if queue.rules.project == project}


def _open(floor: FloorState, queue_id: str) -> None:
    queue = floor.queues[queue_id]
    floor.matching.open_queue(queue_id, is_open=not floor.projects[queue.rules.project].paused)


def _waiting_in(floor: FloorState, queues: Collection[str]) -> list[Contact]:
    """The contacts that wait in `queues`, the most urgent first, which keeps the order of every lane."""
    found = [c for c in floor.contacts.values() if c.queue in queues and floor.matching.is_waiting(c.id)]
    return sorted(found, key=lambda contact: _urgency(floor, contact))


def _urgency(floor: FloorState, contact: Contact) -> tuple[int, Place]:
    rules = floor.queues[contact.queue or ""].rules
    where = place(rules, contact)
    return -score(rules, where, 1, floor.at), where
