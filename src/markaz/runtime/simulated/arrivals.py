"""When contacts come, and what each brings with it: durations are drawn with the arrival, in its order, so that two
scenarios with the same seed give the same customers to different rules (common random numbers).
"""

from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from math import inf
from pathlib import Path

import msgspec
import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from markaz.kit.time import SECOND, Instant
from markaz.runtime.simulated.distributions import AsRecorded, draws
from markaz.runtime.simulated.errors import RecordedCallsUnreadable
from markaz.runtime.simulated.recorded import RecordedCall, read_recorded, seconds_of_day
from markaz.runtime.simulated.scenario import RateFrom, Recorded, Scenario, Workload

_GAPS_AT_ONCE = 1_024

_PURPOSES = ("arrivals", "talk", "patience", "wrap_up", "answer", "priority")
"""Each has its own stream of random numbers for each queue or group, so that a change of one leaves the others."""


class Arrival(msgspec.Struct, frozen=True):
    """A contact that comes `at` microseconds after the beginning; durations in microseconds, patience None: endless."""

    at: Instant
    queue: str
    talk: Instant
    patience: Instant | None
    wrap_up: Instant
    priority: int = 0


def stream(scenario: Scenario, replication: int, purpose: str, number: int) -> Generator:
    """The random numbers of one purpose and one queue or group (by its number in the scenario)."""
    key = (replication, _PURPOSES.index(purpose), number)
    return default_rng(SeedSequence(scenario.seed, spawn_key=key))


def recorded_calls(scenario: Scenario) -> list[RecordedCall]:
    """The recorded calls of the scenario's period whose type has a queue; none when it has no recording."""
    recorded = scenario.recorded
    if recorded is None:
        return []
    calls = read_recorded(
        Path(recorded.file),
        day=recorded.day,
        since_seconds=seconds_of_day(recorded.since),
        until_seconds=seconds_of_day(recorded.until),
        last_day=recorded.last_day,
    )
    wanted = [call for call in calls if call.type in recorded.queues]
    if not wanted:
        raise RecordedCallsUnreadable(Path(recorded.file), f"no such call on {recorded.day}")
    return sorted(wanted, key=lambda call: call.queued)


def arrivals(scenario: Scenario, replication: int, calls: Sequence[RecordedCall]) -> list[Iterator[Arrival]]:
    """The sources of one replication's contacts, each in order of time. They end with the scenario's time."""
    until = 60 * (scenario.warm_up_minutes + scenario.measured_minutes) * SECOND
    sources: list[Iterator[Arrival]] = []
    for number, (queue, workload) in enumerate(scenario.workload.items()):
        if workload.calls_per_minute is not None:
            steps = _steps(workload.calls_per_minute)
            random = stream(scenario, replication, "arrivals", number)
            instants = takewhile(lambda at: at < until, chain.from_iterable(poisson(steps, random)))
            moments = ((at, None, None, 0) for at in instants)
            sources.append(_with_durations(scenario, replication, number, queue, workload, moments, ()))
        elif scenario.recorded is not None:
            mine = [call for call in calls if scenario.recorded.queues[call.type] == queue]
            sources.append(_replayed(scenario, replication, number, queue, workload, mine, scenario.recorded))
    return sources


def _steps(rate: float | tuple[RateFrom, ...]) -> list[tuple[float, float]]:
    """(from second, calls per second), in order of time, from 0 on."""
    if not isinstance(rate, tuple):
        return [(0.0, rate / 60)]
    steps = sorted((60 * step.minute, step.calls_per_minute / 60) for step in rate)
    return steps if steps and steps[0][0] == 0 else [(0.0, 0.0), *steps]


def poisson(steps: Sequence[tuple[float, float]], random: Generator) -> Iterator[list[Instant]]:
    """A Poisson process of piecewise constant rate, in microseconds, by inversion of the cumulated rate."""
    since = np.array([step[0] for step in steps])
    rates = np.array([step[1] for step in steps])
    expected = np.concatenate(([0.0], np.cumsum(rates[:-1] * np.diff(since))))
    total = expected[-1] if rates[-1] == 0 else inf
    count = 0.0
    while count < total:
        counts = count + np.cumsum(random.exponential(1.0, _GAPS_AT_ONCE))
        count = float(counts[-1])
        counts = counts[counts < total]
        step = np.searchsorted(expected, counts, side="right") - 1
        yield np.rint((since[step] + (counts - expected[step]) / rates[step]) * SECOND).astype(np.int64).tolist()


Moment = tuple[Instant, Instant | None, Instant | None, int]
"""When a contact comes, its talk and patience where they are recorded, and its priority."""


def _replayed(
    scenario: Scenario, replication: int, number: int, queue: str, workload: Workload,
    calls: Sequence[RecordedCall], recorded: Recorded,
) -> Iterator[Arrival]:  # fmt: skip
    begin = seconds_of_day(recorded.since)
    priorities = _priorities(recorded, calls, stream(scenario, replication, "priority", number))
    moments = (
        (round((call.queued - begin) * SECOND), _microseconds(call.service), _microseconds(call.patience), priority)
        for call, priority in zip(calls, priorities, strict=True)
    )
    services = tuple(call.service for call in calls if call.service is not None)
    return _with_durations(scenario, replication, number, queue, workload, moments, services)


def _priorities(recorded: Recorded, calls: Sequence[RecordedCall], random: Generator) -> list[int]:
    """The floor's priority of each call; unknown ones as often as among those of the queue that are known."""
    told = [recorded.priorities.get(call.priority, 0) for call in calls]
    known = [priority for priority, call in zip(told, calls, strict=True) if call.waited > 0]
    if not recorded.priority_unknown_unless_waited or not known:
        return told
    drawn = random.choice(np.asarray(known), len(told)).tolist()
    return [one if call.waited > 0 else other for one, other, call in zip(told, drawn, calls, strict=True)]


def _microseconds(seconds: float | None) -> Instant | None:
    return None if seconds is None else round(seconds * SECOND)


def _with_durations(
    scenario: Scenario, replication: int, number: int, queue: str, workload: Workload,
    moments: Iterator[Moment], services: tuple[float, ...],
) -> Iterator[Arrival]:  # fmt: skip
    talk = draws(workload.talk, stream(scenario, replication, "talk", number), services)
    wrap_up = draws(workload.wrap_up, stream(scenario, replication, "wrap_up", number))
    law = workload.patience
    drawn = None if law is None else draws(law, stream(scenario, replication, "patience", number))
    talk_is_recorded = isinstance(workload.talk, AsRecorded)
    patience_is_recorded = isinstance(law, AsRecorded)
    for at, recorded_talk, recorded_patience, priority in moments:
        lasts = next(talk)
        patience = next(drawn) if drawn is not None else None
        yield Arrival(
            at,
            queue,
            recorded_talk if talk_is_recorded and recorded_talk is not None else lasts,
            recorded_patience if patience_is_recorded else patience,
            next(wrap_up),
            priority,
        )
