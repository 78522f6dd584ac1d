"""The floor: all routing of one centre (or one of its shards) as a state machine without clock, socket or chance.

`handle` takes one stimulus with its stamp and returns what to do and what became so; `deadline` is the next moment at
which time itself is a stimulus. Whoever drives it (live, simulated, replayed) journals stimuli in order, and the same
order gives the same effects to the byte. Time never runs backwards here: an earlier stamp counts as the latest one.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from markaz.kit.time import Instant
from markaz.routing import (
    agents,
    assigning,
    callbacks,
    configuring,
    contacts,
    conversations,
    parties,
    recording,
    returning,
    stimuli,
    supervision,
    waiting,
    wrapping_up,
)  # fmt: skip
from markaz.routing.effects import Effect
from markaz.routing.floor_state import FloorState
from markaz.routing.snapshot import SNAPSHOT_VERSION, Snapshot
from markaz.routing.state import Contact
from markaz.routing.timers import TimerKind, Timers

_HANDLERS: dict[type[stimuli.Stimulus], Callable[[FloorState, Any], None]] = {
    stimuli.ProjectConfigured: configuring.project_configured,
    stimuli.QueueConfigured: configuring.queue_configured,
    stimuli.QueueRetired: configuring.queue_retired,
    stimuli.AgentConfigured: configuring.agent_configured,
    stimuli.AgentRetired: configuring.agent_retired,
    stimuli.ProjectPaused: configuring.project_paused,
    stimuli.ProjectResumed: configuring.project_resumed,
    stimuli.AgentSignedIn: agents.signed_in,
    stimuli.AgentSignedOut: agents.signed_out,
    stimuli.AgentBecameReady: agents.became_ready,
    stimuli.AgentBecameNotReady: agents.became_not_ready,
    stimuli.AgentAssigned: assigning.assigned,
    stimuli.AgentAssignmentEnded: assigning.assignment_ended,
    stimuli.AgentPhoneLost: agents.phone_lost,
    stimuli.AgentPhoneFound: agents.phone_found,
    stimuli.AgentPhoneReturned: returning.returned,
    stimuli.AgentRejoined: returning.rejoined,
    stimuli.ResultEntered: wrapping_up.entered,
    stimuli.WrapUpEnded: wrapping_up.ended,
    stimuli.ContactArrived: contacts.arrived,
    stimuli.ContactQueued: contacts.queued,
    stimuli.ContactServedItself: contacts.served_itself,
    stimuli.MessageAsked: contacts.message_asked,
    stimuli.MessageLeft: contacts.message_left,
    stimuli.CallbackAsked: contacts.callback_asked,
    stimuli.CallbackPromised: callbacks.promised,
    stimuli.NumberAsked: contacts.number_asked,
    stimuli.CustomerLeft: contacts.customer_left,
    stimuli.CustomerReached: conversations.customer_reached,
    stimuli.CustomerMissed: conversations.customer_missed,
    stimuli.ElsewhereAnswered: contacts.elsewhere_answered,
    stimuli.ElsewhereFailed: contacts.elsewhere_failed,
    stimuli.ContactSeen: contacts.seen,
    stimuli.OfferPlaced: conversations.placed,
    stimuli.OfferAccepted: conversations.accepted,
    stimuli.OfferRefused: conversations.refused,
    stimuli.OfferFailed: conversations.failed,
    stimuli.ConversationStarted: conversations.started,
    stimuli.HoldBegan: conversations.held,
    stimuli.HoldEnded: conversations.resumed,
    stimuli.AgentLeft: conversations.agent_left,
    stimuli.TransferRequested: conversations.transfer_requested,
    stimuli.ConsultRequested: parties.consult_requested,
    stimuli.ConsultCancelled: parties.consult_cancelled,
    stimuli.ConferenceRequested: parties.conference_requested,
    stimuli.TransferCompleted: parties.transfer_completed,
    stimuli.PartyAnswered: parties.party_answered,
    stimuli.PartyFailed: parties.party_failed,
    stimuli.PartyLeft: parties.party_left,
    stimuli.PartyReleaseRequested: parties.party_release_requested,
    stimuli.SupervisionRequested: supervision.requested,
    stimuli.SupervisionStarted: supervision.started,
    stimuli.SupervisionEnded: supervision.ended,
    stimuli.TakeOverRequested: supervision.take_over_requested,
    stimuli.RecordingPauseRequested: recording.pause_requested,
    stimuli.RecordingResumeRequested: recording.resume_requested,
    stimuli.RecordingPauseFailed: recording.pause_failed,
}

_CONTACT_DEADLINES: dict[TimerKind, Callable[[FloorState, Contact], None]] = {
    "relax": waiting.relax,
    "overflow": waiting.overflow,
    "announce": waiting.announce,
    "sticky": waiting.release,
    "alive": contacts.check,
    "retry": waiting.callback_due,
    "party": parties.party_expired,
    "recording": recording.pause_expired,
}
_OFFER_DEADLINES: dict[TimerKind, Callable[[FloorState, str], None]] = {
    "offer": conversations.expired,
    "connect": conversations.connect_expired,
    "wrap_up": wrapping_up.expired,
    "away": conversations.away_expired,
}


class Floor:
    """One floor. Not thread-safe: one writer."""

    def __init__(self) -> None:
        self._state = FloorState()

    @property
    def state(self) -> FloorState:
        """For reading: status, reconciliation, invariants in tests."""
        return self._state

    def handle(self, at: Instant, stimulus: stimuli.Stimulus) -> list[Effect]:
        """Everything that follows from `stimulus` at `at`, deadlines up to `at` first."""
        state = self._state
        if at > state.at:
            state.at = at
        out: list[Effect] = []
        state.out = out
        if isinstance(stimulus, stimuli.FloorStarted):
            conversations.connect_anew(state)
        if state.timers.may_be_due(state.at):
            self._fire_due(state.at)
        handler = _HANDLERS.get(type(stimulus))
        if handler is not None:
            handler(state, stimulus)
        while state.promises:
            callbacks.promised(state, state.promises.pop(0))
        return out

    def deadline(self) -> Instant | None:
        """When time itself is next a stimulus."""
        return self._state.timers.next()

    def _fire_due(self, at: Instant) -> None:
        state = self._state
        while (due := state.timers.pop_due(at)) is not None:
            kind, subject = due
            if kind == "pause":
                agents.make_ready(state, state.agents[subject])
            elif kind in _OFFER_DEADLINES:
                _OFFER_DEADLINES[kind](state, subject)
            else:
                _CONTACT_DEADLINES[kind](state, state.contacts[subject])

    def snapshot(self) -> bytes:
        """The state as MessagePack; `restored` continues from it exactly."""
        state = self._state
        timers_set, timers = state.timers.entries()
        return msgspec.msgpack.encode(
            Snapshot(
                state.at, state.order,
                list(state.projects.values()), list(state.queues.values()), list(state.agents.values()),
                list(state.contacts.values()), list(state.engagements.values()),
                [(project, customer, last) for (project, customer), last in state.remembered.items()],
                list(state.closed_recent), timers_set, timers,
            )
        )  # fmt: skip

    @classmethod
    def restored(cls, snapshot: bytes) -> "Floor":
        """The floor of a snapshot. Raises `msgspec.ValidationError` when it is not one."""
        kept = msgspec.msgpack.decode(snapshot, type=Snapshot)
        if kept.version != SNAPSHOT_VERSION:
            raise msgspec.ValidationError(f"a snapshot of version {kept.version}")
        floor = cls()
        state = floor._state
        state.at, state.order = kept.at, kept.order
        state.projects = {project.rules.id: project for project in kept.projects}
        state.queues = {queue.rules.id: queue for queue in kept.queues}
        state.agents = {agent.id: agent for agent in kept.agents}
        state.contacts = {contact.id: contact for contact in kept.contacts}
        state.engagements = {engagement.offer: engagement for engagement in kept.engagements}
        state.remembered.update(((project, customer), last) for project, customer, last in kept.remembered)
        state.closed_recent.update(dict.fromkeys(kept.closed_recent))
        state.timers = Timers.restored(kept.timers_set, kept.timers)
        for queue in state.queues.values():
            queue.waiting = 0
            is_paused = state.projects[queue.rules.project].paused
            state.matching.open_queue(queue.rules.id, is_open=not is_paused)
        for agent in state.agents.values():
            state.reseat(agent)
        for contact in state.contacts.values():
            if contact.state == "waiting":
                state.matching.enter(contact, state.queues[contact.queue or ""])
            if contact.follows is not None:
                state.follow_ups.setdefault((contact.project, contact.customer), []).append(contact.id)
        return floor
