"""An event loop whose time is a number: it never waits, it moves on to the next thing that is due.

What a floor process would give to a thread (writes to its disk) is done at once and answered a moment later, so that
one seed has one order of events.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

DISK_SECONDS = 0.0005
"""How long a write and its sync take."""


class NothingIsDue(RuntimeError):
    """Everybody waits for somebody else: the world has stopped."""


class _Selector:
    """Instead of waiting for sockets the loop's time is moved on."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, seconds: float | None) -> list[Any]:
        if seconds is None:
            raise NothingIsDue
        self._loop.now += max(0.0, seconds)
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """`now` is in seconds since the world began."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._selector = _Selector(self)

    def time(self) -> float:
        return self.now

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        answer = self.create_future()
        try:
            settle, outcome = answer.set_result, func(*args)
        except Exception as error:
            settle, outcome = answer.set_exception, error
        self.call_later(DISK_SECONDS, _unless_done, answer, settle, outcome)
        return answer

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no sockets."""

    def _write_to_self(self) -> None:
        """There is no other thread."""


def _unless_done(answer: asyncio.Future[Any], settle: Callable[[Any], None], outcome: Any) -> None:
    if not answer.done():
        settle(outcome)
