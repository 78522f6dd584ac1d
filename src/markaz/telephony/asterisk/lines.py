"""One line of work per contact: what is asked for a contact is done in the order in which it was asked.

Different contacts don't wait for each other. A line exists only while it has work.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

WORK_PER_LINE_MAX: Final = 200

Work = TypeVar("Work")

log = logging.getLogger(__name__)


class Lines(Generic[Work]):
    """`do` is awaited for each piece of work; `overflowed` is told of a line that is full (the piece is dropped)."""

    def __init__(self, do: Callable[[Work], Awaitable[None]], overflowed: Callable[[str, Work], None]) -> None:
        self._do = do
        self._overflowed = overflowed
        self._lines: dict[str, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, line: str, work: Work) -> None:
        """Queue `work`; never waits."""
        queue = self._lines.get(line)
        if queue is None:
            self._lines[line] = deque((work,))
            task = asyncio.create_task(self._drain(line), name=f"line {line}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(queue) >= WORK_PER_LINE_MAX:
            self._overflowed(line, work)
        else:
            queue.append(work)

    async def stop(self) -> None:
        """Drop what is not done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drain(self, line: str) -> None:
        queue = self._lines[line]
        try:
            while queue:
                work = queue.popleft()
                try:
                    await self._do(work)
                except Exception:
                    log.exception("A piece of work for %s failed: %r", line, work)
        finally:
            del self._lines[line]
