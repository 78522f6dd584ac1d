"""What is counted while a scenario runs, in bounded memory: per queue and batch, and areas under counts over time."""

from collections.abc import Sequence

from markaz.kit.time import SECOND, Instant
from markaz.routing import Outcome

WAIT_STEP: Instant = SECOND // 10
"""The width of a class of waits; percentiles are exact to it."""


class QueueTally:
    """The contacts that arrived for one queue within one batch, wherever they ended. Times are microseconds."""

    __slots__ = (
        "answered_in_time", "arrived", "at_once", "moved", "outcomes", "wait_classes", "wait_sum", "waiting_area",
    )  # fmt: skip

    def __init__(self) -> None:
        self.arrived = 0
        self.at_once = 0
        """Those for whom an able agent was free on arrival."""
        self.answered_in_time = 0
        self.moved = 0
        """Those that overflowed to another queue at least once; their outcome is among `outcomes` all the same."""
        self.outcomes: dict[Outcome, int] = {}
        self.wait_sum: Instant = 0
        self.wait_classes: dict[int, int] = {}
        """Waits by `WAIT_STEP`, rounded up, so that class 0 is exactly no wait."""
        self.waiting_area: Instant = 0
        """Contacts waiting, integrated over the batch's time."""

    def waited(self, wait: Instant) -> None:
        """A contact's wait has ended."""
        self.wait_sum += wait
        step = -(-wait // WAIT_STEP)
        self.wait_classes[step] = self.wait_classes.get(step, 0) + 1

    def closed(self, outcome: Outcome) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def add(self, other: "QueueTally") -> None:
        """Count what `other` counted, too."""
        self.arrived += other.arrived
        self.at_once += other.at_once
        self.answered_in_time += other.answered_in_time
        self.moved += other.moved
        self.wait_sum += other.wait_sum
        self.waiting_area += other.waiting_area
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        for step, count in other.wait_classes.items():
            self.wait_classes[step] = self.wait_classes.get(step, 0) + count

    def wait_percentile(self, share: float) -> float | None:
        """Seconds within which `share` of the contacts stopped waiting; None when there were none."""
        left = share * sum(self.wait_classes.values())
        for step in sorted(self.wait_classes):
            count = self.wait_classes[step]
            if count >= left:
                into = left / count if step else 1.0
                return max(step - 1 + into, 0.0) * WAIT_STEP / SECOND
            left -= count
        return None


class Area:
    """A count that goes up and down, integrated over time."""

    __slots__ = ("_area", "_since", "count")

    def __init__(self, at: Instant) -> None:
        self.count = 0
        self._since = at
        self._area: Instant = 0

    def change(self, at: Instant, by: int) -> None:
        self._area += self.count * (at - self._since)
        self._since = at
        self.count += by

    def take(self, at: Instant) -> Instant:
        """The area since it was last taken."""
        self.change(at, 0)
        area, self._area = self._area, 0
        return area


class Batch:
    """What one replication, or one part of the only one, counted."""

    __slots__ = ("busy_area", "present_area", "queues", "time")

    def __init__(self, queues: list[str], groups: list[str]) -> None:
        self.queues = {queue: QueueTally() for queue in queues}
        self.busy_area: dict[str, Instant] = dict.fromkeys(groups, 0)
        """Agents of each group who handle a contact, integrated over the batch's time."""
        self.present_area: dict[str, Instant] = dict.fromkeys(groups, 0)
        """Agents of each group who are on duty, or still have a contact in hand, integrated over the batch's time."""
        self.time: Instant = 0

    def add(self, other: "Batch") -> None:
        """Count what `other`, another part of the run, counted, too."""
        for queue, tally in other.queues.items():
            self.queues[queue].add(tally)
        for group, area in other.busy_area.items():
            self.busy_area[group] += area
            self.present_area[group] += other.present_area[group]
        self.time += other.time


def together(batches: Sequence[Batch]) -> Batch:
    """One batch of several (at least one) of the same scenario."""
    total = Batch(list(batches[0].queues), list(batches[0].busy_area))
    for batch in batches:
        total.add(batch)
    return total


def all_queues(batch: Batch) -> QueueTally:
    total = QueueTally()
    for tally in batch.queues.values():
        total.add(tally)
    return total
