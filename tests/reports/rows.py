"""Rows of the read models, written as a projector would, so that tests can say only what matters to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection, sql

FLOOR = "main"


def utc(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)


async def insert(connection: AsyncConnection[Any], table: str, **columns: Any) -> None:
    columns = {"floor": FLOOR, **columns}
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    await connection.execute(query, columns)


async def contact(connection: AsyncConnection[Any], name: str, *, project: str, arrived_at: datetime) -> None:
    await insert(
        connection, "contact", contact=name, channel="voice", project=project, customer=f"customer of {name}",
        state="closed", arrived_at=arrived_at,
    )  # fmt: skip


async def visit(
    connection: AsyncConnection[Any], name: str, n: int, *, queue: str, entered_at: datetime, wait: float,
    ended: str | None,
) -> None:  # fmt: skip
    """A stay in a queue; with `ended` None it goes on and has no wait yet."""
    await insert(
        connection, "queue_visit", contact=name, n=n, queue=queue, entered_at=entered_at,
        left_at=entered_at + timedelta(seconds=wait) if ended else None, ended=ended,
        wait_seconds=wait if ended else None,
    )  # fmt: skip


async def engagement(
    connection: AsyncConnection[Any], offer: str, *, agent: str, queue: str, offered_at: datetime,
    ring: float = 0, talk: float | None = None, hold: float = 0, wrap_up: float = 0, reason: str | None = None,
) -> None:  # fmt: skip
    """An agent's part: connected after `ring` seconds, or with `talk` None ended then, unconnected."""
    answered_at = offered_at + timedelta(seconds=ring)
    if talk is None:
        await insert(
            connection, "engagement", offer=offer, contact=offer.split(".")[0], agent=agent, queue=queue,
            offered_at=offered_at, ended_at=answered_at, state="ended", reason=reason,
        )  # fmt: skip
        return
    wrap_up_at = answered_at + timedelta(seconds=talk + hold)
    await insert(
        connection, "engagement", offer=offer, contact=offer.split(".")[0], agent=agent, queue=queue,
        offered_at=offered_at, accepted_at=answered_at, connected_at=answered_at, hold_seconds=hold,
        wrap_up_at=wrap_up_at, ended_at=wrap_up_at + timedelta(seconds=wrap_up), state="ended", reason=reason,
    )  # fmt: skip


async def activity(
    connection: AsyncConnection[Any], agent: str, n: int, *, presence: str, began_at: datetime,
    ended_at: datetime | None, reason: str | None = None,
) -> None:  # fmt: skip
    await insert(
        connection, "agent_activity", agent=agent, n=n, presence=presence, reason=reason, began_at=began_at,
        ended_at=ended_at,
    )  # fmt: skip
