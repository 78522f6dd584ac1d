"""What a simulation found, folded from its batches."""

from collections.abc import Sequence
from functools import partial

import msgspec

from markaz.kit.time import SECOND
from markaz.runtime.simulated.estimate import Estimate, mean, ratio
from markaz.runtime.simulated.scenario import Scenario
from markaz.runtime.simulated.tally import Batch, QueueTally, all_queues, together


class QueueResult(msgspec.Struct, frozen=True, kw_only=True):
    """One queue's contacts (`queue` None: all), each counted for the queue it came to first, in all replications.

    `arrived` = `answered` + `abandoned` + `overflowed` + `voicemail` + `callback` + `refused` + `lost_to_fault` +
    `unfinished`; `overflowed` left for a number outside, `moved_to_queue` of all these went through another queue.
    Waits are of all contacts, from queueing to conversation, hanging up or leaving the queue for good; percentiles
    are exact to 0.1 s. `service_level` is answered within `target_seconds` over arrived. `occupancy` is that of the
    agents who may serve the queue. An estimate is None when there was nothing to estimate from.
    """

    queue: str | None
    target_seconds: int | None
    arrived: int
    answered: int
    abandoned: int
    overflowed: int
    voicemail: int
    callback: int
    refused: int
    lost_to_fault: int
    unfinished: int
    moved_to_queue: int
    service_level: Estimate | None
    abandonment: Estimate | None
    waiting_probability: Estimate | None
    wait_mean_seconds: Estimate | None
    wait_p50_seconds: Estimate | None
    wait_p95_seconds: Estimate | None
    queue_length_mean: Estimate | None
    occupancy: Estimate | None


class GroupResult(msgspec.Struct, frozen=True, kw_only=True):
    """A group of agents (`group` None: all): the share of its time on duty spent talking or in wrap-up."""

    group: str | None
    agents: int
    occupancy: Estimate | None


class IntervalResult(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts of all queues that arrived from `minute` (of the run) on, until the next interval; means per run.

    `agents` is the mean number on duty or with a contact in hand; the percentile is over all runs together.
    """

    minute: float
    arrived: float
    answered: float
    abandoned: float
    agents: float
    service_level: Estimate | None
    abandonment: Estimate | None
    wait_mean_seconds: Estimate | None
    wait_p90_seconds: float | None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario's figures. `batches` is of what intervals are made: replications, or parts of the only one.

    `calls` were simulated in all, warm-up included, in `processor_seconds`.
    """

    scenario: str
    seed: int
    replications: int
    batches: int
    confidence: float
    measured_minutes: float
    queues: tuple[QueueResult, ...]
    total: QueueResult
    groups: tuple[GroupResult, ...]
    all_agents: GroupResult
    intervals: tuple[IntervalResult, ...]
    calls: int
    processor_seconds: float
    calls_per_second: float


def fold(
    scenario: Scenario, batches: Sequence[Batch], *, calls: int, processor_seconds: float,
    intervals: Sequence[Sequence[Batch]] = (),
) -> Result:  # fmt: skip
    """The result of batches of (about) equal length; `intervals` are the parts of each replication."""
    groups = {group.id: group for group in scenario.agents}
    queues = [
        _queue_result(
            queue.id, queue.target_seconds, [batch.queues[queue.id] for batch in batches], batches,
            [group.id for group in scenario.agents if queue.id in group.queues], scenario.confidence,
        )
        for queue in scenario.queues
    ]  # fmt: skip
    return Result(
        scenario=scenario.name,
        seed=scenario.seed,
        replications=scenario.replications,
        batches=len(batches),
        confidence=scenario.confidence,
        measured_minutes=scenario.measured_minutes,
        queues=tuple(queues),
        total=_queue_result(
            None, None, [all_queues(batch) for batch in batches], batches, list(groups), scenario.confidence
        ),
        groups=tuple(_group_result(group, [group], batches, scenario) for group in groups),
        all_agents=_group_result(None, list(groups), batches, scenario),
        intervals=tuple(
            _interval_result(scenario, number, parts) for number, parts in enumerate(zip(*intervals, strict=True))
        ),
        calls=calls,
        processor_seconds=processor_seconds,
        calls_per_second=calls / processor_seconds if processor_seconds else 0.0,
    )


def _interval_result(scenario: Scenario, number: int, parts: Sequence[Batch]) -> IntervalResult:
    """One interval, from its part of each replication."""
    assert scenario.interval_minutes is not None, "only such scenarios are cut into intervals"
    tallies = [all_queues(part) for part in parts]
    total = all_queues(together(parts))
    per_contact = partial(ratio, below=[tally.arrived for tally in tallies], confidence=scenario.confidence)
    return IntervalResult(
        minute=scenario.warm_up_minutes + number * scenario.interval_minutes,
        arrived=total.arrived / len(parts),
        answered=total.outcomes.get("answered", 0) / len(parts),
        abandoned=total.outcomes.get("abandoned", 0) / len(parts),
        agents=sum(sum(part.present_area.values()) for part in parts) / sum(part.time for part in parts),
        service_level=per_contact([tally.answered_in_time for tally in tallies]),
        abandonment=per_contact([tally.outcomes.get("abandoned", 0) for tally in tallies]),
        wait_mean_seconds=per_contact([tally.wait_sum / SECOND for tally in tallies]),
        wait_p90_seconds=total.wait_percentile(0.9),
    )


def _queue_result(
    queue: str | None, target_seconds: int | None, tallies: Sequence[QueueTally], batches: Sequence[Batch],
    groups: Sequence[str], confidence: float,
) -> QueueResult:  # fmt: skip
    total = QueueTally()
    for tally in tallies:
        total.add(tally)
    outcomes = total.outcomes
    per_contact = partial(ratio, below=[tally.arrived for tally in tallies], confidence=confidence)
    average = partial(mean, confidence=confidence)
    return QueueResult(
        queue=queue,
        target_seconds=target_seconds,
        arrived=total.arrived,
        answered=outcomes.get("answered", 0),
        abandoned=outcomes.get("abandoned", 0),
        overflowed=outcomes.get("overflowed", 0),
        voicemail=outcomes.get("voicemail", 0),
        callback=outcomes.get("callback", 0),
        refused=outcomes.get("refused", 0),
        lost_to_fault=outcomes.get("lost_to_fault", 0),
        unfinished=total.arrived - sum(outcomes.values()),
        moved_to_queue=total.moved,
        service_level=per_contact([tally.answered_in_time for tally in tallies]),
        abandonment=per_contact([tally.outcomes.get("abandoned", 0) for tally in tallies]),
        waiting_probability=per_contact([tally.arrived - tally.at_once for tally in tallies]),
        wait_mean_seconds=per_contact([tally.wait_sum / SECOND for tally in tallies]),
        wait_p50_seconds=average([tally.wait_percentile(0.5) for tally in tallies]),
        wait_p95_seconds=average([tally.wait_percentile(0.95) for tally in tallies]),
        queue_length_mean=average(
            [tally.waiting_area / batch.time for tally, batch in zip(tallies, batches, strict=True)]
        ),
        occupancy=_occupancy(groups, batches, confidence),
    )


def _group_result(name: str | None, groups: Sequence[str], batches: Sequence[Batch], scenario: Scenario) -> GroupResult:
    agents = sum(group.count for group in scenario.agents if group.id in groups)
    return GroupResult(group=name, agents=agents, occupancy=_occupancy(groups, batches, scenario.confidence))


def _occupancy(groups: Sequence[str], batches: Sequence[Batch], confidence: float) -> Estimate | None:
    busy = [sum(batch.busy_area[group] for group in groups) for batch in batches]
    present = [sum(batch.present_area[group] for group in groups) for batch in batches]
    return ratio(busy, present, confidence=confidence)
