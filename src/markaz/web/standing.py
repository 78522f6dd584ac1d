"""Values of the live state that are no floor's: they are read from tables, anew whenever something is told of them.

Read whole each time, so that what a page was shown, plus what changed, is what it would be shown afresh.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from markaz.runtime import connect
from markaz.web.live import AnswerValue, AnyValue, FeedbackValue, RequestsValue

CHANNELS = ("markaz_requests", "markaz_feedback")
NEWEST_MAX = 10
"""Answers of a project that open pages are shown as they arrive; older ones are asked for."""
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

_FEEDBACK = """
SELECT project.id AS project, newest.answers, today.count, today.mean
FROM project
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(of ORDER BY of.at DESC, of.contact DESC, of.question DESC), '[]') AS answers FROM (
        SELECT contact, question, answer, queue, agent, at FROM feedback WHERE feedback.project = project.id
        ORDER BY at DESC, contact DESC, question DESC LIMIT %s
    ) AS of
) AS newest
CROSS JOIN LATERAL (
    SELECT count(*) AS count, avg(answer)::float8 AS mean FROM feedback
    WHERE feedback.project = project.id AND at >= (SELECT date_trunc('day', now(), zone) FROM centre)
) AS today
WHERE json_array_length(newest.answers) > 0
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
        values: dict[str, AnyValue] = {
            f"requests/{row['client']}": RequestsValue(**row) for row in await cursor.fetchall()
        }
        await cursor.execute(_FEEDBACK, (NEWEST_MAX,))
        for row in await cursor.fetchall():
            newest = msgspec.convert(row["answers"], tuple[AnswerValue, ...])
            value = FeedbackValue(row["project"], newest, row["count"], row["mean"])
            values[f"feedback/{row['project']}"] = value
        return values
