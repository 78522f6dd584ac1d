"""Values of the live state that are no floor's: they are read from tables, anew whenever something is told of them.

Read whole each time, so that what a page was shown, plus what changed, is what it would be shown afresh.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from markaz.runtime import connect
from markaz.web.live import AnyValue, RequestsValue

CHANNELS = ("markaz_requests",)
AGAIN_SECONDS = 5.0
"""Read again after so long when nothing was told: a notice may be lost with a connection, and days end."""

_REQUESTS = """
SELECT client, sum(version)::bigint AS changes, count(*) FILTER (WHERE ended_at IS NULL) AS open,
    count(*) FILTER (WHERE state = 'escalated') AS escalated,
    count(*) FILTER (WHERE state <> 'answered' AND ended_at IS NULL AND asked_by = 'client'
        OR state = 'answered' AND asked_by = 'centre') AS of_centre,
    count(*) FILTER (WHERE state <> 'answered' AND ended_at IS NULL AND asked_by = 'centre'
        OR state = 'answered' AND asked_by = 'client') AS of_client
FROM request GROUP BY client
"""

Enter = Callable[[psycopg.AsyncConnection[Any]], Awaitable[None]]


def standing_values(url: str, enter: Enter) -> Callable[[], AsyncGenerator[dict[str, AnyValue]]]:
    """All of them by key, as they are and whenever they may have changed, for ever; raises `DATABASE_AWAY`'s errors.

    Each reading is a transaction that `enter` begins.
    """

    async def values() -> AsyncGenerator[dict[str, AnyValue]]:
        # Two connections: a notice that comes with the answer to a statement is not heard before the next notice.
        async with await connect(url) as listening, await connect(url) as reading:
            for channel in CHANNELS:
                await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            while True:
                async with reading.transaction(force_rollback=True):
                    await enter(reading)
                    now = await read(reading)
                yield now
                async for _ in listening.notifies(timeout=AGAIN_SECONDS, stop_after=1):
                    pass

    return values


async def read(connection: psycopg.AsyncConnection[Any]) -> dict[str, AnyValue]:
    """The values as whoever has entered sees them."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_REQUESTS)
        return {f"requests/{row['client']}": RequestsValue(**row) for row in await cursor.fetchall()}
