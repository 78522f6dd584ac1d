"""Half hours and days of a wall clock, through the nights on which it changes."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from markaz.reports import PeriodEmpty, TooManyIntervals, UnknownZone
from markaz.reports.intervals import interval_starts


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Berlin", "2026-06-01", 24),
        ("Asia/Beirut", "2026-03-29", 23),  # its midnight does not exist
        ("America/Havana", "2026-11-01", 25),  # its midnight comes twice
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_a_day_has_the_hours_its_clock_shows(zone: str, day: str, hours: float) -> None:
    noon_before = local(f"{day}T12:00", zone) - timedelta(days=1)
    starts = interval_starts(noon_before, noon_before + timedelta(days=2), zone=zone, kind="day")
    assert starts[2] - starts[1] == timedelta(hours=hours)
    assert starts[1].astimezone(ZoneInfo(zone)).date().isoformat() == day
    halves = interval_starts(starts[1], starts[2], zone=zone, kind="half_hour")
    assert len(halves) == hours * 2
    assert all(later - earlier == timedelta(minutes=30) for earlier, later in itertools.pairwise(halves))


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    since = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    starts = interval_starts(since, since + timedelta(hours=2), zone="Europe/Berlin", kind="half_hour")
    shown = [start.astimezone(ZoneInfo("Europe/Berlin")).isoformat()[11:] for start in starts]
    assert shown == ["02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00"]


def test_half_hours_are_those_of_the_place() -> None:
    since = local("2026-06-01T09:10", "Asia/Kathmandu")  # UTC+05:45
    starts = interval_starts(since, since + timedelta(hours=1), zone="Asia/Kathmandu", kind="half_hour")
    assert [start.strftime("%H:%M") for start in starts] == ["03:25", "03:45", "04:15"]


def test_what_cannot_be_cut_is_refused() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(UnknownZone, match="Europe/Nowhere"):
        interval_starts(since, since + timedelta(days=1), zone="Europe/Nowhere", kind="day")
    with pytest.raises(PeriodEmpty):
        interval_starts(since, since, zone="UTC", kind="day")
    with pytest.raises(TooManyIntervals):
        interval_starts(since, since + timedelta(days=1000), zone="UTC", kind="half_hour")
