"""Agents come, pause and go: shifts as moments of a run, and what a run with them counts."""

from datetime import date

import msgspec
import pytest

from markaz.kit.time import SECOND
from markaz.routing import QueueRules
from markaz.runtime.simulated import (
    AgentGroup,
    Exponential,
    Fixed,
    Pause,
    RateFrom,
    Scenario,
    Shift,
    Workload,
    simulate,
)
from markaz.runtime.simulated.shifts import ShiftsConflict, moments

HOUR = 3_600


def hours(
    *shifts: Shift, begins: float = 0.0, minutes: float = 1440.0, day: date | None = None
) -> list[tuple[float, str]]:
    found = moments(shifts, first_day=day, begins_seconds=begins * HOUR, minutes=minutes)
    return [(at / SECOND / HOUR, turn) for at, turn in found]


def test_a_shift_is_worked_every_day_and_may_cross_midnight() -> None:
    night = Shift(since="22:00", until="6:00", pauses=(Pause(since="1:00", until="1:30"),))
    assert hours(night, begins=12.0, minutes=24 * 60) == [
        (10, "begins"), (13, "pauses"), (13.5, "resumes"), (18, "ends"),
        (34, "begins"), (37, "pauses"), (37.5, "resumes"), (42, "ends"),
    ]  # fmt: skip


def test_who_is_at_work_when_the_run_begins_has_begun() -> None:
    assert hours(Shift(since="8:00", until="16:00"), begins=10.0, minutes=60) == [(0, "begins"), (6, "ends")]


def test_a_dated_shift_is_worked_once() -> None:
    shift = Shift(day=date(2026, 3, 3), since="9:00", until="10:00")
    assert hours(shift, day=date(2026, 3, 2), minutes=3 * 1440) == [(33, "begins"), (34, "ends")]
    with pytest.raises(ShiftsConflict, match="the run has no dates"):
        hours(shift)


@pytest.mark.parametrize(
    ("shifts", "why"),
    [
        ((Shift(since="8:00", until="12:00"), Shift(since="11:00", until="15:00")), "two of them overlap at 11:00"),
        ((Shift(since="8:00", until="12:00", pauses=(Pause(since="13:00", until="14:00"),)),), "not in order, within"),
        ((Shift(since="eight", until="12:00"),), "times of day are HH:MM"),
    ],
)
def test_shifts_that_nobody_could_work_are_refused(shifts: tuple[Shift, ...], why: str) -> None:
    with pytest.raises(ShiftsConflict, match=why):
        hours(*shifts)


def hotline(shifts: tuple[Shift, ...], **changes: object) -> Scenario:
    """One agent, a call every other minute of 1 minute, and patience."""
    scenario = Scenario(
        name="hotline", seed=3, replications=4, minutes=480.0, begins="08:00", interval_minutes=60.0,
        queues=(QueueRules(id="calls", project="hotline", wrap_up_seconds_max=0),),
        agents=(AgentGroup(id="ann", count=1, queues={"calls": 1}, shifts=shifts),),
        workload={"calls": Workload(calls_per_minute=0.5, talk=Fixed(60.0), patience=Exponential(90.0))},
    )  # fmt: skip
    return msgspec.structs.replace(scenario, **changes)


def test_nobody_answers_outside_the_shift_or_in_a_pause() -> None:
    shift = Shift(since="9:00", until="14:00", pauses=(Pause(since="11:00", until="12:00"),))
    result = simulate(hotline((shift,)))
    answered = [interval.answered for interval in result.intervals]
    few = 2
    assert [count < few for count in answered] == [True, False, False, True, False, False, True, True], (
        "some who come in the last minute before work begins are still there then"
    )
    agents = [round(interval.agents, 1) for interval in result.intervals]
    assert agents == [0, 1, 1, 0, 1, 1, 0, 0]
    assert result.total.arrived == result.total.answered + result.total.abandoned
    assert result.all_agents.occupancy is not None
    assert 0.3 < result.all_agents.occupancy.value < 0.7, "time outside the shift is not idle time"


def test_a_conversation_in_hand_is_finished_after_the_shift() -> None:
    rates = (RateFrom(minute=0, calls_per_minute=60.0), RateFrom(minute=0.1, calls_per_minute=0.0))
    busy = {"calls": Workload(calls_per_minute=rates, talk=Fixed(7_200.0), patience=Fixed(10.0))}
    result = simulate(hotline((Shift(since="8:00", until="9:00"),), workload=busy, replications=1, seed=4))
    assert result.total.answered == 1
    assert [interval.agents for interval in result.intervals][:3] == pytest.approx([1.0, 1.0, 0.0], abs=0.01)


def test_a_result_has_a_line_for_each_interval() -> None:
    result = simulate(hotline(()))
    assert [interval.minute for interval in result.intervals] == [60.0 * hour for hour in range(8)]
    assert sum(interval.arrived for interval in result.intervals) * 4 == pytest.approx(result.total.arrived)
    with pytest.raises(ValueError, match="no multiple of interval_minutes"):
        hotline((), interval_minutes=7.0)
