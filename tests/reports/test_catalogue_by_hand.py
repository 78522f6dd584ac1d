"""Figures of drawn facts, counted anew by plain loops; and small cases counted by hand."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import correlation
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markaz.reports import FigureUnknown, GroupRefused, ParameterRefused, PeriodEmpty
from markaz.reports.catalogue import CATALOGUE, Asked, Chosen, Group, Row, Source, compute, contacts_behind
from markaz.reports.catalogue.placed import microseconds
from tests.reports.drawn import Facts, drawn_facts
from tests.reports.engines import write_facts
from tests.reports.rows import FLOOR, utc

DAYS = 20
DAY_US = 86_400_000_000
SINCE = utc("2026-03-20", "00:00")
UNTIL = SINCE + timedelta(days=DAYS)
BERLIN = ZoneInfo("Europe/Berlin")
Facts_ = list[dict[str, Any]]


def ask(*figures: Chosen, **more: Any) -> Asked:
    given: dict[str, Any] = {"floor": FLOOR, "since": SINCE, "until": UNTIL, "zone": "Europe/Berlin", "interval": "day"}
    return Asked(figures=figures, **{**given, **more})


def share(part: list[Any], of: list[Any]) -> float | None:
    return round(len(part) / len(of), 12) if of else None


def within(one: dict[str, Any], seconds: float) -> bool:
    return one["wait_us"] is not None and one["wait_us"] <= seconds * 1e6


def counted(stays: Facts_) -> dict[str, Any]:
    answered = [one for one in stays if one["ended"] == "answered"]
    abandoned = [one for one in stays if one["ended"] == "abandoned"]
    in_time = [one for one in answered if within(one, 20)]
    early = [one for one in abandoned if within(one, 20)]
    short = [one for one in abandoned if within(one, 5)]
    waits = np.array([one["wait_us"] for one in answered], dtype=float)
    return {
        "offered": len(stays), "answered": len(answered), "abandoned": len(abandoned) - len(short),
        "abandoned_short": len(short), "abandonment": share(abandoned[len(short):], stays[len(short):]),
        "service_level": share(in_time, stays), "service_level_less_early": share(in_time, stays[len(early):]),
        "service_level_less_short": share(in_time, stays[len(short):]),
        "service_level_of_answered": share(in_time, answered),
        "service_level_early_met": share(in_time + early, stays),
        "answer_time_mean": round(waits.mean() / 1e6, 6) if len(waits) else None,
        "answer_time_percentile": round(np.percentile(waits, 95) / 1e6, 6) if len(waits) else None,
        "answer_time_max": waits.max() / 1e6 if len(waits) else None,
    }  # fmt: skip


def lived(contacts: Facts_, period: Callable[[int], bool]) -> dict[str, Any]:
    known = [one for one in contacts if one["customer"] is not None]
    here = [one for one in known if period(one["arrived_us"])]
    repeated = [one for one in here if "previous_us" in one and one["arrived_us"] - one["previous_us"] <= 7 * DAY_US]
    over = [one for one in known if one["is_answered"] and period(one["arrived_us"] + 7 * DAY_US)]
    resolved = [one for one in over if "next_us" not in one or one["next_us"] - one["arrived_us"] > 7 * DAY_US]
    return {"repeat_contacts": len(repeated), "repeat_share": share(repeated, here),
            "first_contact_resolution": share(resolved, over)}  # fmt: skip


def served(services: Facts_) -> dict[str, Any]:
    handled = [one for one in services if one["served"] and one["is_over"]]
    with_result = [one for one in handled if one["disposition"]]
    warm = [one for one in handled if one["disposition"] == "warm"]
    hot = [one for one in handled if one["disposition"] == "hot"]
    seconds = [(one["talk_us"] + one["hold_us"] + one["consult_us"] + one["wrap_up_us"]) / 1e6 for one in handled]
    return {"handled": len(handled), "dispositions": len(with_result), "warm_leads_of_hot": share(warm, warm + hot),
            "handle_time_mean": round(sum(seconds) / len(seconds), 6) if seconds else None}  # fmt: skip


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    contacts=st.integers(0, 500),
    group=st.sampled_from((None, "queue", "project")),
    interval=st.sampled_from(("day", "whole")),
    zone=st.sampled_from(("Europe/Berlin", "Asia/Tehran", "Asia/Ho_Chi_Minh")),
)
def test_figures_are_what_loops_count(seed: int, contacts: int, group: Group | None, interval: str, zone: str) -> None:
    facts: Facts = drawn_facts(np.random.default_rng(seed), since=SINCE, days=DAYS, contacts=contacts)
    names = [*counted([]), *lived([], bool), *served([])]
    with TemporaryDirectory() as folder:
        write_facts(Path(folder), **facts)
        source = Source(ibis.duckdb.connect(), Path(folder))
        asked = ask(*(Chosen(figure=name) for name in names), group=group, interval=interval, zone=zone)
        rows = compute(source, asked)
    assert {row.key for row in rows} >= {None, *(one[group] for one in facts["stays"] if group is not None)}
    assert len({row.began_at for row in rows}) == (DAYS + 2 if interval == "day" else 1)  # none begins at midnight UTC
    for row in rows:
        begin, end = microseconds(row.began_at or SINCE), microseconds(row.ended_at or UNTIL)

        def here(at: int, begin: int = begin, end: int = end) -> bool:
            return begin <= at < end

        def of_key(kind: str, row: Row = row) -> Facts_:
            return [one for one in facts[kind] if row.key is None or one[str(group)] == row.key]

        expected = counted([one for one in of_key("stays") if here(one["entered_us"])])
        expected |= lived(of_key("contacts"), here)
        expected |= served(
            [one for one in of_key("services") if begin // 900_000_000 <= one["slot"] < end // 900_000_000]
        )
        assert dict(zip(names, row.values, strict=True)) == pytest.approx(expected, abs=2e-6), (row.began_at, row.key)


def test_volume_is_correlated_with_the_day_before(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    zones_days = [date(2026, 3, 20) + timedelta(days=n) for n in range(DAYS)]
    per_day = [int(random.integers(0, 9)) for _ in zones_days]
    stays = [
        {"contact": f"{day}.{n}", "project": "p", "queue": "q", "entered_us": at, "slot": at // 900_000_000}
        for day, many in zip(zones_days, per_day, strict=True)
        for n in range(many)
        for at in [microseconds(datetime.combine(day, time(0, 5), BERLIN))]
    ]
    write_facts(tmp_path, stays=stays, whole_stays=stays)
    source = Source(ibis.duckdb.connect(), tmp_path)
    since = datetime.combine(zones_days[0], time(), BERLIN)
    period = {"since": since, "until": datetime.combine(zones_days[-1] + timedelta(days=1), time(), BERLIN)}
    for group, interval in ((None, "day"), ("queue", "day"), (None, "whole"), ("queue", "half_hour")):
        asked = ask(Chosen(figure="volume_correlation"), group=group, interval=interval, **period)
        found = compute(source, asked)
        assert found[-1].values[0] == pytest.approx(correlation(per_day[1:], per_day[:-1]), abs=1e-6)
        assert not any(row.values[0] for row in found if row.began_at is not None)
    too_few = Chosen(figure="volume_correlation", parameters={"days_min": DAYS})
    assert compute(source, ask(too_few, **period))[-1].values == (None,)


def test_a_day_is_the_same_out_of_facts_of_many(tmp_path: Path) -> None:
    write_facts(tmp_path, **drawn_facts(np.random.default_rng(5), since=SINCE, days=DAYS, contacts=500))
    source = Source(ibis.duckdb.connect(), tmp_path)
    chosen = [Chosen(figure=one.name, version=one.version) for one in CATALOGUE.values() if one.per_interval]
    day = next(row for row in compute(source, ask(*chosen)) if row.began_at == utc("2026-03-24", "23:00"))
    alone = ask(*chosen, since=day.began_at, until=day.ended_at, interval="whole")
    assert compute(source, alone)[-1].values == day.values
    behind = contacts_behind(source, alone, Chosen(figure="offers"), began_at=None, key=None)
    assert len(behind) == day.values[[one.figure for one in chosen].index("offers")]


def test_a_projects_report_is_its_part_of_everybodys(tmp_path: Path) -> None:
    write_facts(tmp_path, **drawn_facts(np.random.default_rng(6), since=SINCE, days=DAYS, contacts=500))
    source = Source(ibis.duckdb.connect(), tmp_path)
    chosen = [Chosen(figure=one.name, version=one.version) for one in CATALOGUE.values() if "project" in one.groups]
    everybodys = compute(source, ask(*chosen, group="project"))
    alone = compute(source, ask(*chosen, projects=("p1",)))
    assert [row.values for row in alone] == [row.values for row in everybodys if row.key == "p1"]


def test_an_interval_that_there_is_not_has_no_contacts(tmp_path: Path) -> None:
    write_facts(tmp_path, **drawn_facts(np.random.default_rng(5), since=SINCE, days=DAYS, contacts=50))
    source, chosen = Source(ibis.duckdb.connect(), tmp_path), Chosen(figure="offered")
    assert contacts_behind(source, ask(chosen), chosen, began_at=SINCE, key=None)
    assert contacts_behind(source, ask(chosen), chosen, began_at=SINCE + timedelta(minutes=1), key=None) == []


def test_an_hour_that_comes_twice_is_two_hours(tmp_path: Path) -> None:
    at = [microseconds(utc("2026-10-25", clock)) for clock in ("00:10", "00:40", "01:10", "02:10")]
    stays = [{"contact": f"c{n}", "project": "p", "queue": "q", "entered_us": one, "slot": one // 900_000_000}
             for n, one in enumerate(at)]  # fmt: skip
    write_facts(tmp_path, whole_stays=stays)
    night = {"since": utc("2026-10-24", "22:00"), "until": utc("2026-10-25", "23:00")}
    source = Source(ibis.duckdb.connect(), tmp_path)
    half_hours = compute(source, ask(Chosen(figure="offered"), interval="half_hour", **night))
    assert len(half_hours) == 50 + 1
    assert [row.began_at for row in half_hours if row.values[0] and row.began_at] == [
        utc("2026-10-25", clock) for clock in ("00:00", "00:30", "01:00", "02:00")
    ]
    assert [row.values for row in compute(source, ask(Chosen(figure="offered"), **night))] == [(4,), (4,)]


def test_nothing_at_all_is_counted_as_nothing(tmp_path: Path) -> None:
    write_facts(tmp_path)
    source = Source(ibis.duckdb.connect(), tmp_path)
    chosen = (Chosen(figure=one) for one in ("offered", "talk_time", "service_level", "feedback_mean"))
    assert compute(source, ask(*chosen, interval="whole"))[-1].values == (0, 0.0, None, None)


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (ask(Chosen(figure="guessed")), FigureUnknown),
        (ask(Chosen(figure="offered", version=9)), FigureUnknown),
        (ask(Chosen(figure="offered", parameters={"target_seconds": 5})), ParameterRefused),
        (ask(Chosen(figure="service_level", parameters={"target_seconds": -1})), ParameterRefused),
        (ask(Chosen(figure="service_level", parameters={"target_seconds": float("nan")})), ParameterRefused),
        (ask(Chosen(figure="service_level", parameters={"target_seconds": "20"})), ParameterRefused),
        (ask(Chosen(figure="repeat_contacts", parameters={"days": 1.5})), ParameterRefused),
        (ask(Chosen(figure="repeat_contacts", parameters={"days": float("inf")})), ParameterRefused),
        (ask(Chosen(figure="offered"), group="agent"), GroupRefused),
        (ask(Chosen(figure="offered"), until=SINCE), PeriodEmpty),
    ],
)
def test_what_cannot_be_computed_is_refused(tmp_path: Path, refused: Asked, error: type[Exception]) -> None:
    write_facts(tmp_path)
    with pytest.raises(error):
        compute(Source(ibis.duckdb.connect(), tmp_path), refused)
