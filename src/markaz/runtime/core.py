"""The floor and self-service as one state machine: what is journalled, recovered, simulated and replayed.

Self-service has a contact first; when it hands the contact over, routing is told at once, inside the same stimulus, so
that the journal needs no row for it and replay cannot come between.
"""

from typing import assert_never

import msgspec

from markaz import flows, routing
from markaz.kit.time import Instant

Stimulus = routing.Stimulus | flows.FlowStimulus
Output = routing.Effect | flows.FlowOutput

_CHANNELS: dict[str, routing.ChannelKind] = {kind: kind for kind in routing.CHANNEL_KINDS}
_FLOW_CARES = ("in_self_service", "waiting", "offered", "in_survey")
"""States in which the flow may still have something to say or a key to hear."""


class _Snapshot(msgspec.Struct, frozen=True):
    floor: bytes
    self_service: bytes


class Core:
    """Pure: no clock, no I/O. One writer."""

    def __init__(self) -> None:
        self.floor = routing.Floor()
        self.self_service = flows.SelfService()

    def handle(self, at: Instant, stimulus: Stimulus) -> list[Output]:
        """Everything that follows from `stimulus` at `at`, deadlines up to `at` first, in order."""
        out: list[Output] = []
        if isinstance(stimulus, routing.FloorStarted):  # before deadlines that passed while no process ran
            self._tell_floor(at, stimulus, out)
            self._take(at, self.self_service.time_passed(at), out)
            self._take(at, self.self_service.speak_again(at), out)
            return out
        self._take(at, self.self_service.time_passed(at), out)
        if isinstance(stimulus, flows.FlowStimulus):
            self._take(at, self.self_service.handle(at, stimulus), out)
        else:
            self._tell_floor(at, stimulus, out)
        return out

    def deadline(self) -> Instant | None:
        """When time itself is next a stimulus."""
        due = [at for at in (self.floor.deadline(), self.self_service.deadline()) if at is not None]
        return min(due, default=None)

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(_Snapshot(self.floor.snapshot(), self.self_service.snapshot()))

    @classmethod
    def restored(cls, snapshot: bytes) -> "Core":
        """The core of a snapshot. Raises `msgspec.ValidationError` when it is not one."""
        kept = msgspec.msgpack.decode(snapshot, type=_Snapshot)
        core = cls()
        core.floor = routing.Floor.restored(kept.floor)
        core.self_service.restore(kept.self_service)
        return core

    def _take(self, at: Instant, outputs: list[flows.FlowOutput], out: list[Output]) -> None:
        for output in outputs:
            out.append(output)
            match output:
                case flows.ContactAdmitted(contact=contact, project=project, customer=customer, channel=channel):
                    arrived = routing.ContactArrived(contact, _CHANNELS[channel], project, customer, output.name)
                    self._tell_floor(at, arrived, out)
                case flows.HandedOver(contact=contact, to=to):
                    self._tell_floor(at, _told(contact, to), out)
                case _:
                    pass

    def _tell_floor(self, at: Instant, stimulus: routing.Stimulus, out: list[Output]) -> None:
        effects = self.floor.handle(at, stimulus)
        out.extend(effects)
        for effect in effects:
            if isinstance(effect, routing.ContactMoved) and effect.after not in _FLOW_CARES:
                self.self_service.forget(effect.contact)
            elif isinstance(effect, routing.SurveyBegan):
                customer = self.floor.state.contacts[effect.contact].customer
                self._take(at, self.self_service.survey(at, effect.contact, customer, effect.flow), out)


def _told(contact: str, to: flows.AnyHandover) -> routing.Stimulus:
    match to:
        case flows.ToQueue():
            return routing.ContactQueued(contact, to.queue, to.skills, to.priority, to.named_agent)
        case flows.ToVoicemail():
            return routing.MessageAsked(contact, to.seconds_max)
        case flows.ToCallback():
            return routing.CallbackAsked(contact, to.number, to.queue)
        case flows.ToNumber():
            return routing.NumberAsked(contact, to.number)
        case flows.Finished():
            return routing.ContactServedItself(contact, to.result)
        case _:
            assert_never(to)
