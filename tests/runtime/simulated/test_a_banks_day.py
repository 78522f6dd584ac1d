"""A real bank's day on the simulated floor, beside what was recorded (docs/benchmarks.md has the whole month)."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from markaz.routing import QueueRules
from markaz.runtime.simulated import (
    AgentsAsRecorded,
    AsRecorded,
    Estimated,
    Exponential,
    QueueResult,
    Recorded,
    Scenario,
    Workload,
    read_recorded,
    simulate,
)

DAY = date(1999, 1, 14)
QUEUES = {"PS": "regular", "NW": "new", "NE": "stock", "TT": "callback", "IN": "internet", "PE": "pe"}


def total(scenario: Scenario) -> tuple[QueueResult, float, float]:
    found = simulate(scenario).total
    assert found.wait_mean_seconds is not None
    assert found.abandonment is not None
    return found, found.wait_mean_seconds.value, found.abandonment.value


def test_the_simulated_day_is_near_the_recorded_one_and_simpler_models_are_not(shared_data: Path) -> None:
    file = shared_data / "anonymous_bank" / "calls_1999_01.csv.gz"
    if not file.exists():
        pytest.skip(f"the bank's calls are not in {file}")
    calls = read_recorded(file, day=DAY, since_seconds=0, until_seconds=86_400)
    calls = [call for call in calls if call.type in QUEUES]
    wait = sum(call.waited for call in calls) / len(calls)
    abandonment = sum(call.patience is not None for call in calls) / len(calls)
    scenario = Scenario(
        name="A bank's day", replications=2,
        queues=tuple(
            QueueRules(
                id=queue, project="bank", wrap_up_seconds_max=600, waiting_max=10_000, priority_head_start_seconds=90
            )
            for queue in QUEUES.values()
        ),
        workload={
            queue: Workload(talk=AsRecorded(), patience=Estimated(), wrap_up=Estimated()) for queue in QUEUES.values()
        },
        recorded=Recorded(
            file=str(file), day=DAY, queues=QUEUES, priorities={"2": 1}, priority_unknown_unless_waited=True,
            agents=AgentsAsRecorded(calls_min=1),
        ),
    )  # fmt: skip
    found, simulated_wait, simulated_abandonment = total(scenario)
    assert found.arrived == 2 * len(calls)
    assert found.unfinished == 0
    assert simulated_wait == pytest.approx(wait, rel=0.25)
    assert simulated_abandonment == pytest.approx(abandonment, abs=0.04)

    always = AgentsAsRecorded(calls_min=1, pause_seconds_min=1e6, grace_seconds=None)
    assert scenario.recorded is not None
    without_pauses = msgspec.structs.replace(
        scenario, recorded=msgspec.structs.replace(scenario.recorded, agents=always)
    )
    assert total(without_pauses)[1] < 0.75 * wait, "agents who never pause are too many"
    gave_up = [call.waited for call in calls if call.patience is not None]
    impatient = {
        queue: msgspec.structs.replace(workload, patience=Exponential(sum(gave_up) / len(gave_up)))
        for queue, workload in scenario.workload.items()
    }
    naive = total(msgspec.structs.replace(scenario, workload=impatient))
    assert naive[1] < 0.75 * wait, "without censoring customers are too impatient"
