"""The process' clock while the system's clock is set, forward and back."""

import time

import pytest

from markaz.kit.clock import WallClock
from markaz.kit.time import SECOND


class SystemClock:
    """The two clocks that the system has: one that people set, one that only runs on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall_ns = 1_800_000_000 * 10**9
        self.monotonic_ns = 5 * 10**9
        monkeypatch.setattr(time, "time_ns", lambda: self.wall_ns)
        monkeypatch.setattr(time, "monotonic_ns", lambda: self.monotonic_ns)

    def run(self, seconds: float) -> None:
        self.wall_ns += round(seconds * 1e9)
        self.monotonic_ns += round(seconds * 1e9)

    def jump(self, seconds: float) -> None:
        self.wall_ns += round(seconds * 1e9)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SystemClock:
    return SystemClock(monkeypatch)


@pytest.mark.parametrize("jump", [-86_400.0, -1.0, 3_600.0, 10 * 365 * 86_400.0])
def test_a_jump_of_the_systems_clock_does_not_reach_the_floor(system: SystemClock, jump: float) -> None:
    clock = WallClock()
    before = clock()
    system.run(1)
    system.jump(jump)
    system.run(1)
    assert clock() - before == 2 * SECOND
    assert clock.ahead_seconds() == pytest.approx(-jump)


def test_a_process_that_starts_while_the_clock_is_behind_goes_on_from_the_journal(system: SystemClock) -> None:
    last = WallClock()()
    system.jump(-3_600)
    clock = WallClock()
    clock.not_before(last)
    stamps = [clock()]
    for _ in range(3):
        system.run(0.5)
        stamps.append(clock())
    assert stamps == [last + step * SECOND // 2 for step in range(4)]
    assert clock.ahead_seconds() == pytest.approx(3_600)


def test_a_journal_in_the_past_holds_nobody_back(system: SystemClock) -> None:
    clock = WallClock()
    clock.not_before(clock() - 3_600 * SECOND)
    assert clock() == system.wall_ns // 1_000
    assert clock.ahead_seconds() == 0
