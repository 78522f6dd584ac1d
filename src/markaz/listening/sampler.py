"""The worker's part of the samples: each step as soon as its time has come."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import psycopg

from markaz.kit.time import Instant, moment
from markaz.listening.days import commit_days, draw_days, seal_days
from markaz.runtime import connect

POLL_SECONDS: Final = 1.0
"""A client who has given its half looks at the page until the sample is there."""
HALF_BYTES: Final = 32


class Sampler:
    """One floor's; two at once are harmless, since each step of a day is done once."""

    def __init__(self, url: str, floor: str, clock: Callable[[], Instant]) -> None:
        self._url = url
        self._floor = floor
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled; raises psycopg errors when the database goes away."""
        async with await connect(self._url) as connection:
            while True:
                await self.go_on(connection, moment(self._clock()))
                await asyncio.sleep(POLL_SECONDS)

    async def go_on(self, connection: psycopg.AsyncConnection[Any], now: datetime) -> None:
        """Whatever is due."""
        await commit_days(connection, self._floor, now=now, half=lambda: secrets.token_hex(HALF_BYTES))
        await seal_days(connection, self._floor, now=now)
        await draw_days(connection, self._floor, now=now)
