"""Turns at slow work: a few at a time, some who wait and hold nothing meanwhile, the others refused at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from markaz.kit.errors import MarkazError


class Turns:
    """`at_once_max` work while `waiting_max` wait; who comes then gets the error that `crowded` makes."""

    def __init__(self, at_once_max: int, waiting_max: int, crowded: Callable[[], MarkazError]) -> None:
        self.here_max = at_once_max + waiting_max
        self._crowded = crowded
        self._here = 0
        self._at_work = asyncio.Semaphore(at_once_max)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One, until the block ends, however it ends."""
        if self._here >= self.here_max:
            raise self._crowded()
        self._here += 1
        try:
            async with self._at_work:
                yield
        finally:
            self._here -= 1
