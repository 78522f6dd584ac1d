"""Contacts that a machine cut: each is closed as lost, and its customer is called back without losing the place.

The follow-up is a callback contact: it waits without a leg, is offered, then its customer is dialled. Its id is derived
from that of the contact that was lost, so that replay finds the same one.
"""

import re

from markaz.routing import waiting
from markaz.routing.effects import ContactMoved, FollowUpBegan
from markaz.routing.floor_state import FloorState
from markaz.routing.state import Contact

FOLLOW_UPS_MAX = 3
"""How often one customer's matter is followed up; who is cut once more is lost, and counted so."""
_CALLABLE = re.compile(r"\+?[0-9]{2,20}")
_NOT_DIALLED = ("waiting", "offered", "postponed")
"""States of a follow-up in which its customer may take over the place; later the telephone rings already."""


def lose(floor: FloorState, contact: Contact, *, reason: str) -> None:
    """Close a contact that a fault cut, and let its customer be called back when that is possible and wanted."""
    floor.close_contact(contact, "lost_to_fault", reason=reason)
    queue_id = _queue_of(floor, contact)
    number = contact.callback_number or contact.customer
    if queue_id is None or contact.channel != "voice" or not is_callable(number):
        return
    if contact.cuts >= FOLLOW_UPS_MAX:
        floor.note("follow_up", contact.id, f"follow_ups_max {FOLLOW_UPS_MAX}")
        return
    cuts = contact.cuts + 1
    first = contact.follows or contact.id
    follow_up = Contact(
        f"{first}+{cuts}", "voice", contact.project, contact.customer, contact.order,
        state="postponed", queue=queue_id, since=contact.since, skills=contact.skills, priority=contact.priority,
        named_agent=contact.named_agent, leg=False, callback_number=number, follows=first, cuts=cuts,
        arrived_at=floor.at, moved_at=floor.at,
    )  # fmt: skip
    if follow_up.id in floor.contacts or follow_up.id in floor.closed_recent:
        floor.note("follow_up", follow_up.id, "is the name of another contact")
        return
    floor.contacts[follow_up.id] = follow_up
    floor.follow_ups.setdefault((contact.project, contact.customer), []).append(follow_up.id)
    floor.out.append(FollowUpBegan(follow_up.id, contact.id, contact.project, contact.customer, number))
    floor.out.append(ContactMoved(follow_up.id, None, "postponed", queue_id, reason="lost_to_fault"))
    waiting.callback_due(floor, follow_up)


def is_callable(number: str) -> bool:
    return _CALLABLE.fullmatch(number) is not None


def _queue_of(floor: FloorState, contact: Contact) -> str | None:
    """Where the customer is to wait for the call; None when nobody would call."""
    project = floor.projects.get(contact.project)
    queue_id = contact.queue or (project.rules.callback_queue if project is not None else None)
    queue = floor.queues.get(queue_id) if queue_id is not None else None
    return queue_id if queue is not None and queue.rules.callback_after_fault else None


def take_over(floor: FloorState, contact: Contact) -> None:
    """Whoever calls again before we do goes on in the place of the follow-up, which is thereby fulfilled."""
    for follow_up_id in tuple(floor.follow_ups.get((contact.project, contact.customer), ())):
        follow_up = floor.contacts[follow_up_id]
        if follow_up.state in _NOT_DIALLED and not follow_up.leg:
            contact.since = follow_up.since
            contact.order = follow_up.order
            contact.priority = follow_up.priority
            contact.cuts = follow_up.cuts
            floor.close_contact(follow_up, "callback", reason="called_again")
            return
