"""The wall clock of a process: anchored once, then driven by the monotonic clock, so that it never jumps."""

import time

from markaz.kit.time import Instant


class WallClock:
    """Microseconds since the epoch. A step of the system's clock is not seen until the process starts again."""

    def __init__(self) -> None:
        self._anchor_ns = time.time_ns() - time.monotonic_ns()

    def not_before(self, at: Instant) -> None:
        """Go on from `at` when the system's clock is behind it: what was journalled lies in the past."""
        self._anchor_ns = max(self._anchor_ns, at * 1_000 - time.monotonic_ns())

    def __call__(self) -> Instant:
        return (time.monotonic_ns() + self._anchor_ns) // 1_000

    def ahead_seconds(self) -> float:
        """How far this clock is ahead of the system's, which may have been stepped since; negative: behind it."""
        return (time.monotonic_ns() + self._anchor_ns - time.time_ns()) / 1e9
