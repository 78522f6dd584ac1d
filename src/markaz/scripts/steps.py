"""What an agent is led through while talking: a graph of named steps, each of which says what comes next.

Texts may name variables in braces (`{customer}`), and the field of any question asked on the way (`{order}`).
"""

from typing import Literal, dataclass_transform

import msgspec

Language = Literal["en", "ru", "ar", "fa", "vi"]
FieldKind = Literal["text", "number", "date", "telephone", "email", "yes_no", "one_of"]
Deviation = Literal["own_words", "any_order", "skip_sentences", "skip_fields"]
"""What a project allows its agents: to say a required sentence in their own words, to go to any step, to leave out
required sentences, to leave required fields empty."""

VARIABLES = frozenset({"customer", "customer_name", "agent", "queue", "project", "client", "centre", "number"})
"""What every script may name; `number` is the number that the customer called."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Step(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing to do in a conversation."""


class Say(Step, tag="say"):
    """Say `text`; with `required` it is a sentence that must be said."""

    text: str
    next: str
    required: bool = False


class Ask(Step, tag="ask"):
    """Ask `text` and write the answer into `field`; `options` are the answers of a `one_of`."""

    text: str
    field: str
    next: str
    kind: FieldKind = "text"
    options: tuple[str, ...] = ()
    required: bool = False


class Choose(Step, tag="choose"):
    """Go where what the customer says leads; `options`: what the agent sees -> step."""

    text: str
    options: dict[str, str]


class End(Step, tag="end"):
    """The conversation's end; `disposition` is proposed to the agent."""

    text: str | None = None
    disposition: str | None = None


AnyStep = Say | Ask | Choose | End


class Script(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Steps by name and where to begin, in one language."""

    id: str
    name: str
    start: str
    steps: dict[str, AnyStep]
    language: Language = "en"


def next_steps(step: AnyStep) -> list[tuple[str, str]]:
    """Where `step` may lead, as (place in the step, step's name)."""
    match step:
        case Say() | Ask():
            return [("next", step.next)]
        case Choose():
            return [(f"options.{option}", target) for option, target in step.options.items()]
        case End():
            return []
