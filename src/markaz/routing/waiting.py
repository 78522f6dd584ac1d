"""Waiting in a queue: entering, relaxing, being announced to, overflowing, leaving for somewhere else."""

from collections.abc import Collection
from typing import Literal

from markaz.kit.time import SECOND
from markaz.routing.effects import (
    AnnouncePlace,
    EndContact,
    KeepWaiting,
    PlayPrompt,
    PromiseCallback,
    SendToNumber,
    TakeMessage,
)  # fmt: skip
from markaz.routing.floor_state import MOVES_MAX, FloorState
from markaz.routing.lanes import able, wanted_now
from markaz.routing.rules import Destination, ToCallback, ToDisconnect, ToNumber, ToQueue, ToVoicemail
from markaz.routing.state import Contact

ALIVE_SECONDS = 1_800
"""How long a leg in self-service or waiting is believed in before the floor asks whether it is alive."""
CHECK_SECONDS = 30
"""How long an answer to that question may take."""
ELSEWHERE_SECONDS = 7_200
MESSAGE_GRACE_SECONDS = 15
PROMISE_SECONDS = 45
"""The longest that saying a promise of a call back may take before the contact waits again."""
NO_QUEUE_SECONDS = 300
"""How long a promised call back that is due stands by while its project has no queue."""


def believe(floor: FloorState, contact: Contact, seconds: float) -> None:
    """Renew the lease on the customer's leg; when it ends, `CheckContact` asks."""
    contact.checked = False
    floor.after(("alive", contact.id), seconds)


def enqueue(floor: FloorState, contact: Contact, queue_id: str, trigger: str, *, reason: str | None = None) -> None:
    """Let a contact that is in no lane wait in a queue, where it keeps the place that it has."""
    queue = floor.queues.get(queue_id)
    if queue is None or (queue.retired and contact.leg):  # a call back that was promised is kept
        floor.note("enqueue", contact.id, f"queue {queue_id} is not configured")
        ask_for_message(floor, contact, 120, reason="no_queue")
        return
    is_full = queue.waiting >= queue.rules.waiting_max
    if is_full and contact.leg and trigger != "transferred":  # who has talked to us is never turned away by a transfer
        _enter_state(floor, contact, queue_id, trigger, reason=reason)
        send(floor, contact, queue.rules.when_full, reason="queue_full")
        return
    contact.queued_at = floor.at
    contact.relaxed = contact.overflow_step = 0
    if trigger != "transferred":  # or it would go back to the agent who passed it on
        _stick(floor, contact, queue_id)
    _enter_state(floor, contact, queue_id, trigger, reason=reason)
    wait(floor, contact)


def _enter_state(floor: FloorState, contact: Contact, queue_id: str, trigger: str, *, reason: str | None) -> None:
    if contact.since is None:
        contact.since = floor.at
    contact.queue = queue_id
    floor.move_contact(contact, trigger, reason=reason)


def wait(floor: FloorState, contact: Contact) -> None:
    """Take the place in the lane (for the first time, or back from an offer) and look for an agent."""
    queue = floor.queues[contact.queue or ""]
    if queue.retired and not contact.leg:
        there = open_queue(floor, contact.project)
        if there is not None:
            enqueue(floor, contact, there, "queued", reason="queue_retired")
            return
        floor.note("callback", contact.id, f"queue {queue.rules.id} is retired, and no other is open")
    pause = floor.projects[queue.rules.project]
    if contact.leg:
        floor.out.append(KeepWaiting(contact.id, queue.rules.id))  # first of all: where it waits it can be told why
        if (pause.paused or queue.retired) and _turn_away(floor, contact):
            return
        if ("alive", contact.id) not in floor.timers:  # an offer that came back is no sign of life
            believe(floor, contact, ALIVE_SECONDS)
        if queue.rules.announcement is not None:
            floor.after(("announce", contact.id), queue.rules.announcement.first_seconds)
    floor.matching.enter(contact, queue)
    _set_relaxation(floor, contact)
    _set_overflow(floor, contact)
    floor.seek_agent(contact)


def open_queue(floor: FloorState, project_id: str) -> str | None:
    """A queue that calls back whom the project has promised it, when the one that was meant is gone."""
    project = floor.projects.get(project_id)
    meant = project.rules.callback_queue if project is not None else None
    is_open = [one.rules.id for one in floor.queues.values() if one.rules.project == project_id and not one.retired]
    return meant if meant in is_open else next(iter(is_open), None)


def move_callbacks(floor: FloorState, project_id: str) -> None:
    """Calls back that wait in a retired queue of the project go to one that is open, if there is one."""
    if open_queue(floor, project_id) is None:
        return
    retired = {one.rules.id for one in floor.queues.values() if one.rules.project == project_id and one.retired}
    if not retired:
        return
    for contact in sorted(floor.contacts.values(), key=lambda one: one.order):
        if contact.queue in retired and not contact.leg and floor.matching.is_waiting(contact.id):
            floor.leave_lane(contact)
            wait(floor, contact)


def wait_anew(floor: FloorState, contact: Contact) -> None:
    """Wait in the old place after a conversation or a number outside that failed: the queue's clocks start again."""
    contact.queued_at = floor.at
    contact.overflow_step = 0
    wait(floor, contact)


def _turn_away(floor: FloorState, contact: Contact) -> bool:
    """A paused project or a retired queue: say why, and send the contact on when there is somewhere to go."""
    queue = floor.queues[contact.queue or ""]
    pause = floor.projects[queue.rules.project].pause_rule
    if not queue.retired and pause.prompt is not None:
        floor.out.append(PlayPrompt(contact.id, pause.prompt))
    to = queue.rules.when_full if queue.retired else pause.to
    if to is None:
        return False
    if floor.matching.is_waiting(contact.id):
        floor.leave_lane(contact)
    send(floor, contact, to, reason="queue_retired" if queue.retired else "project_paused")
    return True


def turn_away_waiting(floor: FloorState, queues: Collection[str]) -> None:
    """Queues have been paused or retired: their waiting contacts hear so, in order of arrival."""
    for contact in sorted(floor.contacts.values(), key=lambda one: one.order):
        if contact.queue in queues and contact.leg and floor.matching.is_waiting(contact.id):
            _turn_away(floor, contact)


def _stick(floor: FloorState, contact: Contact, queue_id: str) -> None:
    """Reserve the contact for its last or named agent when the queue's rules say so and the agent is there."""
    rules = floor.queues[queue_id].rules
    if rules.sticky is None or contact.only_agent is not None:
        return
    if rules.sticky.agent == "named":
        agent_id = contact.named_agent
    else:
        last = floor.remembered.get((contact.project, contact.customer))
        is_recent = last is not None and floor.at - last.at <= rules.sticky.within_seconds * SECOND
        agent_id = last.agent if last is not None and is_recent else None
    agent = floor.agents.get(agent_id) if agent_id is not None else None
    if agent is None or agent.presence == "signed_out":
        return
    if able(agent.profile, queue_id, contact.channel, wanted_now(rules, contact)):
        reserve(floor, contact, agent.id, rules.sticky.wait_seconds)


def reserve(floor: FloorState, contact: Contact, agent: str, seconds: float) -> None:
    """Only this agent may have the contact for the next `seconds`."""
    contact.only_agent = agent
    floor.after(("sticky", contact.id), seconds)


def release(floor: FloorState, contact: Contact) -> None:
    """Anybody able may have the contact from now on."""
    floor.timers.cancel(("sticky", contact.id))
    if not floor.matching.is_waiting(contact.id):
        contact.only_agent = None
        return
    queue = floor.queues[contact.queue or ""]
    floor.matching.leave(contact, queue)
    contact.only_agent = None
    floor.matching.enter(contact, queue)
    _set_relaxation(floor, contact)
    floor.seek_agent(contact)


# Leaving for somewhere else


def send(floor: FloorState, contact: Contact, to: Destination, *, reason: str) -> None:
    """Send a contact that is in no lane to its overflow, full-queue or pause destination."""
    contact.moves += 1
    if contact.moves > MOVES_MAX:
        ask_for_message(floor, contact, 120, reason="moved_too_often")
        return
    match to:
        case ToQueue(queue=queue_id):
            floor.unreserve(contact)
            enqueue(floor, contact, queue_id, "queued", reason=reason)
        case ToNumber(number=number, centre=centre):
            send_out(floor, contact, number, reason="overflow", centre=centre)
        case ToVoicemail(seconds_max=seconds_max):
            ask_for_message(floor, contact, seconds_max, reason=reason)
        case ToCallback():
            promise_callback(floor, contact, contact.customer, reason=reason)
        case ToDisconnect(prompt=prompt):
            end_contact(floor, contact, reason=reason, prompt=prompt)


def end_contact(floor: FloorState, contact: Contact, *, reason: str, prompt: str | None = None) -> None:
    """Turn the customer away."""
    if contact.leg:
        floor.out.append(EndContact(contact.id, reason, prompt))
    floor.close_contact(contact, "refused", reason=reason)


def ask_for_message(floor: FloorState, contact: Contact, seconds_max: int, *, reason: str) -> None:
    if not contact.leg:
        floor.close_contact(contact, "callback", reason=reason)
        return
    floor.move_contact(contact, "message_asked", reason=reason)
    floor.out.append(TakeMessage(contact.id, seconds_max))
    believe(floor, contact, seconds_max + MESSAGE_GRACE_SECONDS)


def send_out(
    floor: FloorState, contact: Contact, number: str, *,
    reason: Literal["overflow", "transfer", "flow"], centre: str | None = None, agent: str | None = None,
) -> None:  # fmt: skip
    """Join the customer with a number outside."""
    contact.leaving = "overflowed" if reason == "overflow" else "answered"
    contact.answered_elsewhere = False
    floor.move_contact(contact, "sent_out", reason=reason, agent=agent)
    floor.out.append(SendToNumber(contact.id, number, reason, centre))
    believe(floor, contact, ELSEWHERE_SECONDS)


def promise_callback(floor: FloorState, contact: Contact, number: str, *, reason: str) -> None:
    """Promise a call back; the contact keeps its place, and waits again once the customer has hung up."""
    contact.callback_number = number
    floor.unreserve(contact)
    if contact.since is None:
        contact.since = floor.at
    floor.timers.cancel(("alive", contact.id))
    floor.move_contact(contact, "callback_promised", reason=reason)
    floor.out.append(PromiseCallback(contact.id, number))
    floor.after(("retry", contact.id), PROMISE_SECONDS)


def callback_due(floor: FloorState, contact: Contact) -> None:
    """The customer has hung up after the promise, or it is time for the next attempt."""
    if contact.leg:  # nobody has told the customer, as when a process ended before it acted
        floor.out.append(EndContact(contact.id, "callback_due"))
    contact.leg = False
    floor.timers.cancel(("retry", contact.id))
    if contact.queue is None:
        there = open_queue(floor, contact.project)
        if there is None:
            floor.note("callback", contact.id, f"project {contact.project} has no open queue: tried again later")
            floor.after(("retry", contact.id), NO_QUEUE_SECONDS)
            return
        contact.queue = there
    enqueue(floor, contact, contact.queue or "", "due", reason="callback_due")


# Deadlines of a waiting contact


def _set_relaxation(floor: FloorState, contact: Contact) -> None:
    steps = floor.queues[contact.queue or ""].rules.relaxation
    if contact.relaxed < len(steps) and contact.only_agent is None:
        after = sorted(step.after_seconds for step in steps)[contact.relaxed]
        floor.timers.set(("relax", contact.id), contact.queued_at + after * SECOND)


def relax(floor: FloorState, contact: Contact) -> None:
    """The contact wants less from now on."""
    queue = floor.queues[contact.queue or ""]
    floor.matching.leave(contact, queue)
    contact.relaxed += 1
    floor.matching.enter(contact, queue)
    _set_relaxation(floor, contact)
    floor.seek_agent(contact)


def _set_overflow(floor: FloorState, contact: Contact) -> None:
    steps = floor.queues[contact.queue or ""].rules.overflow
    if contact.overflow_step < len(steps):
        after = sorted(step.after_seconds for step in steps)[contact.overflow_step]
        floor.timers.set(("overflow", contact.id), contact.queued_at + after * SECOND)


def overflow(floor: FloorState, contact: Contact) -> None:
    """The contact has waited as long as this step allows. A promised callback only moves between queues."""
    steps = sorted(floor.queues[contact.queue or ""].rules.overflow, key=lambda step: step.after_seconds)
    to = steps[contact.overflow_step].to
    contact.overflow_step += 1
    there = floor.queues.get(to.queue) if isinstance(to, ToQueue) else None
    if contact.leg or (there is not None and not there.retired and contact.moves < MOVES_MAX):
        floor.leave_lane(contact)
        send(floor, contact, to, reason="overflow")
    else:
        _set_overflow(floor, contact)


def announce(floor: FloorState, contact: Contact) -> None:
    """Tell the place and the expected wait, which is the place times the queue's smoothed pace."""
    queue = floor.queues[contact.queue or ""]
    rule = queue.rules.announcement
    if rule is None or not contact.leg:
        return
    position = floor.matching.position(contact)
    expected = None if queue.pace is None else round(position * queue.pace / SECOND)
    floor.out.append(
        AnnouncePlace(
            contact.id, queue.rules.id,
            position if rule.position else None, expected if rule.expected_wait else None,
        )
    )  # fmt: skip
    floor.after(("announce", contact.id), rule.every_seconds)
