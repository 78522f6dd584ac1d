"""The pause of a recording: what is said meanwhile is not kept, and a pause that is forgotten ends by itself."""

from markaz.routing import stimuli
from markaz.routing.contacts import known
from markaz.routing.effects import PauseRecording, RecordingMoved, ResumeRecording, StartRecording
from markaz.routing.floor_state import FloorState
from markaz.routing.parts import TALKING, leading
from markaz.routing.state import Contact, Engagement


def pause_requested(floor: FloorState, told: stimuli.RecordingPauseRequested) -> None:
    lead = leading(floor, "RecordingPauseRequested", told.contact, told.agent, *TALKING, "consulting")
    if lead is None:
        return
    contact, rules = floor.contacts[told.contact], floor.queues[lead.queue].rules
    if not lead.recorded or contact.recording_paused:
        why = "is paused" if contact.recording_paused else "is not recorded"
        floor.note("RecordingPauseRequested", contact.id, why)
        return
    contact.recording_paused = True
    floor.out.append(RecordingMoved(contact.id, lead.offer, paused=True, reason="asked"))
    floor.out.append(PauseRecording(contact.id, lead.offer))
    floor.after(("recording", contact.id), rules.recording_pause_seconds_max)


def resume_requested(floor: FloorState, told: stimuli.RecordingResumeRequested) -> None:
    lead = leading(floor, "RecordingResumeRequested", told.contact, told.agent, *TALKING, "consulting")
    if lead is None:
        return
    contact = floor.contacts[told.contact]
    if not contact.recording_paused:
        floor.note("RecordingResumeRequested", contact.id, "is not paused")
        return
    _resume(floor, contact, "asked")


def pause_failed(floor: FloorState, told: stimuli.RecordingPauseFailed) -> None:
    """Whoever asked must see it before the customer says what must not be kept."""
    contact = known(floor, "RecordingPauseFailed", told.contact)
    if contact is None:
        return
    if not contact.recording_paused or contact.offer != told.offer:
        floor.note("RecordingPauseFailed", contact.id, "is not paused")
        return
    _resume(floor, contact, "failed")


def pause_expired(floor: FloorState, contact: Contact) -> None:
    """The longest pause is over: a conversation is not lost because somebody forgot to go on."""
    _resume(floor, contact, "pause_limit")


def _resume(floor: FloorState, contact: Contact, reason: str) -> None:
    offer = contact.offer or ""
    floor.end_pause(contact, reason)
    floor.out.append(ResumeRecording(contact.id, offer))


def go_on(floor: FloorState, lead: Engagement, *, before: Engagement) -> None:
    """A guest has become the lead: what was recorded on the leg of the one before is recorded on theirs."""
    lead.recorded = before.recorded
    if lead.recorded:
        floor.out.append(StartRecording(lead.contact, lead.offer, lead.agent, lead.queue))
