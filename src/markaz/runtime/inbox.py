"""How other processes tell a floor something: a row in `inbox`, and a NOTIFY that wakes the floor.

A stimulus' row is deleted by the commit that journals it, so that each is handled exactly once, whoever crashes.
"""

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from markaz.runtime.core import Stimulus
from markaz.runtime.database import connect

logger = logging.getLogger(__name__)

INBOX_PAGE = 500
"""Messages fetched at a time."""


class StimulusSent(msgspec.Struct, frozen=True, tag="stimulus"):
    """Something for the floor to handle."""

    stimulus: Stimulus


class PhoneChanged(msgspec.Struct, frozen=True, tag="phone"):
    """The row of `phone` for this agent came, changed or went."""

    agent: str


class PhoneTested(msgspec.Struct, frozen=True, tag="phone_test"):
    """The agent wants to hear what the phone sends, before the first customer does."""

    agent: str


class OrganisationChanged(msgspec.Struct, frozen=True, tag="organisation"):
    """Trunks or prompts changed; queues, agents, flows and numbers come as stimuli."""


Message = StimulusSent | PhoneChanged | PhoneTested | OrganisationChanged

_SEND = "INSERT INTO inbox (floor, message) VALUES (%s, %s)"
_FETCH = """
SELECT id, message::text FROM inbox WHERE floor = %s AND id > %s AND problem IS NULL ORDER BY id LIMIT %s
"""
_REFUSE = "UPDATE inbox SET problem = %s WHERE id = %s"
_DELETE = "DELETE FROM inbox WHERE id = %s"


def channel(floor: str) -> str:
    """The NOTIFY channel of a floor's inbox."""
    return f"markaz_inbox_{floor}"


async def send(connection: psycopg.AsyncConnection[Any], floor: str, *messages: Message) -> None:
    """Put messages into a floor's inbox, in order, as part of the caller's transaction."""
    async with connection.cursor() as cursor:
        await cursor.executemany(_SEND, [(floor, msgspec.json.encode(message).decode()) for message in messages])
        await cursor.execute("SELECT pg_notify(%s, '')", (channel(floor),))


async def receive(
    url: str, floor: str, seen: set[int], *, every_seconds: float = 1.0
) -> AsyncIterator[tuple[int, Message]]:
    """Messages in order with their ids, for ever; raises psycopg errors when the connection is gone.

    Rows committed late by a slow sender may have a smaller id than ones read before, so each look goes over all that
    are there but those in `seen`: the caller adds an id once it has taken the message, and keeps the set between
    connections. A message that cannot be read stays in the table with its problem, and `/health` counts it.
    """
    async with await connect(url) as connection:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(floor))))
        while True:
            after = 0
            present: set[int] = set()
            while True:
                cursor = await connection.execute(_FETCH, (floor, after, INBOX_PAGE))
                page = await cursor.fetchall()
                for number, message in page:
                    present.add(number)
                    if number in seen:
                        continue
                    try:
                        decoded = msgspec.json.decode(message, type=Message)
                    except msgspec.MsgspecError as error:
                        logger.error("Message %s in the inbox cannot be read: %s", number, error)
                        await connection.execute(_REFUSE, (str(error), number))
                        continue
                    yield number, decoded
                if len(page) < INBOX_PAGE:
                    break
                after = page[-1][0]
            seen &= present
            async for _ in connection.notifies(timeout=every_seconds, stop_after=1):
                pass


async def done(url: str, message: int) -> None:
    """Delete a message that carried no stimulus, once it has been dealt with."""
    async with await connect(url) as connection:
        await connection.execute(_DELETE, (message,))
