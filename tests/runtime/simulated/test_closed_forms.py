"""The simulated floor against the exact figures of queueing theory, within the simulation's own intervals."""

from functools import cache
from typing import Any

import pytest
from tests.runtime.simulated.queues import Exact, exact, one_queue

from markaz.runtime.simulated import Estimate, Result, simulate

HOTLINE: dict[str, Any] = {"arrivals": 100 / 30, "service": 1 / 3, "agents": 14}
IMPATIENT: dict[str, Any] = {"arrivals": 48, "service": 1, "agents": 50, "abandonment": 0.5}


def figures(result: Result, of: Exact) -> dict[str, tuple[Estimate, float]]:
    """Each figure that has an exact value, estimated and exact."""
    (queue,) = result.queues
    pairs: dict[str, tuple[Estimate | None, float | None]] = {
        "waiting": (queue.waiting_probability, of.waiting),
        "abandonment": (queue.abandonment, of.abandonment),
        "wait": (queue.wait_mean_seconds, of.wait_seconds),
        "queue length": (queue.queue_length_mean, of.queue_length),
        "occupancy": (queue.occupancy, of.occupancy),
        "service level": (queue.service_level, of.service_level),
    }
    return {name: (found, true) for name, (found, true) in pairs.items() if found is not None and true is not None}


def misses(result: Result, of: Exact) -> list[str]:
    return [name for name, (estimate, true) in figures(result, of).items() if not estimate.covers(true)]


def test_the_formulas_give_the_published_figures() -> None:
    hotline = exact(**HOTLINE)
    assert hotline.waiting == pytest.approx(0.1741319, abs=5e-8)
    assert hotline.service_level == pytest.approx(0.8883500, abs=5e-8)
    assert hotline.wait_seconds == pytest.approx(7.835937, abs=5e-7)
    assert hotline.occupancy == pytest.approx(0.7142857, abs=5e-8)
    assert exact(arrivals=45, service=1, agents=50).waiting == pytest.approx(0.36386447, abs=5e-9)
    impatient = exact(**IMPATIENT)
    assert impatient.abandonment == pytest.approx(0.030912, abs=5e-7)
    assert impatient.wait_seconds == pytest.approx(3.709, abs=5e-4)
    assert impatient.queue_length == pytest.approx(2.968, abs=5e-4)
    assert impatient.occupancy == pytest.approx(0.9303, abs=5e-5)
    assert impatient.waiting == pytest.approx(0.46777, abs=5e-6)
    for arrivals, abandonment, abandoned in ((100, 1, 0.039861), (100, 0.5, 0.033030), (110, 1, 0.099192)):
        of = exact(arrivals=arrivals, service=1, agents=100, abandonment=abandonment)
        assert of.abandonment == pytest.approx(abandoned, abs=5e-7)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_patient_customers_are_erlang_c(seed: int) -> None:
    result = simulate(one_queue(**HOTLINE, minutes=900, warm_up=60, seed=seed))
    assert misses(result, exact(**HOTLINE)) == [], result


@cache
def impatient(seed: int) -> Result:
    return simulate(one_queue(**IMPATIENT, minutes=75, warm_up=15, seed=seed))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_impatient_customers_are_erlang_a(seed: int) -> None:
    assert misses(impatient(seed), exact(**IMPATIENT)) == [], impatient(seed)


@pytest.mark.parametrize(
    ("arrivals", "agents", "abandonment", "minutes"),
    [
        (100, 100, 1, 15),
        (110, 100, 1, 8),  # more work than agents: only abandonment keeps it steady
        (1, 1, 2, 300),
        (4, 6, 0, 300),
        (4, 5, 0.25, 300),
    ],
)
def test_other_loads(arrivals: float, agents: int, abandonment: float, minutes: float) -> None:
    queue: dict[str, Any] = {"arrivals": arrivals, "service": 1, "agents": agents, "abandonment": abandonment}
    result = simulate(one_queue(**queue, minutes=minutes, warm_up=7, seed=1, replications=20))
    assert misses(result, exact(**queue)) == [], result


def test_a_wrong_parameter_is_seen() -> None:
    """The tests above can fail: agents, handle time or patience that differ a little are outside the intervals."""
    for wrong in ({"agents": 51}, {"service": 1.05}, {"arrivals": 46}, {"abandonment": 1}):
        truth = exact(**{**IMPATIENT, **wrong})
        for seed in (11, 12, 13):
            assert misses(impatient(seed), truth) != [], (wrong, seed)


def test_intervals_cover_as_often_as_they_say() -> None:
    """Of 40 runs with 90 % intervals 30 to 40 must cover the truth (binomial, 1 in 1,000 outside)."""
    queue: dict[str, Any] = {"arrivals": 3, "service": 1, "agents": 4, "abandonment": 1}
    truth = exact(**queue)
    runs = [simulate(one_queue(**queue, minutes=30, warm_up=5, seed=seed, confidence=0.9)) for seed in range(100, 140)]
    for name in ("waiting", "abandonment", "wait", "occupancy"):
        covered = sum(name not in misses(run, truth) for run in runs)
        assert 30 <= covered <= 40, (name, covered)
    assert sum("waiting" in misses(run, exact(**{**queue, "agents": 5})) for run in runs) > 30


def test_littles_law_holds_in_every_queue() -> None:
    """Mean queue length is the rate of arrivals times the mean wait; the two are counted apart."""
    result = impatient(11)
    (queue,) = result.queues
    assert queue.wait_mean_seconds is not None
    assert queue.queue_length_mean is not None
    rate = queue.arrived / (result.replications * result.measured_minutes * 60)
    assert rate * queue.wait_mean_seconds.value == pytest.approx(queue.queue_length_mean.value, rel=0.02)
