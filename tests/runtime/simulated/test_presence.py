"""Agents, wrap-up and patience read out of recorded calls, and several recorded days in one run."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from tests.runtime.simulated.test_workload import days_written

from markaz.routing import QueueRules
from markaz.runtime.simulated import (
    AgentGroup,
    AgentsAsRecorded,
    AsRecorded,
    Estimated,
    Pause,
    Recorded,
    Scenario,
    Shift,
    Workload,
    agents_seen,
    simulate,
)
from markaz.runtime.simulated.presence import turnovers
from markaz.runtime.simulated.recorded import RecordedCall

DAY = date(2026, 3, 2)


def served(kind: str, queued: float, waited: float, service: float, server: str) -> RecordedCall:
    return RecordedCall(
        type=kind, priority="", arrived=queued, self_service=0.0, waited=waited, outcome="AGENT", service=service,
        patience=None, server=server, served_from=queued + waited,
    )  # fmt: skip


def seen(
    calls: Sequence[RecordedCall], rules: AgentsAsRecorded
) -> list[tuple[str, tuple[str, ...], tuple[Shift, ...]]]:
    return [(one.server, one.types, one.shifts) for one in agents_seen(calls, first_day=DAY, rules=rules)]


def test_an_agent_is_there_from_the_first_call_to_the_last_and_away_in_long_gaps() -> None:
    calls = [
        served("PS", 28_800, 0, 60, "ann"), served("PS", 29_000, 0, 100, "ann"), served("PS", 36_000, 0, 60, "ann"),
        served("NW", 28_800, 0, 60, "bob"),
    ]  # fmt: skip
    found = seen(calls, AgentsAsRecorded(calls_min=1, pause_seconds_min=900.0))
    pause = Pause(since="8:05:00", until="10:00:00")
    assert found == [
        ("ann", ("PS",), (Shift(day=DAY, since="8:00:00", until="10:01:00", pauses=(pause,)),)),
        ("bob", ("NW",), (Shift(day=DAY, since="8:00:00", until="8:01:00"),)),
    ]
    assert [one[0] for one in seen(calls, AgentsAsRecorded(calls_min=2))] == ["ann"]


def test_who_lets_customers_wait_is_away() -> None:
    """Bob's customer waits for 200 s while Ann, who serves such calls, does nothing."""
    calls = [
        served("PS", 28_800, 0, 60, "ann"), served("PS", 28_900, 200, 60, "bob"), served("PS", 29_200, 0, 60, "ann"),
    ]  # fmt: skip
    away = (Pause(since="8:01:40", until="8:05:00"),)
    assert seen(calls, AgentsAsRecorded(calls_min=1, grace_seconds=20.0))[0][2][0].pauses == away
    assert seen(calls, AgentsAsRecorded(calls_min=1, grace_seconds=None))[0][2][0].pauses == ()


def test_wrap_up_is_the_gap_in_which_somebody_waited() -> None:
    calls = [served("PS", 0, 0, 60, "ann"), served("NW", 30, 37, 60, "ann"), served("PS", 300, 0, 60, "ann")]
    assert turnovers(calls, seconds_max=60.0) == {"PS": [7.0]}


def test_two_recorded_days_are_run_with_the_agents_they_show(tmp_path: Path) -> None:
    result = simulate(
        Scenario(
            name="two days", replications=2, interval_minutes=1440.0,
            queues=(QueueRules(id="bank", project="bank"),),
            workload={"bank": Workload(talk=AsRecorded(), patience=AsRecorded(), wrap_up=Estimated())},
            recorded=Recorded(
                file=str(days_written(tmp_path)), day=DAY, last_day=date(2026, 3, 3), queues={"PS": "bank"},
                agents=AgentsAsRecorded(calls_min=1),
            ),
        )
    )  # fmt: skip
    assert [(one.arrived, one.answered, one.abandoned) for one in result.intervals] == [(3, 2, 1), (2, 2, 0)]
    assert [group.group for group in result.groups] == ["ann"]
    first = result.intervals[0].wait_mean_seconds
    assert first is not None
    assert first.value == pytest.approx((0 + 45 + 20) / 3, abs=0.1), "as recorded: 40 s behind Ann, 5 s of wrap-up"


def test_agents_come_from_one_place() -> None:
    recorded = Recorded(file="none", day=DAY, queues={"PS": "bank"}, agents=AgentsAsRecorded())
    ann = AgentGroup(id="ann", count=1, queues={"bank": 1})
    workload = {"bank": Workload(talk=AsRecorded())}
    with pytest.raises(ValueError, match=r"recorded\.agents too"):
        Scenario(
            name="both", queues=(QueueRules(id="bank", project="bank"),), agents=(ann,), workload=workload,
            recorded=recorded,
        )  # fmt: skip
