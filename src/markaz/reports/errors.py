"""What a report or a story can be refused for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class InvalidDefinition(MarkazError):
    """A service level needs seconds of 0 or more, not {seconds}: give its target and its short-abandon threshold."""

    code = "invalid_definition"
    seconds: float


@dataclass(eq=False)
class UnknownZone(MarkazError):
    """There is no time zone named "{zone}": use an IANA name such as Europe/Berlin."""

    code = "unknown_zone"
    zone: str


@dataclass(eq=False)
class PeriodEmpty(MarkazError):
    """The period from {since} to {until} is empty: give an end after the beginning."""

    code = "period_empty"
    since: datetime
    until: datetime


@dataclass(eq=False)
class TooManyIntervals(MarkazError):
    """The period has more than {intervals_max} intervals: report a shorter period, or by day."""

    code = "too_many_intervals"
    intervals_max: int


@dataclass(eq=False)
class UnknownContact(MarkazError):
    """Floor "{floor}" knows no contact "{contact}": check the id, or wait a moment when it has just arrived."""

    code = "unknown_contact"
    floor: str
    contact: str


@dataclass(eq=False)
class FigureUnknown(MarkazError):
    """The catalogue has no figure "{figure}" in version {version}: docs/guide/figures.md lists those that it has."""

    code = "figure_unknown"
    figure: str
    version: int


@dataclass(eq=False)
class ParameterRefused(MarkazError):
    """The figure "{figure}" can't be computed with this "{parameter}": {problem}."""

    code = "parameter_refused"
    figure: str
    parameter: str
    reason: Literal["unknown", "text", "number", "range", "whole"]
    problem: str
    least: float | None = None
    greatest: float | None = None


@dataclass(eq=False)
class GroupRefused(MarkazError):
    """The figure "{figure}" can't be given by {group}: ask for it by {groups}, or for all together."""

    code = "group_refused"
    figure: str
    group: str
    groups: str


@dataclass(eq=False)
class FiguresRefused(MarkazError):
    """A report has between 1 and {figures_max} figures, not {figures}."""

    code = "figures_refused"
    figures: int
    figures_max: int


@dataclass(eq=False)
class ZoneRefused(MarkazError):
    """Intervals in {zone} begin at moments that are no quarter hours of UTC in this period: choose another zone."""

    code = "zone_border_refused"
    zone: str


TermsReason = Literal["name", "projects", "agents", "agent_time", "recipients", "deliver_at", "first_day", "periods"]
"""Which part of the terms is refused."""


@dataclass(eq=False)
class TermsRefused(MarkazError):
    """A report can't be agreed on with these terms: {problem}."""

    code = "terms_refused"
    reason: TermsReason
    problem: str
    limit: int | None = None


@dataclass(eq=False)
class MoveRefused(MarkazError):
    """The version is {state}: "{move}" is for {who}, while it is open to that."""

    code = "move_refused"
    move: str
    state: str
    who: str


@dataclass(eq=False)
class TermsChanged(MarkazError):
    """The terms that were signed are not those of this version: look at it again, then sign."""

    code = "terms_changed"
