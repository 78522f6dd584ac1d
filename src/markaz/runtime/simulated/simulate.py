"""The simulated driver: replications of a scenario, one after another, each a new floor and a new world."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

import msgspec

from markaz.runtime.simulated.arrivals import arrivals, recorded_calls
from markaz.runtime.simulated.result import Result, fold
from markaz.runtime.simulated.scenario import BATCHES, Scenario, load_scenario
from markaz.runtime.simulated.tally import Batch
from markaz.runtime.simulated.world import World

Progress = Callable[[float], None]
"""Told the share done, 0 to 1, about a hundred times per replication."""


def simulate(scenario: Scenario, *, progress: Progress | None = None) -> Result:
    """Run the real floor on `scenario`; the same scenario gives the same figures on every machine.

    Intervals come from the replications, or, when there is only one, from its `BATCHES` equal parts in time.
    """
    calls_recorded = recorded_calls(scenario)
    batches: list[Batch] = []
    calls = 0
    began = process_time()
    for replication in range(scenario.replications):
        sources = arrivals(scenario, replication, calls_recorded)
        world = World(scenario, replication, sources, batches=BATCHES if scenario.replications == 1 else 1)
        world.run(None if progress is None else _part_of(progress, replication, scenario.replications))
        batches += world.batches
        calls += world.calls
    return fold(scenario, batches, calls=calls, processor_seconds=process_time() - began)


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
