"""A floor process that is loaded before it is needed: loading takes most of the time that a restart would take.

A spare has touched nothing yet (no lease, no database, no Asterisk): it reads a line from its standard input and only
then becomes the floor. It ends when that input does, so it never outlives whoever started it.
"""

import asyncio
import contextlib
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable

SPARE_AFTER_SECONDS = 3.0
"""A floor that has just begun has the processor for itself before the next spare is loaded."""


class Spare:
    """`start` starts a process that waits to be told; `take` gives one that has been."""

    def __init__(self, start: Callable[[], Awaitable[Process]]) -> None:
        self._start = start
        self._waiting: Process | None = None
        self._preparing: asyncio.Task[None] | None = None

    async def take(self) -> Process:
        """The loaded process, or a fresh one where there is none; another is loaded soon."""
        await self._stop_preparing()
        process, self._waiting = self._waiting, None
        if process is None or process.returncode is not None:
            process = await self._start()
        assert process.stdin is not None
        process.stdin.write(b"\n")
        with contextlib.suppress(ConnectionError):  # it has just ended: whoever waits for it sees that
            await process.stdin.drain()
        self._preparing = asyncio.create_task(self._prepare(), name="spare")
        return process

    async def end(self) -> None:
        """Let go of the one that waits. Safe to repeat."""
        await self._stop_preparing()
        process, self._waiting = self._waiting, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _prepare(self) -> None:
        await asyncio.sleep(SPARE_AFTER_SECONDS)
        self._waiting = await self._start()

    async def _stop_preparing(self) -> None:
        task, self._preparing = self._preparing, None
        if task is not None:
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
