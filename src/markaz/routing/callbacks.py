"""Calls back that an agent promised at a moment: nobody's place in a queue until then, a contact like any after.

Who asks to be called back from the queue keeps the place instead (`waiting.promise_callback`).
"""

from markaz.routing import stimuli, waiting
from markaz.routing.effects import CallbackBegan, ContactMoved
from markaz.routing.floor_state import CONTACTS_OPEN_MAX, FloorState
from markaz.routing.follow_ups import is_callable
from markaz.routing.state import Contact


def promised(floor: FloorState, told: stimuli.CallbackPromised) -> None:
    """The call back stands by until it is due: on a full floor too, and where its queue is gone meanwhile.

    Only what nobody could dial is not kept; whoever sends it asks before.
    """
    if told.contact in floor.contacts or told.contact in floor.closed_recent:
        floor.note("CallbackPromised", told.contact, "promised before")
        return
    if not is_callable(told.number):
        floor.note("CallbackPromised", told.contact, "no number to call")
        return
    if len(floor.contacts) >= CONTACTS_OPEN_MAX:
        floor.note("CallbackPromised", told.contact, "floor_full: kept all the same")
    floor.order += 1
    contact = Contact(
        told.contact, "voice", told.project, told.customer, floor.order,
        state="postponed", queue=_queue_of(floor, told), named_agent=told.agent, leg=False,
        callback_number=told.number, promised_in=told.promised_in, arrived_at=floor.at, moved_at=floor.at,
    )  # fmt: skip
    floor.contacts[contact.id] = contact
    floor.out.append(
        CallbackBegan(contact.id, told.project, told.customer, told.number, told.due, told.agent, told.promised_in)
    )
    floor.out.append(ContactMoved(contact.id, None, "postponed", contact.queue, reason="promised"))
    floor.timers.set(("retry", contact.id), max(told.due, floor.at))


def _queue_of(floor: FloorState, told: stimuli.CallbackPromised) -> str | None:
    """Where it is to wait once it is due; None while the project has no queue: that is looked for again then."""
    queue = floor.queues.get(told.queue)
    if queue is not None and queue.rules.project == told.project and not queue.retired:
        return told.queue
    there = waiting.open_queue(floor, told.project)
    why = f"queue {told.queue} of project {told.project} is not open"
    floor.note("CallbackPromised", told.contact, f"{why}: {'no other is' if there is None else f'{there} calls back'}")
    return there
