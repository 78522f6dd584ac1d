"""From the journal, and from what is told beside it, to deliveries: each fact once for each subscription that wants it.

It goes no further than the read models, so that a contact's project and customer are known; its place moves in the
transaction that writes the deliveries.
"""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg.rows import TupleRow

from markaz.kit.time import moment
from markaz.runtime import connect, journal_rows
from markaz.webhooks.beside import recordings_ready, requests_moved
from markaz.webhooks.facts import Fact, facts_of

NAME = "webhooks"
ROWS_MAX = 500
"""Journal rows turned into deliveries in one transaction."""
POLL_SECONDS = 0.5

_PLACES = "SELECT name, number FROM projection WHERE floor = %s AND name IN ('webhooks', 'read_models')"
_MOVE = """
INSERT INTO projection (name, floor, number) VALUES ('webhooks', %s, %s)
ON CONFLICT (name, floor) DO UPDATE SET number = excluded.number
"""
_WEBHOOKS = "SELECT id, kinds, project, number, made_at FROM webhook WHERE floor = %s AND removed_at IS NULL"
_CONTACTS = """
SELECT contact, channel, project, number, customer FROM contact WHERE floor = %s AND contact = ANY (%s)
"""
_DELIVER = """
INSERT INTO webhook_delivery (floor, webhook, fact, kind, body, next_at) VALUES (%s, %s, %s, %s, %s, now())
ON CONFLICT (floor, webhook, fact) DO NOTHING
"""


class Subscription(msgspec.Struct, frozen=True):
    id: str
    kinds: list[str]
    project: str | None
    number: int
    made_at: datetime


class Feeder:
    """One floor's; two at once are harmless, since a fact has one delivery for a subscription."""

    def __init__(self, url: str, floor: str) -> None:
        self._url = url
        self._floor = floor

    async def run(self) -> None:
        """Until cancelled; raises psycopg errors when the database goes away."""
        async with await connect(self._url) as connection:
            while True:
                if await self.feed(connection) < ROWS_MAX:
                    await asyncio.sleep(POLL_SECONDS)

    async def feed(self, connection: psycopg.AsyncConnection[TupleRow]) -> int:
        """Turn what is new into deliveries; how many rows of the journal that were."""
        async with connection.transaction():
            cursor = await connection.execute(_PLACES, (self._floor,))
            places: dict[str, int] = dict(await cursor.fetchall())
            until = places.get("read_models", 0)
            cursor = await connection.execute(_WEBHOOKS, (self._floor,))
            subscriptions = [Subscription(*row) for row in await cursor.fetchall()]
            if not subscriptions:  # nobody is told of what happens meanwhile
                await connection.execute(_MOVE, (self._floor, until))
                return 0
            after = places.get(NAME, until)
            rows = [
                row
                for row in await journal_rows(connection, self._floor, after=after, rows_max=ROWS_MAX)
                if row.number <= until
            ]
            found = [
                (row.number, f"{row.number}.{n}", fact)
                for row in rows
                for n, fact in enumerate(facts_of(row.at, row.stimulus, row.outputs))
            ]
            await self._deliver(connection, subscriptions, found)
            await self._beside(connection, subscriptions)
            await connection.execute(_MOVE, (self._floor, rows[-1].number if rows else after))
            return len(rows)

    async def _deliver(
        self, connection: psycopg.AsyncConnection[TupleRow], to: list[Subscription], found: list[tuple[int, str, Fact]]
    ) -> None:
        contacts = await self._contacts(connection, {fact.contact for _, _, fact in found})
        deliveries: list[tuple[str, str, str, str, str]] = []
        for number, name, fact in found:
            contact = contacts.get(fact.contact)
            if contact is None:
                continue
            body = _body(self._floor, name, fact, contact)
            for one in to:
                if number > one.number and _wants(one, fact.kind, contact):
                    deliveries.append((self._floor, one.id, name, fact.kind, body))
        if deliveries:
            async with connection.cursor() as cursor:
                await cursor.executemany(_DELIVER, deliveries)

    async def _beside(self, connection: psycopg.AsyncConnection[TupleRow], to: list[Subscription]) -> None:
        """What the floor does not tell."""
        for one in to:
            asked = {"floor": self._floor, "webhook": one.id, "project": one.project, "made_at": one.made_at}
            if "recording.ready" in one.kinds:
                found = await recordings_ready(connection, asked)
                contacts = await self._contacts(connection, {fact.contact for _, fact in found})
                for name, fact in found:
                    body = _body(self._floor, name, fact, contacts[fact.contact])
                    await connection.execute(_DELIVER, (self._floor, one.id, name, fact.kind, body))
            for told in await requests_moved(connection, asked, one.kinds):
                body = msgspec.json.encode(told).decode()
                await connection.execute(_DELIVER, (self._floor, one.id, told["fact"], told["kind"], body))

    async def _contacts(
        self, connection: psycopg.AsyncConnection[TupleRow], names: set[str]
    ) -> dict[str, dict[str, Any]]:
        cursor = await connection.execute(_CONTACTS, (self._floor, list(names)))
        columns = ("contact", "channel", "project", "number", "customer")
        return {row[0]: dict(zip(columns, row, strict=True)) for row in await cursor.fetchall()}


def _wants(one: Subscription, kind: str, contact: dict[str, Any]) -> bool:
    return kind in one.kinds and one.project in (None, contact["project"])


def _body(floor: str, name: str, fact: Fact, contact: dict[str, Any]) -> str:
    told = {
        "fact": name,
        "kind": fact.kind,
        "at": moment(fact.at),
        "floor": floor,
        "contact": contact,
        "details": fact.details,
    }
    return msgspec.json.encode(told).decode()
