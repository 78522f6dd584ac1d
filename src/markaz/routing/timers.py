"""Deadlines on the floor: one per (kind, subject), the earliest first, ties in the order in which they were set."""

from heapq import heapify, heappop, heappush
from typing import Literal

from markaz.kit.time import Instant

TimerKind = Literal[
    "relax", "overflow", "announce", "sticky",  # a waiting contact
    "offer", "connect", "wrap_up", "away",  # an engagement
    "alive", "retry",  # a contact: lease on its leg; the next attempt of a callback
    "party", "recording",  # a contact: a number outside that rings; a recording that is paused
    "pause",  # an agent
]  # fmt: skip
TimerKey = tuple[TimerKind, str]
TimerEntry = tuple[Instant, int, TimerKey]

_STALE_MIN = 64
"""Below this many entries the heap is not worth compacting."""


class Timers:
    """A heap in which replaced and cancelled entries stay until they surface or make up most of it."""

    __slots__ = ("_heap", "_live", "_set_count")

    def __init__(self) -> None:
        self._heap: list[TimerEntry] = []
        self._live: dict[TimerKey, TimerEntry] = {}
        self._set_count = 0

    def set(self, key: TimerKey, at: Instant) -> None:
        """Set or move the deadline of `key`."""
        self._set_count += 1
        entry = (at, self._set_count, key)
        heap, live = self._heap, self._live
        live[key] = entry
        heappush(heap, entry)
        if len(heap) > _STALE_MIN and len(heap) > 4 * len(live):
            self._heap = list(live.values())
            heapify(self._heap)

    def cancel(self, *keys: TimerKey) -> None:
        """Forget deadlines; an unknown one is no matter."""
        live = self._live
        for key in keys:
            live.pop(key, None)

    def next(self) -> Instant | None:
        """The earliest deadline."""
        heap, live = self._heap, self._live
        while heap:
            entry = heap[0]
            # Equal, not identical: compiled code takes tuples apart and puts them together anew.
            if live.get(entry[2]) == entry:
                return entry[0]
            heappop(heap)
        return None

    def may_be_due(self, at: Instant) -> bool:
        """Whether an entry, live or not, is not after `at`: the cheap question before `pop_due`."""
        heap = self._heap
        return bool(heap) and heap[0][0] <= at

    def pop_due(self, at: Instant) -> TimerKey | None:
        """Take the earliest deadline that is not after `at`."""
        due = self.next()
        if due is None or due > at:
            return None
        key = heappop(self._heap)[2]
        del self._live[key]
        return key

    def due(self, key: TimerKey) -> Instant | None:
        """The deadline of `key`, if it has one."""
        entry = self._live.get(key)
        return None if entry is None else entry[0]

    def __contains__(self, key: object) -> bool:
        return key in self._live

    def entries(self) -> tuple[int, list[TimerEntry]]:
        """What a snapshot keeps: the count of deadlines set so far and the live ones in order."""
        return self._set_count, sorted(self._live.values())

    @classmethod
    def restored(cls, set_count: int, entries: list[TimerEntry]) -> "Timers":
        timers = cls()
        timers._set_count = set_count
        timers._heap = entries
        timers._live = {entry[2]: entry for entry in entries}
        return timers
