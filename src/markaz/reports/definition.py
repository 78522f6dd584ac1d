"""What a service level means, agreed before a report is printed and printed with it."""

from dataclasses import dataclass
from typing import Literal

from markaz.reports.errors import InvalidDefinition

Denominator = Literal["offered", "offered_less_early_abandoned", "answered"]

_DENOMINATORS: dict[Denominator, str] = {
    "offered": "all contacts offered",
    "offered_less_early_abandoned": "contacts offered less those that abandoned within {target} s",
    "answered": "contacts answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """The share of contacts answered within `target_seconds` (that moment included), `of` which contacts.

    A contact that abandons within `short_abandon_seconds` is a short abandon: counted apart, and left out of the
    abandonment rate.
    """

    target_seconds: float = 20.0
    of: Denominator = "offered"
    short_abandon_seconds: float = 5.0

    def __post_init__(self) -> None:
        for seconds in (self.target_seconds, self.short_abandon_seconds):
            if not seconds >= 0:
                raise InvalidDefinition(seconds)

    def share(self, *, answered_in_time: int, abandoned_early: int, answered: int, offered: int) -> float | None:
        """The service level, 0 to 1; None when nothing counts in the denominator."""
        match self.of:
            case "offered":
                of = offered
            case "offered_less_early_abandoned":
                of = offered - abandoned_early
            case "answered":
                of = answered
        return answered_in_time / of if of else None

    def words(self) -> str:
        """The definition as a sentence."""
        of = _DENOMINATORS[self.of].format(target=f"{self.target_seconds:g}")
        return f"Service level: contacts answered within {self.target_seconds:g} s, divided by {of}."
