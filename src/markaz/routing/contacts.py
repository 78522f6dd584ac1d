"""Stimuli about a contact outside a conversation: arriving, queueing, leaving a message, wanting a call back, going."""

from markaz.routing import follow_ups, stimuli, surveys, waiting
from markaz.routing.effects import CheckContact, ContactMoved, EndContact
from markaz.routing.floor_state import CONTACTS_OPEN_MAX, FloorState
from markaz.routing.state import Contact
from markaz.routing.states import ContactState

MESSAGE_SECONDS_MIN = 1.0
"""A shorter message counts as none."""


def known(floor: FloorState, stimulus: str, contact_id: str) -> Contact | None:
    """The open contact of that id; when there is none, a note says whether it was ever known."""
    contact = floor.contacts.get(contact_id)
    if contact is None:
        floor.note(stimulus, contact_id, "closed" if contact_id in floor.closed_recent else "unknown contact")
    return contact


def contact_in(floor: FloorState, stimulus: str, contact_id: str, *states: ContactState) -> Contact | None:
    """The open contact of that id when it is in one of `states`; else a note."""
    contact = known(floor, stimulus, contact_id)
    if contact is not None and contact.state not in states:
        floor.note(stimulus, contact_id, f"is {contact.state}")
        return None
    return contact


def arrived(floor: FloorState, told: stimuli.ContactArrived) -> None:
    if told.contact in floor.contacts or told.contact in floor.closed_recent:
        floor.note("ContactArrived", told.contact, "arrived before")
        return
    floor.order += 1
    contact = Contact(
        told.contact, told.channel, told.project, told.customer, floor.order, arrived_at=floor.at, moved_at=floor.at,
        customer_name=told.name,
    )  # fmt: skip
    is_full = len(floor.contacts) >= CONTACTS_OPEN_MAX
    floor.contacts[contact.id] = contact
    floor.out.append(ContactMoved(contact.id, None, contact.state))
    if is_full or told.project not in floor.projects:
        reason = "floor_full" if is_full else "unknown_project"
        floor.out.append(EndContact(contact.id, reason))
        floor.close_contact(contact, "refused", reason=reason)
        return
    waiting.believe(floor, contact, waiting.ALIVE_SECONDS)
    follow_ups.take_over(floor, contact)


def queued(floor: FloorState, told: stimuli.ContactQueued) -> None:
    contact = contact_in(floor, "ContactQueued", told.contact, "in_self_service")
    if contact is None:
        return
    contact.skills = told.skills
    contact.priority = max(contact.priority, told.priority) if contact.cuts else told.priority
    contact.named_agent = told.named_agent
    waiting.enqueue(floor, contact, told.queue, "queued")


def served_itself(floor: FloorState, told: stimuli.ContactServedItself) -> None:
    contact = contact_in(floor, "ContactServedItself", told.contact, "in_self_service", "in_survey")
    if contact is None:
        return
    floor.out.append(EndContact(contact.id, told.result))
    floor.close_contact(contact, "self_served", reason=told.result)


def _leave_queue_or_flow(floor: FloorState, stimulus: str, contact_id: str) -> Contact | None:
    """The contact, out of its lane, when it may choose another way now."""
    contact = contact_in(floor, stimulus, contact_id, "in_self_service", "waiting")
    if contact is None:
        return None
    if not contact.leg:
        floor.note(stimulus, contact.id, "waits for its call back")
        return None
    if floor.matching.is_waiting(contact.id):
        floor.leave_lane(contact)
    return contact


def message_asked(floor: FloorState, told: stimuli.MessageAsked) -> None:
    contact = _leave_queue_or_flow(floor, "MessageAsked", told.contact)
    if contact is not None:
        waiting.ask_for_message(floor, contact, told.seconds_max, reason="asked")


def message_left(floor: FloorState, told: stimuli.MessageLeft) -> None:
    contact = contact_in(floor, "MessageLeft", told.contact, "leaving_message")
    if contact is None:
        return
    if contact.leg:
        floor.out.append(EndContact(contact.id, "message_left"))
    is_message = told.seconds >= MESSAGE_SECONDS_MIN
    floor.close_contact(contact, "voicemail" if is_message else "abandoned", reason="message")


def callback_asked(floor: FloorState, told: stimuli.CallbackAsked) -> None:
    queue_id = told.queue
    contact = floor.contacts.get(told.contact)
    if contact is not None and contact.queue is None and (queue_id is None or queue_id not in floor.queues):
        floor.note("CallbackAsked", told.contact, "no queue to call back from")
        return
    contact = _leave_queue_or_flow(floor, "CallbackAsked", told.contact)
    if contact is None:
        return
    contact.queue = contact.queue or queue_id
    waiting.promise_callback(floor, contact, told.number, reason="asked")


def number_asked(floor: FloorState, told: stimuli.NumberAsked) -> None:
    contact = _leave_queue_or_flow(floor, "NumberAsked", told.contact)
    if contact is not None:
        waiting.send_out(floor, contact, told.number, reason="flow")


def customer_left(floor: FloorState, told: stimuli.CustomerLeft) -> None:
    contact = known(floor, "CustomerLeft", told.contact)
    if contact is None:
        return
    if not contact.leg:
        floor.note("CustomerLeft", contact.id, "had left before")
        return
    contact.leg = False
    if contact.state == "postponed":
        waiting.callback_due(floor, contact)
        return
    if contact.state == "in_survey":  # all that they called for was done, whatever ended this
        floor.close_contact(contact, "answered", reason=f"customer_left in the survey: {told.cause}")
        return
    if told.cause == "fault":
        follow_ups.lose(floor, contact, reason=f"fault while {contact.state}")
        return
    match contact.state:
        case "leaving_message":
            waiting.believe(floor, contact, waiting.CHECK_SECONDS)  # MessageLeft follows when the file is closed
        case "in_conversation" | "on_hold":
            floor.close_contact(contact, "answered", reason="customer_left")
        case "elsewhere" if contact.answered_elsewhere and contact.leaving is not None:
            floor.close_contact(contact, contact.leaving, reason="customer_left")
        case _ if contact.callback_number is not None:
            floor.close_contact(contact, "callback", reason="customer_left")
        case _:
            floor.close_contact(contact, "abandoned", reason=f"customer_left while {contact.state}")


def seen(floor: FloorState, told: stimuli.ContactSeen) -> None:
    contact = known(floor, "ContactSeen", told.contact)
    if contact is None:
        return
    if contact.state == "in_survey" or not contact.leg or ("alive", contact.id) not in floor.timers:
        floor.note("ContactSeen", contact.id, "no lease to renew")
        return
    if contact.state == "leaving_message":  # longer than it may take: what was recorded is told when the leg is gone
        floor.out.append(EndContact(contact.id, "message_limit"))
        contact.leg = False
        waiting.believe(floor, contact, waiting.CHECK_SECONDS)
        return
    is_talking = contact.state in ("in_conversation", "on_hold") and contact.queue is not None
    rules = floor.queues[contact.queue].rules if is_talking and contact.queue is not None else None
    waiting.believe(floor, contact, rules.conversation_seconds_max if rules else waiting.ALIVE_SECONDS)


def check(floor: FloorState, contact: Contact) -> None:
    """The lease on the customer's leg ran out: ask once, then count the contact as lost."""
    if contact.state == "in_survey":
        surveys.expired(floor, contact)
        return
    if not contact.checked:
        contact.checked = True
        floor.out.append(CheckContact(contact.id))
        floor.after(("alive", contact.id), waiting.CHECK_SECONDS)
        return
    floor.out.append(EndContact(contact.id, "lease_expired"))
    follow_ups.lose(floor, contact, reason="lease_expired")


def elsewhere_answered(floor: FloorState, told: stimuli.ElsewhereAnswered) -> None:
    """From here on the contact counts as what it was sent out for, however it ends."""
    contact = known(floor, "ElsewhereAnswered", told.contact)
    if contact is None:
        return
    if contact.state != "elsewhere" or contact.answered_elsewhere:
        floor.note("ElsewhereAnswered", contact.id, f"is {contact.state}")
        return
    contact.answered_elsewhere = True


def elsewhere_failed(floor: FloorState, told: stimuli.ElsewhereFailed) -> None:
    """Nobody is lost because a number outside did not answer: back to the queue, or else a message."""
    contact = contact_in(floor, "ElsewhereFailed", told.contact, "elsewhere")
    if contact is None:
        return
    if contact.answered_elsewhere and contact.leaving is not None:  # the other side left while nobody listened
        floor.out.append(EndContact(contact.id, "number_left"))
        floor.close_contact(contact, contact.leaving, reason="number_left")
        return
    contact.leaving = None
    reason = f"number failed: {told.cause}"
    if contact.party is not None:
        floor.drop_party(contact, reason)
    if contact.queue is None:
        waiting.ask_for_message(floor, contact, 120, reason=reason)
        return
    floor.move_contact(contact, "returned", reason=reason)
    if contact.answered:
        waiting.wait_anew(floor, contact)
    else:
        waiting.wait(floor, contact)
