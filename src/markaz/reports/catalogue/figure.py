"""What a figure is: words for people, an expression for engines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from markaz.reports.catalogue.asked import Chosen, Group, Value
from markaz.reports.catalogue.counting import Sums
from markaz.reports.errors import ParameterRefused

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
    meaning: str
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` aggregates rows of `facts` into one; `counted` says which of them the figure is about.

    A version is never edited: what was agreed stays computable. `formula` names the parameters in braces.
    """

    name: str
    version: int = 1
    title: str
    unit: Unit
    formula: str
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
                    self.name, name, f"there is no such parameter: {', '.join(self.parameters) or 'none'}"
                )
        return {
            name: self._settle(name, one, chosen.parameters.get(name, one.default))
            for name, one in self.parameters.items()
        }

    def _settle(self, name: str, parameter: Parameter, given: float | int | str) -> float | int | str:
        if isinstance(parameter.default, str) != isinstance(given, str) or isinstance(given, bool):
            kind = "text" if isinstance(parameter.default, str) else "a number"
            raise ParameterRefused(self.name, name, f"it must be {kind}")
        if isinstance(given, str):
            return given
        least, greatest = parameter.least, parameter.greatest
        if (least is not None and given < least) or (greatest is not None and given > greatest) or given != given:
            raise ParameterRefused(self.name, name, f"it must be between {least:g} and {greatest:g}")
        if isinstance(parameter.default, int) and given != int(given):
            raise ParameterRefused(self.name, name, "it must be a whole number")
        return int(given) if isinstance(parameter.default, int) else float(given)

    def words_of(self, chosen: Chosen) -> tuple[str, ...]:
        """The formula, then the exclusions, with the parameters in them."""
        settled = self.settle(chosen)
        shown = {
            name: f"{value:g}" if isinstance(value, float | int) else value or "any" for name, value in settled.items()
        }
        return tuple(words.format(**shown) for words in (self.formula, *self.exclusions))
