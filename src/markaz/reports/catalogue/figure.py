"""What a figure is: an expression for engines, and by which keys its words are found (`markaz.reports.words`)."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlencode

from markaz.reports.catalogue.asked import Chosen, Group, Value
from markaz.reports.catalogue.counting import Sums
from markaz.reports.errors import ParameterRefused
from markaz.reports.words import Words

Facts = Literal["stays", "services", "contacts", "resolutions", "agent_time", "feedback", "days"]
"""The facts that a figure counts: stays in queues, agents' services, contacts, contacts
whose window is over, agents' time, answers, daily volume."""
Unit = Literal["contacts", "offers", "answers", "seconds", "share", "score", "correlation"]
_COUNTS: Final = frozenset({"contacts", "offers", "answers"})
Settled = Mapping[str, Any]
"""A value for every parameter of a figure."""
Rows = Any
"""An Ibis table. Its annotations refuse most of the expressions that its documentation shows."""
Expression = Callable[[Rows, Settled], Any]
Aggregate = Callable[[Rows, Settled, Sums], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` says the type as well; a number lies between `least` and `greatest`."""

    default: float | int | str
    _: KW_ONLY
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` aggregates rows of `facts` into one; `counted` says which of them the figure is about.

    A version is never edited: what was agreed stays computable. That holds for its words as well, whose formula names
    the parameters in braces; `exclusions` are keys of what is left out.
    """

    name: str
    version: int = 1
    unit: Unit
    exclusions: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    groups: frozenset[Group] = frozenset()
    facts: Facts
    value: Aggregate
    counted: Expression
    per_interval: bool = True
    """False for what needs the whole period."""
    source: str | None = None
    is_summed: bool = True
    """Made of `Sums`; False for an aggregate of its own: a percentile, a maximum."""
    is_total: bool = False
    """A sum of seconds, which is 0 of nothing; a mean or a share of nothing is None."""

    @property
    def empty(self) -> Value:
        """Of no rows at all."""
        if self.unit in _COUNTS:
            return 0
        return 0.0 if self.is_total else None

    def settle(self, chosen: Chosen) -> Settled:
        """A value for each parameter. Raises `ParameterRefused`."""
        for name in chosen.parameters:
            if name not in self.parameters:
                raise ParameterRefused(
                    self.name, name, "unknown", f"there is no such parameter: {', '.join(self.parameters) or 'none'}"
                )
        return {
            name: self._settle(name, one, chosen.parameters.get(name, one.default))
            for name, one in self.parameters.items()
        }

    def _settle(self, name: str, parameter: Parameter, given: float | int | str) -> float | int | str:
        if isinstance(parameter.default, str) != isinstance(given, str) or isinstance(given, bool):
            is_text = isinstance(parameter.default, str)
            raise ParameterRefused(
                self.name, name, "text" if is_text else "number", f"it must be {'text' if is_text else 'a number'}"
            )
        if isinstance(given, str):
            return given
        least, greatest = parameter.least, parameter.greatest
        if (least is not None and given < least) or (greatest is not None and given > greatest) or given != given:
            problem = f"it must be between {least:g} and {greatest:g}"
            raise ParameterRefused(self.name, name, "range", problem, least, greatest)
        if isinstance(parameter.default, int) and given != int(given):
            raise ParameterRefused(self.name, name, "whole", "it must be a whole number")
        return int(given) if isinstance(parameter.default, int) else float(given)

    def title(self, words: Words) -> str:
        return words.say(f"figure.{self.name}.{self.version}.title")

    def texts(self, words: Words) -> tuple[str, ...]:
        """The formula, then the exclusions, with the parameters' names in braces."""
        keys = (f"figure.{self.name}.{self.version}.formula", *(f"figures.exclusion.{one}" for one in self.exclusions))
        return tuple(words.texts[key] for key in keys)

    def words_of(self, chosen: Chosen, words: Words) -> tuple[str, ...]:
        """The formula, then the exclusions, with the parameters in them."""
        shown = {name: _told(value, words) or words.say("figures.any") for name, value in self.settle(chosen).items()}
        return tuple(text.format(**shown) for text in self.texts(words))

    def column(self, chosen: Chosen, words: Words) -> str:
        """How a column is headed: title, parameters, unit, version where it is not the first."""
        settled = [told for value in self.settle(chosen).values() if (told := _told(value, words))]
        kind = [words.say(f"figures.unit.{self.unit}")]
        if self.version > 1:
            kind.append(words.say("figures.version", version=words.script.number(self.version)))
        given = f" ({words.list_of(settled)})" if settled else ""
        return f"{self.title(words)}{given} [{words.list_of(kind)}]"

    def name_of(self, chosen: Chosen) -> str:
        """The column for programs, whatever the language: `service_level@1?target_seconds=20`."""
        settled = urlencode({
            name: f"{value:g}" if isinstance(value, float) else value for name, value in self.settle(chosen).items()
        })  # fmt: skip
        return f"{self.name}@{self.version}" + (f"?{settled}" if settled else "")


def _told(value: float | int | str, words: Words) -> str:
    return value if isinstance(value, str) else words.script.number(value, digits_max=6)
