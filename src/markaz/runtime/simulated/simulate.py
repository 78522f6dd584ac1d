"""The simulated driver: replications of a scenario, one after another, each a new floor and a new world."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from time import process_time

import msgspec

from markaz.runtime.simulated.arrivals import arrivals, recorded_calls
from markaz.runtime.simulated.prepare import prepared
from markaz.runtime.simulated.recorded import RecordedCall
from markaz.runtime.simulated.result import Result, fold
from markaz.runtime.simulated.scenario import BATCHES, Scenario, load_scenario
from markaz.runtime.simulated.tally import Batch, together
from markaz.runtime.simulated.world import World

Progress = Callable[[float], None]
"""Told the share done, 0 to 1, about a hundred times per replication."""


def simulate(scenario: Scenario, *, progress: Progress | None = None) -> Result:
    """Run the real floor on `scenario`; the same scenario gives the same figures on every machine.

    Intervals come from the replications, or, when there is only one, from its `BATCHES` equal parts in time.
    """
    began = process_time()
    scenario, runs, calls = run_parts(scenario, progress=progress)
    if len(runs) > 1:
        batches = [together(run) for run in runs]
    else:
        batches = [together(run) for run in _shared_out(runs[0], BATCHES)]
    return fold(
        scenario, batches, calls=calls, processor_seconds=process_time() - began,
        intervals=runs if scenario.interval_minutes is not None else (),
    )  # fmt: skip


def run_parts(
    scenario: Scenario, *, progress: Progress | None = None, calls_recorded: Sequence[RecordedCall] | None = None
) -> tuple[Scenario, list[list[Batch]], int]:
    """What was counted in each part of each replication, and how many calls came in all.

    Parts are the scenario's intervals; without these a replication is one part, or `BATCHES` when it is the only one.
    The scenario comes back with what was taken from its recorded calls: its file's, or `calls_recorded` in their
    place, in the order in which they sought an agent.
    """
    if calls_recorded is None:
        calls_recorded = recorded_calls(scenario)
    scenario = prepared(scenario, calls_recorded)
    parts = BATCHES if scenario.replications == 1 else 1
    if scenario.interval_minutes is not None:
        parts = round(scenario.measured_minutes / scenario.interval_minutes)
    runs: list[list[Batch]] = []
    calls = 0
    for replication in range(scenario.replications):
        world = World(scenario, replication, arrivals(scenario, replication, calls_recorded), batches=parts)
        world.run(None if progress is None else _part_of(progress, replication, scenario.replications))
        runs.append(world.batches)
        calls += world.calls
    return scenario, runs, calls


def _shared_out(parts: list[Batch], shares: int) -> list[list[Batch]]:
    """`parts` in order, in at most `shares` runs of about equal length."""
    count = min(shares, len(parts))
    bounds = [round(number * len(parts) / count) for number in range(count + 1)]
    return [parts[since:until] for since, until in pairwise(bounds)]


def run_scenario(
    path: Path, *, seed: int | None = None, replications: int | None = None, progress: Progress | None = None
) -> Result:
    """Simulate the scenario in a TOML file, with another seed or number of replications if given.

    Raises `ScenarioInvalid` or `RecordedCallsUnreadable`.
    """
    scenario = load_scenario(path)
    if seed is not None:
        scenario = msgspec.structs.replace(scenario, seed=seed)
    if replications is not None:
        scenario = msgspec.structs.replace(scenario, replications=replications)
    return simulate(scenario, progress=progress)


def _part_of(progress: Progress, part: int, parts: int) -> Progress:
    return lambda done: progress((part + done) / parts)
