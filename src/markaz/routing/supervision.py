"""Supervisors in a conversation: they listen, whisper to the agent, barge in, and take over.

A supervisor is an agent of the floor with a phone that is free; readiness and capacity are no matter. Who may
supervise whom is decided where people sign in.
"""

from markaz.routing import stimuli
from markaz.routing.contacts import contact_in
from markaz.routing.effects import JoinConversation
from markaz.routing.floor_state import FloorState
from markaz.routing.parties import guest_gone, guest_problem, hand_over, ring_guest, settle, supervise
from markaz.routing.parts import SUPERVISING, offer_in, parts, phone_problem
from markaz.routing.state import Contact, Engagement


def requested(floor: FloorState, told: stimuli.SupervisionRequested) -> None:
    """Ring the supervisor, or change the mode of one who supervises."""
    contact = contact_in(floor, "SupervisionRequested", told.contact, "in_conversation", "on_hold")
    if contact is None:
        return
    guest = next((one for one in parts(floor, contact) if one.agent == told.supervisor), None)
    if guest is None:
        problem = guest_problem(floor, contact) or phone_problem(floor, told.supervisor)
        if problem is not None:
            floor.note("SupervisionRequested", contact.id, problem)
            return
        ring_guest(floor, contact, told.supervisor, told.mode)
    elif guest.part not in SUPERVISING or guest.part == told.mode or guest.state == "connecting":
        floor.note("SupervisionRequested", contact.id, f"{told.supervisor} is {guest.part} and {guest.state}")
    else:
        _change_mode(floor, contact, guest, told)


def _change_mode(floor: FloorState, contact: Contact, guest: Engagement, told: stimuli.SupervisionRequested) -> None:
    guest.part = told.mode
    if guest.state == "offered":  # it still rings
        return
    if told.mode == "barge":
        floor.move_engagement(guest, "connected", reason="mode")
        floor.out.append(JoinConversation(contact.id, guest.offer, guest.agent))
    else:
        floor.move_engagement(guest, "supervises", reason="mode")
        supervise(floor, contact, guest)
    settle(floor, contact)


def started(floor: FloorState, told: stimuli.SupervisionStarted) -> None:
    guest = offer_in(floor, "SupervisionStarted", told.offer, "connecting")
    if guest is None:
        return
    if guest.part not in ("listen", "whisper"):
        floor.note("SupervisionStarted", told.offer, f"is {guest.part}")
        return
    floor.timers.cancel(("connect", guest.offer))
    floor.move_engagement(guest, "supervises")


def ended(floor: FloorState, told: stimuli.SupervisionEnded) -> None:
    guest = _supervisor(floor, "SupervisionEnded", told.contact, told.supervisor)
    if guest is not None:
        guest_gone(floor, guest, "supervision_ended", agent_leg=True)


def take_over_requested(floor: FloorState, told: stimuli.TakeOverRequested) -> None:
    guest = _supervisor(floor, "TakeOverRequested", told.contact, told.supervisor)
    if guest is None:
        return
    if guest.state not in ("supervising", "in_conversation"):
        floor.note("TakeOverRequested", told.contact, f"{told.supervisor} is {guest.state}")
        return
    hand_over(floor, floor.contacts[told.contact], guest, "taken_over")


def _supervisor(floor: FloorState, stimulus: str, contact_id: str, supervisor: str) -> Engagement | None:
    contact = contact_in(floor, stimulus, contact_id, "in_conversation", "on_hold")
    if contact is None:
        return None
    for guest in parts(floor, contact):
        if guest.agent == supervisor and guest.part in SUPERVISING:
            return guest
    floor.note(stimulus, contact_id, f"{supervisor} does not supervise it")
    return None
