"""What a flow is told, and what it asks for."""

from typing import dataclass_transform

import msgspec

from markaz.flows.nodes import Calendar, Flow
from markaz.kit.time import Instant


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Fact(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something that happened in or to self-service."""


class FlowConfigured(Fact):
    flow: Flow


class FlowRetired(Fact):
    """New contacts no longer find the flow; those in it finish it."""

    flow: str


class CalendarConfigured(Fact):
    calendar: Calendar


class CalendarRetired(Fact):
    calendar: str


class NumberConfigured(Fact):
    """Contacts that come in on `number` belong to `project` and start `flow`."""

    number: str
    project: str
    flow: str


class NumberRetired(Fact):
    number: str


class ContactEntered(Fact):
    """A customer's leg reached one of our numbers. `name`: what the network calls the customer, if anything."""

    contact: str
    channel: str
    number: str
    customer: str
    name: str | None = None


class PromptFinished(Fact):
    """A prompt that the flow asked for ended. `step` repeats the effect's; an older one is a noted no-op."""

    contact: str
    step: int


class PromptFailed(Fact):
    """A prompt could not be played; the flow goes on as if it had ended."""

    contact: str
    step: int
    why: str


class DigitPressed(Fact):
    contact: str
    digit: str


FlowStimulus = (
    FlowConfigured | FlowRetired | CalendarConfigured | CalendarRetired | NumberConfigured | NumberRetired
    | ContactEntered | PromptFinished | PromptFailed | DigitPressed
)  # fmt: skip


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Imperative(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something to do for a flow."""


class AnswerContact(Imperative):
    contact: str


class SpeakPrompt(Imperative):
    """Play `prompt` from its beginning, stopping what plays; report the end with the same `step`."""

    contact: str
    prompt: str
    step: int


class StopPrompt(Imperative):
    """Stop what the flow is playing, if anything is."""

    contact: str


class RefuseNumber(Imperative):
    """Reject a call to a number nobody configured."""

    contact: str
    number: str


FlowImperative = AnswerContact | SpeakPrompt | StopPrompt | RefuseNumber


class FlowNoted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A flow stimulus that changed nothing, and why."""

    stimulus: str
    contact: str
    why: str


class FlowStepped(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A contact entered a node of its flow, and why (the key, the hours, the time-out)."""

    contact: str
    flow: str
    node: str
    why: str
    at: Instant


class FeedbackGiven(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A customer answered a question with the key `answer`, 1 to 9."""

    contact: str
    question: str
    answer: int


# Between self-service and routing


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Handover(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Where self-service sends a contact."""


class ToQueue(Handover):
    """To wait in `queue`; `skills` are wanted beside the queue's own."""

    queue: str
    skills: dict[str, int] = {}
    priority: int = 0
    named_agent: str | None = None


class ToVoicemail(Handover):
    seconds_max: int


class ToCallback(Handover):
    """To be called back on `number`, with a place in `queue`; None: in the queue where the contact waits now."""

    queue: str | None
    number: str


class ToNumber(Handover):
    number: str


class Finished(Handover):
    """The flow is over: the result of its last node, or "loop", "full" or "flow_error"."""

    result: str


AnyHandover = ToQueue | ToVoicemail | ToCallback | ToNumber | Finished


class ContactAdmitted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A contact reached one of our numbers, which says to which project it belongs."""

    contact: str
    project: str
    channel: str
    customer: str
    number: str
    name: str | None = None


class HandedOver(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Self-service passes the contact to routing."""

    contact: str
    to: AnyHandover


FlowOutput = FlowImperative | FlowStepped | FlowNoted | FeedbackGiven | ContactAdmitted | HandedOver
