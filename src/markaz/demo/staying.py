"""After the report: the centre stays open for whoever wants to look, and customers call while somebody is there."""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from markaz.demo.harness import OutsideWorld, ScheduledCall
from markaz.runtime import LiveView

LOOK_SECONDS: Final = 1.0
BETWEEN_CALLS_SECONDS: Final = 8.0


async def stay(
    world: OutsideWorld,
    calls: Sequence[ScheduledCall],
    live: Callable[[], Awaitable[LiveView]],
    told: asyncio.Event,
) -> None:
    """Until `told`: whenever an agent is ready and nobody waits, the next of `calls` is placed anew."""
    customers = itertools.cycle(calls)
    calling: set[asyncio.Task[object]] = set()
    try:
        while not told.is_set():
            now = await live()
            if not now.contacts.get("waiting") and any(one.state == "ready" and not one.contacts for one in now.agents):
                calling.add(asyncio.create_task(world.play([replace(next(customers), at_seconds=0.0)])))
            seconds = BETWEEN_CALLS_SECONDS if calling else LOOK_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), seconds)
            calling = {call for call in calling if not call.done()}
    finally:
        for call in calling:
            call.cancel()
        await asyncio.gather(*calling, return_exceptions=True)
