"""How far a conversation is in its script, and what of the script it owes: pure, the same for the desk and for checks.

A conversation is a list of events. `follow` folds them into a `Progress`; each event is legal or refused with its
reason, and what a project allows (`Deviation`) widens what is legal. `owed` says what was left out on the way taken.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, dataclass_transform

import msgspec

from markaz.kit.errors import MarkazError
from markaz.scripts.steps import Ask, Choose, Deviation, End, Say, Script, next_steps

EVENTS_MAX = 2_000
ANSWER_CHARACTERS_MAX = 2_000

_TELEPHONE = re.compile(r"\+?[0-9]{2,20}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Event(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that the agent did with the step at hand, or with the script."""

    step: str
    """The step at hand; of `Went` the step gone to."""


class Said(Event, tag="said"):
    """The sentence was said: as it is written, in the agent's own words, or not at all."""

    how: Literal["written", "own_words", "skipped"] = "written"


class Answered(Event, tag="answered"):
    """The customer's answer to a question; None when there was none."""

    value: str | None = None


class Chose(Event, tag="chose"):
    """The option that the customer's words mean."""

    option: str


class Went(Event, tag="went"):
    """The agent went to another step out of order."""


AnyEvent = Said | Answered | Chose | Went


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`way` are the steps entered, in order; the last one is at hand. `answers`: field -> the latest answer."""

    way: tuple[str, ...]
    answers: dict[str, str] = {}
    said: dict[str, Literal["written", "own_words", "skipped"]] = {}
    deviations: tuple[str, ...] = ()
    """What was done that a project has to allow, once each, in the order in which it came."""

    @property
    def step(self) -> str:
        return self.way[-1]


class Owed(msgspec.Struct, frozen=True):
    """A required sentence that was not said, or a required field that is empty, on the way taken."""

    step: str
    what: Literal["sentence", "field"]


@dataclass(eq=False)
class EventRefused(MarkazError):
    """The script does not allow this at the step "{step}": {why}."""

    code: ClassVar[str] = "script_event_refused"
    step: str
    why: str


def begin(script: Script) -> Progress:
    """A conversation that has said nothing yet. The script must have passed `check_script`."""
    return Progress(way=(script.start,))


def follow(script: Script, events: Iterable[AnyEvent], *, allowed: Container[Deviation] = ()) -> Progress:
    """The progress after `events`. Raises `EventRefused` at the first one that is not legal."""
    progress = begin(script)
    for event in events:
        progress = advance(script, progress, event, allowed=allowed)
    return progress


def advance(script: Script, progress: Progress, event: AnyEvent, *, allowed: Container[Deviation] = ()) -> Progress:
    """The progress after one more event. Raises `EventRefused` and changes nothing when it is not legal."""
    if len(progress.way) > EVENTS_MAX:
        raise EventRefused(progress.step, f"a conversation has at most {EVENTS_MAX} steps")
    if isinstance(event, Went):
        return _gone(script, progress, event, allowed)
    if event.step != progress.step:
        raise EventRefused(event.step, f'the step "{progress.step}" is at hand')
    step = script.steps[progress.step]
    match step, event:
        case Say(), Said():
            return _said(progress, step, event, allowed)
        case Ask(), Answered():
            return _answered(progress, step, event, allowed)
        case Choose(), Chose():
            if event.option not in step.options:
                raise EventRefused(event.step, f'there is no option "{event.option}"')
            return _entered(progress, step.options[event.option])
        case _:
            raise EventRefused(event.step, "this is not what the step asks for")


def owed(script: Script, progress: Progress, *, allowed: Container[Deviation] = ()) -> list[Owed]:
    """What was required and is missing: on the way taken, and on every way to the step at hand; what is `allowed` not.

    A required sentence that a jump left out is owed, one of a branch that the conversation did not take is not.
    """
    passed = [*dict.fromkeys(progress.way), *unavoidable(script, progress.step, but=progress.way)]
    missing: list[Owed] = []
    for name in passed:
        step = script.steps[name]
        if isinstance(step, Say) and step.required and "skip_sentences" not in allowed:
            how = progress.said.get(name, "skipped")
            if how == "skipped" or (how == "own_words" and "own_words" not in allowed):
                missing.append(Owed(name, "sentence"))
        elif isinstance(step, Ask) and step.required and not progress.answers.get(step.field):
            missing += [] if "skip_fields" in allowed else [Owed(name, "field")]
    return missing


def unavoidable(script: Script, step: str, *, but: Container[str] = ()) -> list[str]:
    """The required steps, except `but`, without which there is no way from the start to `step`; in their order."""
    return [
        name
        for name, one in script.steps.items()
        if isinstance(one, Say | Ask) and one.required and name not in but and not _leads(script, step, without=name)
    ]


def _leads(script: Script, to: str, *, without: str) -> bool:
    found: set[str] = set()
    ahead = [script.start]
    while ahead:
        name = ahead.pop()
        if name in found or name == without:
            continue
        found.add(name)
        ahead += [target for _, target in next_steps(script.steps[name])]
    return to in found


def is_over(script: Script, progress: Progress) -> bool:
    """Whether an end is reached."""
    return isinstance(script.steps[progress.step], End)


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with its variables replaced; one without a value is left out. The result is text, never markup."""
    return re.sub(r"\{([^{}]*)\}", lambda found: values.get(found[1], ""), text)


def why_unfit(step: Ask, value: str) -> str | None:
    """What is wrong with `value` as an answer to `step`; None when it fits."""
    if len(value) > ANSWER_CHARACTERS_MAX:
        return f"longer than {ANSWER_CHARACTERS_MAX} characters"
    fits = True
    match step.kind:
        case "number":
            fits = _NUMBER.fullmatch(value) is not None
        case "date":
            fits = _is_date(value)
        case "telephone":
            fits = _TELEPHONE.fullmatch(value) is not None
        case "email":
            fits = _EMAIL.fullmatch(value) is not None
        case "yes_no":
            fits = value in ("yes", "no")
        case "one_of":
            fits = value in step.options
        case "text":
            pass
    return None if fits else _EXPECTED[step.kind]


_EXPECTED = {
    "number": "not a number: digits, and a point before decimals",
    "date": "not a date: write YYYY-MM-DD",
    "telephone": "not a telephone number: digits, with + before them or not",
    "email": "not a mail address",
    "yes_no": 'neither "yes" nor "no"',
    "one_of": "not one of the answers that there are",
}


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _entered(progress: Progress, step: str) -> Progress:
    return msgspec.structs.replace(progress, way=(*progress.way, step))


def _said(progress: Progress, step: Say, event: Said, allowed: Container[Deviation]) -> Progress:
    deviation: Deviation | None = None
    if step.required and event.how != "written":
        deviation = "own_words" if event.how == "own_words" else "skip_sentences"
        _require(allowed, deviation, event.step)
    progress = _deviating(progress, deviation)
    return _entered(msgspec.structs.replace(progress, said={**progress.said, event.step: event.how}), step.next)


def _answered(progress: Progress, step: Ask, event: Answered, allowed: Container[Deviation]) -> Progress:
    answers = {field: answer for field, answer in progress.answers.items() if field != step.field}
    if not event.value:
        if not step.required:
            return _entered(msgspec.structs.replace(progress, answers=answers), step.next)
        _require(allowed, "skip_fields", event.step)
        progress = _deviating(progress, "skip_fields")
    elif (why := why_unfit(step, event.value)) is not None:
        raise EventRefused(event.step, why)
    else:
        answers[step.field] = event.value
    return _entered(msgspec.structs.replace(progress, answers=answers), step.next)


def _gone(script: Script, progress: Progress, event: Went, allowed: Container[Deviation]) -> Progress:
    """Back to a step of the way is always allowed: people correct themselves."""
    if event.step not in script.steps:
        raise EventRefused(event.step, "the script does not have it")
    if event.step in progress.way:
        return _entered(progress, event.step)
    _require(allowed, "any_order", event.step)
    return _entered(_deviating(progress, "any_order"), event.step)


def _require(allowed: Container[Deviation], deviation: Deviation, step: str) -> None:
    if deviation not in allowed:
        raise EventRefused(step, f'the project does not allow "{deviation}"')


def _deviating(progress: Progress, deviation: Deviation | None) -> Progress:
    if deviation is None or deviation in progress.deviations:
        return progress
    return msgspec.structs.replace(progress, deviations=(*progress.deviations, deviation))
