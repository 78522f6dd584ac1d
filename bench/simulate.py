"""Simulated calls per second of the whole floor (it decides and explains each call) beside SimPy and Ciw.

The same queue for all three: Poisson arrivals, exponential talk and patience (Erlang A; the hotline's customers are
patient: Erlang C), for which the share that abandons is known exactly. Runs take turns, and the middle one of each
system counts. SimPy's and Ciw's models do nothing but the queue. `QUICK=1` runs few calls, to see that it runs.
"""

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from collections.abc import Generator as Process
from importlib.metadata import version
from statistics import median
from time import process_time

import ciw
import ciw.dists
import numpy as np
import simpy
from numpy.random import Generator, default_rng
from tests.runtime.simulated.queues import exact, one_queue

from markaz.routing import matching
from markaz.runtime.simulated import simulate

IS_QUICK = os.environ.get("QUICK") == "1"
CALLS = 2_000 if IS_QUICK else 60_000
CALLS_CIW_1000 = 2_000 if IS_QUICK else 20_000
"""Ciw's time for a call grows with the number of agents."""
WARM_UP_MINUTES = 8
"""The mean talk is one minute, so that after these the start from an empty floor is forgotten."""
RUNS = 1 if IS_QUICK else 3
DRAWN_AT_ONCE = 4_096

MODELS: tuple[dict[str, float], ...] = (
    {"agents": 14, "arrivals": 10, "abandonment": 0.0},
    {"agents": 50, "arrivals": 48, "abandonment": 0.5},
    {"agents": 100, "arrivals": 100, "abandonment": 1.0},
    {"agents": 1_000, "arrivals": 1_000, "abandonment": 1.0},
)
"""Per minute; talk is one minute on average."""

Measured = tuple[int, float, float]
"""Calls simulated, seconds of the processor, share of the arrivals after the warm-up that abandoned."""


def markaz(model: dict[str, float], minutes: float, seed: int) -> Measured:
    scenario = one_queue(
        arrivals=model["arrivals"], service=1, agents=int(model["agents"]), abandonment=model["abandonment"],
        minutes=minutes, warm_up=WARM_UP_MINUTES, seed=seed, replications=1,
    )  # fmt: skip
    result = simulate(scenario)
    return result.calls, result.processor_seconds, result.total.abandoned / result.total.arrived


def drawn(random: Generator, mean: float) -> Iterator[float]:
    """Exponential minutes without end, drawn many at once, as Markaz draws them too."""
    while True:
        yield from random.exponential(mean, DRAWN_AT_ONCE).tolist()


def with_simpy(model: dict[str, float], minutes: float, seed: int) -> Measured:
    began = process_time()
    end, counted, abandoned, calls = WARM_UP_MINUTES + minutes, 0, 0, 0
    random = default_rng(seed)
    gaps, talks = drawn(random, 1 / model["arrivals"]), drawn(random, 1.0)
    patiences = drawn(random, 1 / model["abandonment"]) if model["abandonment"] else None
    env = simpy.Environment()
    agents = simpy.Resource(env, int(model["agents"]))

    def customer() -> Process[simpy.Event, object, None]:
        nonlocal counted, abandoned
        counts = env.now >= WARM_UP_MINUTES
        counted += counts
        with agents.request() as request:
            if not request.triggered:
                yield request if patiences is None else request | env.timeout(next(patiences))
            if request.triggered:
                yield env.timeout(next(talks))
            else:
                abandoned += counts

    def customers() -> Process[simpy.Event, object, None]:
        nonlocal calls
        while True:
            yield env.timeout(next(gaps))
            if env.now >= end:
                return
            calls += 1
            env.process(customer())

    env.process(customers())
    env.run()
    return calls, process_time() - began, abandoned / counted


def with_ciw(model: dict[str, float], minutes: float, seed: int) -> Measured:
    began = process_time()
    abandonment = model["abandonment"]
    patience = [ciw.dists.Exponential(abandonment)] if abandonment else None
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(model["arrivals"])],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[int(model["agents"])],
        reneging_time_distributions=patience,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(WARM_UP_MINUTES + minutes)
    records = simulation.get_all_records()
    counted = [record for record in records if record.arrival_date >= WARM_UP_MINUTES]
    abandoned = sum(record.record_type == "renege" for record in counted)
    return len(records), process_time() - began, abandoned / len(counted)


SYSTEMS: dict[str, Callable[[dict[str, float], float, int], Measured]] = {
    "markaz": markaz,
    "simpy": with_simpy,
    "ciw": with_ciw,
}


def measure(model: dict[str, float]) -> list[dict[str, str | float]]:
    """A row for each system; the systems take turns, so that a busy machine is busy for all of them."""
    runs: dict[str, list[Measured]] = {system: [] for system in SYSTEMS}
    for seed in range(1, RUNS + 1):
        for system, simulated in SYSTEMS.items():
            calls = CALLS_CIW_1000 if system == "ciw" and model["agents"] >= 1_000 else CALLS
            runs[system].append(simulated(model, calls / model["arrivals"], seed))
    true = exact(
        arrivals=model["arrivals"], service=1, agents=int(model["agents"]), abandonment=model["abandonment"]
    ).abandonment
    return [
        {
            "system": system,
            "agents": int(model["agents"]),
            "calls_per_second": round(median(calls / seconds for calls, seconds, _ in measured)),
            "abandoned": float(np.mean([abandoned for _, _, abandoned in measured])),
            "abandoned_exact": true,
        }
        for system, measured in runs.items()
    ]


def main() -> None:
    floor = "compiled" if (matching.__file__ or "").endswith((".so", ".pyd")) else "plain Python"
    versions = {"simpy": version("simpy"), "ciw": version("ciw"), "python": platform.python_version(), "floor": floor}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    rows: list[dict[str, str | float]] = []
    for model in MODELS:
        for row in measure(model):
            rows.append(row)
            print(
                "{agents:>6} agents {system:>7} {calls_per_second:>9,} calls/s, abandoned {abandoned:.4f} "
                "(exact {abandoned_exact:.4f})".format(**row)
            )
            sys.stdout.flush()
    if path := os.environ.get("OUT"):
        with open(path, "w") as file:
            json.dump({"rows": rows, "versions": versions}, file, indent=2)


if __name__ == "__main__":
    main()
