"""When agents are there: shifts by time of day, with their pauses, as moments of a run.

A shift that ends at or before it begins ends on the next day.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

import msgspec

from markaz.kit.time import SECOND, Instant
from markaz.runtime.simulated.recorded import DAY_SECONDS, seconds_of_day


class Pause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Not ready from `since` to `until` (HH:MM or HH:MM:SS); a conversation in hand is finished."""

    since: str
    until: str


class Shift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There from `since` to `until` (HH:MM or HH:MM:SS), on `day` alone or, without it, on every day of the run."""

    since: str
    until: str
    day: date | None = None
    pauses: tuple[Pause, ...] = ()


Turn = Literal["begins", "pauses", "resumes", "ends"]
Moment = tuple[Instant, Turn]
"""Microseconds after the run's beginning, and what an agent does then."""


class ShiftsConflict(ValueError):
    """Shifts that nobody could work; its text is why."""


def moments(shifts: Sequence[Shift], *, first_day: date | None, begins_seconds: float, minutes: float) -> list[Moment]:
    """What an agent with `shifts` does, in order of time, in a run of `minutes`.

    `begins_seconds` is the time of day of the run's beginning, `first_day` its date where it has one. What began
    before the run has begun at its beginning. Raises `ShiftsConflict`.
    """
    days = int((begins_seconds + 60 * minutes) // DAY_SECONDS)
    spans = sorted(span for shift in shifts for span in _spans(shift, first_day, days))
    for (_, until, _), (since, *_) in pairwise(spans):
        if since < until:
            raise ShiftsConflict(f"two of them overlap at {_clock(since)}")
    found: list[Moment] = []
    for since, until, pauses in spans:
        found += _turns(since - begins_seconds, until - begins_seconds, [
            (pause - begins_seconds, back - begins_seconds) for pause, back in pauses
        ])  # fmt: skip
    return found


Span = tuple[float, float, tuple[tuple[float, float], ...]]
"""Since, until and the pauses of one shift on one day, in seconds from midnight of the run's first day."""


def _spans(shift: Shift, first_day: date | None, days: int) -> Iterator[Span]:
    if shift.day is not None and first_day is None:
        raise ShiftsConflict(f"one of them is on {shift.day}, but the run has no dates (its calls are not recorded)")
    since, until = _from_to(shift.since, shift.until, 0)
    pauses = tuple(_from_to(pause.since, pause.until, since) for pause in shift.pauses)
    ends = [since, *(moment for pause in pauses for moment in pause), until]
    if ends != sorted(ends):
        raise ShiftsConflict(f"the pauses of the one from {shift.since} to {shift.until} are not in order, within it")
    wanted = range(-1, days + 1) if shift.day is None or first_day is None else [(shift.day - first_day).days]
    for day in wanted:
        midnight = day * DAY_SECONDS
        yield since + midnight, until + midnight, tuple((at + midnight, to + midnight) for at, to in pauses)


def _from_to(since: str, until: str, not_before: float) -> tuple[float, float]:
    """Seconds of a period that begins at `not_before` or later and ends after it begins."""
    try:
        begin, end = float(seconds_of_day(since)), float(seconds_of_day(until))
    except ValueError as error:
        raise ShiftsConflict(f"times of day are HH:MM or HH:MM:SS, not {error}") from error
    if begin < not_before:
        begin += DAY_SECONDS
    while end <= begin:
        end += DAY_SECONDS
    return begin, end


def _turns(since: float, until: float, pauses: Sequence[tuple[float, float]]) -> Iterator[Moment]:
    """The turns of one shift from its beginning, or the run's, on; nothing of one that ended before."""
    if until <= 0:
        return
    turns: list[tuple[float, Turn]] = [(since, "begins")]
    for pause, back in pauses:
        turns.append((pause, "pauses"))
        turns.append((back, "resumes"))
    turns.append((until, "ends"))
    for at, turn in turns:
        yield round(max(at, 0.0) * SECOND), turn


def _clock(seconds: float) -> str:
    hours, rest = divmod(int(seconds % DAY_SECONDS), 3600)
    return f"{hours:02}:{rest // 60:02}"
