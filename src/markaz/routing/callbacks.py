"""Calls back that an agent promised at a moment: nobody's place in a queue until then, a contact like any after.

Who asks to be called back from the queue keeps the place instead (`waiting.promise_callback`).
"""

from markaz.routing import stimuli
from markaz.routing.effects import CallbackBegan, ContactMoved
from markaz.routing.floor_state import CONTACTS_OPEN_MAX, FloorState
from markaz.routing.follow_ups import is_callable
from markaz.routing.state import Contact


def promised(floor: FloorState, told: stimuli.CallbackPromised) -> None:
    """The call back stands by until it is due. What cannot be kept is noted: whoever sends it asks before."""
    problem = _problem(floor, told)
    if problem is not None:
        floor.note("CallbackPromised", told.contact, problem)
        return
    floor.order += 1
    contact = Contact(
        told.contact, "voice", told.project, told.customer, floor.order,
        state="postponed", queue=told.queue, named_agent=told.agent, leg=False, callback_number=told.number,
        promised_in=told.promised_in, arrived_at=floor.at, moved_at=floor.at,
    )  # fmt: skip
    floor.contacts[contact.id] = contact
    floor.out.append(
        CallbackBegan(contact.id, told.project, told.customer, told.number, told.due, told.agent, told.promised_in)
    )
    floor.out.append(ContactMoved(contact.id, None, "postponed", told.queue, reason="promised"))
    floor.timers.set(("retry", contact.id), max(told.due, floor.at))


def _problem(floor: FloorState, told: stimuli.CallbackPromised) -> str | None:
    queue = floor.queues.get(told.queue)
    if told.contact in floor.contacts or told.contact in floor.closed_recent:
        return "promised before"
    if queue is None or queue.retired or queue.rules.project != told.project:
        return f"queue {told.queue} of project {told.project} is not configured"
    if not is_callable(told.number):
        return "no number to call"
    return "floor_full" if len(floor.contacts) >= CONTACTS_OPEN_MAX else None
