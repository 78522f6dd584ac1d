"""Are we open? Business hours in one IANA zone, exact on the nights when the clocks change.

A period belongs to the local day on which it begins and is one unbroken stretch of time: it opens at the first
instant at which the clock on the wall shows `since` or later, and closes after the last instant at which it shows
less than `until`. So an hour that comes twice is served to its second end, and an hour that is skipped opens and
closes at the jump. A `special` day replaces the week's periods, a holiday leaves none; special goes before holiday.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from markaz.flows.nodes import Calendar
from markaz.kit.time import Instant, moment

Opening = Literal["open", "closed", "holiday"]

_DAY = timedelta(days=1)


def opening(calendar: Calendar, at: Instant) -> Opening:
    """Whether `calendar` is open at `at`; "holiday" when it is closed and the local day is one.

    The calendar must have passed `check_calendar`.
    """
    zone = ZoneInfo(calendar.zone)
    now = moment(at)
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today, today + _DAY):
        for since, until in _periods(calendar, day):
            if _on_clock(since, zone, last=False) <= now < _on_clock(until, zone, last=True):
                return "open"
    iso = today.isoformat()
    return "holiday" if iso in calendar.holidays and iso not in calendar.special else "closed"


def minutes(text: str) -> int:
    """Minutes after midnight of "HH:MM", 00:00 to 24:00. Raises `ValueError` for anything else."""
    hours, colon, rest = text.partition(":")
    if not (colon and len(hours) == len(rest) == 2 and text.isascii() and (hours + rest).isdigit()):
        raise ValueError(f'"{text}" is not a time: write HH:MM')
    total = int(hours) * 60 + int(rest)
    if int(rest) > 59 or total > 24 * 60:
        raise ValueError(f'"{text}" is not a time between 00:00 and 24:00')
    return total


def _periods(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The periods that begin on `day`, as naive local times."""
    iso = day.isoformat()
    if iso in calendar.special:
        written = calendar.special[iso]
    elif iso in calendar.holidays:
        written = ()
    else:
        written = tuple((week.since, week.until) for week in calendar.weekly if day.weekday() in week.days)
    midnight = datetime.combine(day, time())
    for since, until in written:
        begin, end = minutes(since), minutes(until)
        yield (
            midnight + timedelta(minutes=begin),
            midnight + timedelta(minutes=end if end > begin else end + 24 * 60),
        )


def _on_clock(wall: datetime, zone: ZoneInfo, *, last: bool) -> datetime:
    """The instant in UTC at which the clocks of `zone` show `wall`.

    The first or the last one if there are two, and the jump itself if they skip it.
    """
    early, late = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return late if last else early
    while late - early > timedelta(seconds=1):  # skipped: `early` still shows less, `late` more
        middle = early + (late - early) // 2
        early, late = (middle, late) if middle.astimezone(zone).replace(tzinfo=None) < wall else (early, middle)
    return late.replace(microsecond=0)
