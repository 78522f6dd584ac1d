"""What of a journal row other systems may want to know. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, get_args

import msgspec

from markaz import flows, routing
from markaz.kit.time import Instant, moment
from markaz.runtime import Output, Stimulus

Kind = Literal[
    "contact.arrived",
    "contact.queued",
    "contact.offered",
    "contact.answered",
    "contact.closed",
    "callback.promised",
    "recording.ready",
    "report.delivered",
    "feedback.given",
    "request.asked",
    "request.promised",
    "request.answered",
    "request.escalated",
    "request.accepted",
    "request.reopened",
    "request.withdrawn",
    "request.commented",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Fact(msgspec.Struct, frozen=True):
    """Something that happened to a contact. `details` differ by kind."""

    kind: Kind
    contact: str
    at: Instant
    details: dict[str, Any]


def facts_of(at: Instant, stimulus: Stimulus, outputs: Sequence[Output]) -> Iterator[Fact]:
    """The facts of one row, in order."""
    if isinstance(stimulus, routing.ContactArrived) and _moves(outputs, stimulus.contact):
        yield Fact("contact.arrived", stimulus.contact, at, {})
    for output in outputs:
        match output:
            case flows.ContactAdmitted(contact=contact):
                yield Fact("contact.arrived", contact, at, {})
            case routing.CallbackBegan(contact=contact, number=number, due=due, promised_in=promised_in, agent=agent):
                details = {"number": number, "due": _iso(due), "promised_in": promised_in, "agent": agent}
                yield Fact("callback.promised", contact, at, details)
            case flows.FeedbackGiven(contact=contact, question=question, answer=answer):
                yield Fact("feedback.given", contact, at, {"question": question, "answer": answer})
            case routing.ContactMoved():
                yield from _moved(at, output)
            case _:
                pass


def _moves(outputs: Sequence[Output], contact: str) -> bool:
    return any(isinstance(one, routing.ContactMoved) and one.contact == contact for one in outputs)


def _moved(at: Instant, moved: routing.ContactMoved) -> Iterator[Fact]:
    match moved.after:
        case "waiting" if moved.before != "offered":
            yield Fact("contact.queued", moved.contact, at, {"queue": moved.queue, "reason": moved.reason})
        case "offered":
            yield Fact("contact.offered", moved.contact, at, {"queue": moved.queue, "agent": moved.agent})
        case "in_conversation" if moved.before == "connecting":
            yield Fact("contact.answered", moved.contact, at, {"queue": moved.queue, "agent": moved.agent})
        case "closed":
            yield Fact("contact.closed", moved.contact, at, {"outcome": moved.outcome, "reason": moved.reason})
        case _:
            pass


def _iso(at: Instant) -> str:
    return moment(at).isoformat().replace("+00:00", "Z")
