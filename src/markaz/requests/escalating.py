"""Escalates by itself what was not answered in time. Idempotent: what is escalated is not escalated again."""

import asyncio
from typing import Any

import psycopg

from markaz.requests.machine import escalated_by_time
from markaz.requests.store import lock_overdue, now_of, save
from markaz.runtime import connect

ESCALATED_MAX = 100
"""Requests escalated in one transaction."""
POLL_SECONDS = 1.0


class Escalator:
    """All centres' of a database; two at once are harmless, since each skips what the other holds."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def run(self) -> None:
        """Until cancelled; raises psycopg errors when the database goes away."""
        async with await connect(self._url) as connection:
            while True:
                if await escalate_overdue(connection) < ESCALATED_MAX:
                    await asyncio.sleep(POLL_SECONDS)


async def escalate_overdue(connection: psycopg.AsyncConnection[Any]) -> int:
    """Escalate what is overdue by the database's clock; how many requests that were."""
    async with connection.transaction():
        now = await now_of(connection)
        overdue = await lock_overdue(connection, ESCALATED_MAX)
        for request in overdue:
            escalated = escalated_by_time(request, now)
            assert escalated is not None, "it was locked because its time has passed"
            await save(connection, escalated, act="escalate", by=None)
        return len(overdue)
