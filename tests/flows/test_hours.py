"""Business hours: periods past midnight, both change-over nights, holidays and special days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from markaz.flows import Calendar, OpenPeriod, opening
from markaz.kit.time import instant

ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def calendar(zone: str, *weekly: OpenPeriod, **days: Any) -> Calendar:
    return Calendar(id="hours", zone=zone, weekly=weekly, **days)


@pytest.mark.parametrize(
    ("zone", "period", "opens", "closes"),
    [
        # An ordinary working day, and one in a zone with half an hour.
        ("Europe/Berlin", OpenPeriod((2,), "09:00", "17:00"), "2026-07-01T07:00", "2026-07-01T15:00"),
        ("Asia/Tehran", OpenPeriod((5,), "08:00", "20:00"), "2026-07-04T04:30", "2026-07-04T16:30"),
        # Past midnight, and round the clock.
        ("Europe/Berlin", OpenPeriod((4,), "22:00", "06:00"), "2026-07-03T20:00", "2026-07-04T04:00"),
        ("Europe/Berlin", OpenPeriod((4,), "00:00", "24:00"), "2026-07-02T22:00", "2026-07-03T22:00"),
        ("Europe/Berlin", OpenPeriod((4,), "07:00", "07:00"), "2026-07-03T05:00", "2026-07-04T05:00"),
        # Berlin springs from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC: what lies in the gap happens at the jump.
        ("Europe/Berlin", OpenPeriod((5,), "22:00", "02:30"), "2026-03-28T21:00", "2026-03-29T01:00"),
        ("Europe/Berlin", OpenPeriod((6,), "02:30", "10:00"), "2026-03-29T01:00", "2026-03-29T08:00"),
        # Berlin falls back from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC: 02:30 comes at 00:30 and at 01:30 UTC.
        ("Europe/Berlin", OpenPeriod((5,), "22:00", "02:30"), "2026-10-24T20:00", "2026-10-25T01:30"),
        ("Europe/Berlin", OpenPeriod((6,), "02:30", "10:00"), "2026-10-25T00:30", "2026-10-25T09:00"),
        # Cairo jumps at midnight: Friday 2026-04-24 begins at 01:00, Thursday 2026-10-29 has 23:00 twice.
        ("Africa/Cairo", OpenPeriod((3,), "18:00", "00:30"), "2026-04-23T16:00", "2026-04-23T22:00"),
        ("Africa/Cairo", OpenPeriod((4,), "00:00", "08:00"), "2026-04-23T22:00", "2026-04-24T05:00"),
        ("Africa/Cairo", OpenPeriod((3,), "20:00", "24:00"), "2026-10-29T17:00", "2026-10-29T22:00"),
        # Tehran's last summer began at midnight of 2022-03-22, which does not exist there.
        ("Asia/Tehran", OpenPeriod((1,), "00:00", "06:00"), "2022-03-21T20:30", "2022-03-22T01:30"),
    ],
)
def test_opens_and_closes_at_the_instant(zone: str, period: OpenPeriod, opens: str, closes: str) -> None:
    hours = calendar(zone, period)
    assert opening(hours, utc(opens) - 1) == "closed"
    assert opening(hours, utc(opens)) == "open"
    assert opening(hours, utc(closes) - 1) == "open"
    assert opening(hours, utc(closes)) == "closed"


def test_stays_open_without_a_break_through_both_change_over_nights() -> None:
    hours = calendar("Europe/Berlin", OpenPeriod(ALL_WEEK, "00:00", "24:00"))
    for night in ("2026-03-29T00:00", "2026-10-25T00:00"):
        start = utc(night)
        assert {opening(hours, start + minute * 60_000_000) for minute in range(-600, 600)} == {"open"}


def test_holiday_closes_its_own_day_but_not_the_night_that_began_before() -> None:
    hours = calendar("Europe/Berlin", OpenPeriod(ALL_WEEK, "20:00", "02:00"), holidays={"2027-01-01": "New Year"})
    assert opening(hours, utc("2027-01-01T00:59")) == "open"
    assert opening(hours, utc("2027-01-01T01:00")) == "holiday"
    assert opening(hours, utc("2027-01-01T20:00")) == "holiday"
    assert opening(hours, utc("2027-01-02T00:00")) == "closed"


def test_special_day_replaces_the_week_and_the_holiday() -> None:
    hours = calendar(
        "Africa/Cairo",
        OpenPeriod(ALL_WEEK, "08:00", "20:00"),
        holidays={"2026-03-20": "Eid"},
        special={"2026-03-20": (("12:00", "14:00"),), "2026-03-21": ()},
    )
    assert opening(hours, utc("2026-03-20T09:59")) == "closed"
    assert opening(hours, utc("2026-03-20T10:00")) == "open"
    assert opening(hours, utc("2026-03-20T12:00")) == "closed"
    assert opening(hours, utc("2026-03-21T10:00")) == "closed"


def by_the_clock_on_the_wall(hours: Calendar, at: datetime) -> bool:
    """The definition, taken literally: walk through every minute around `at` and read the wall clock."""
    zone = ZoneInfo(hours.zone)
    around = [at + timedelta(minutes=n) for n in range(-3 * 1440, 3 * 1440)]
    walls = [minute.astimezone(zone).replace(tzinfo=None) for minute in around]
    here = at.astimezone(zone).date()
    for day in (here - timedelta(days=1), here, here + timedelta(days=1)):
        for period in hours.weekly:
            if day.weekday() not in period.days:
                continue
            begin = datetime.combine(day, time.fromisoformat(period.since))
            end = datetime.combine(day, time.fromisoformat(period.until))
            end += timedelta(days=1) if end <= begin else timedelta(0)
            first = next(minute for minute, wall in zip(around, walls, strict=True) if wall >= begin)
            last = next(minute for minute, wall in zip(reversed(around), reversed(walls), strict=True) if wall < end)
            if first <= at <= last:
                return True
    return False


CHANGE_OVERS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Tehran", date(2022, 9, 22)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Kathmandu", date(2026, 1, 1)),
]
clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CHANGE_OVERS), clock, clock, st.integers(-36 * 60, 36 * 60), st.integers(0, 6))
@example(("Europe/Berlin", date(2026, 10, 25)), "22:00", "02:30", 45, 5)
def test_agrees_with_the_clock_on_the_wall(
    night: tuple[str, date], since: str, until: str, minute: int, weekday: int
) -> None:
    zone, day = night
    hours = calendar(zone, OpenPeriod((weekday, (weekday + 1) % 7), since, until))
    at = datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minute)
    assert (opening(hours, instant(at)) == "open") == by_the_clock_on_the_wall(hours, at)
