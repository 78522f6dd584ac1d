"""What a report or a story can be refused for."""

from dataclasses import dataclass
from datetime import datetime

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
