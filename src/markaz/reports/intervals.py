"""Half hours and days as a wall clock in one place shows them; a day may have 23 or 25 hours."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markaz.reports.errors import PeriodEmpty, TooManyIntervals, UnknownZone

IntervalKind = Literal["half_hour", "hour", "day"]
_MINUTES = {"half_hour": 30, "hour": 60}

intervals_max = 20_000
"""More than a year of half hours."""


def interval_starts(since: datetime, until: datetime, *, zone: str, kind: IntervalKind) -> list[datetime]:
    """Beginnings, in UTC, of the intervals that make up `since` to `until`; each ends where the next begins.

    The first begins at `since` and the last ends at `until`, even where these are not on a boundary.
    """
    if since >= until:
        raise PeriodEmpty(since, until)
    place = place_of(zone)
    starts = [since.astimezone(UTC)]
    while (start := _next_boundary(starts[-1], place, kind)) < until:
        if len(starts) >= intervals_max:
            raise TooManyIntervals(intervals_max)
        starts.append(start)
    return starts


def place_of(zone: str) -> ZoneInfo:
    """Raises `UnknownZone`."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone) from error


def _next_boundary(moment: datetime, place: ZoneInfo, kind: IntervalKind) -> datetime:
    local = moment.astimezone(place)
    if kind != "day":
        minutes = _MINUTES[kind]
        into = timedelta(minutes=local.minute % minutes, seconds=local.second, microseconds=local.microsecond)
        return moment - into + timedelta(minutes=minutes)
    # A midnight that a change-over skips is the moment of the change; one that comes twice is the first (fold 0).
    return datetime.combine(local.date() + timedelta(days=1), time(), place).astimezone(UTC)
