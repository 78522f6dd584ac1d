"""A server that other systems might be, and what a floor sends it."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import psycopg
from aiohttp import web
from psycopg.rows import TupleRow

from markaz.kit.time import SECOND
from markaz.webhooks import Deliverer, Feeder, networks_of

NOW = 1_764_072_000
LOCAL = networks_of(["127.0.0.0/8"])
Connection = psycopg.AsyncConnection[TupleRow]


@dataclass
class Receiver:
    """A server that keeps what it gets; `answers` are the statuses of its next answers, then 200; None: it hangs."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        if status is None:
            self.hanging.set()
            await self.over.wait()
        headers = {"Location": f"{self.url}/elsewhere"} if status in (301, 307) else {}
        return web.Response(status=status or 200, headers=headers, text="x" * 100_000)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["kind"] for _, body in self.got]


async def subscribe(connection: Connection, url: str, kinds: list[str], name: str = "w", **more: Any) -> None:
    await connection.execute(
        "INSERT INTO webhook (floor, id, url, kinds, project, secret, secret_before, secret_before_until, number) "
        "VALUES ('main', %s, %s, %s, %s, 'mwh_new', %s, now() + interval '1 hour', 0)",
        (name, url, kinds, more.get("project"), more.get("before")),
    )
    await connection.execute("INSERT INTO projection VALUES ('webhooks', 'main', 0) ON CONFLICT DO NOTHING")


async def feed(connection: Connection, database: str) -> None:
    feeder = Feeder(database, "main")
    while await feeder.feed(connection):
        pass


def deliverer(database: str) -> Deliverer:
    return Deliverer(database, "main", LOCAL, lambda: NOW * SECOND)


async def until_sent(connection: Connection, sender: Deliverer) -> None:
    """Everything that can be sent: what a failure held up is due a second later."""
    async with asyncio.timeout(60):
        while True:
            await sender.deliver(connection)
            query = "SELECT count(*) FROM webhook_delivery WHERE state = 'pending' AND attempts = 0"
            if (await (await connection.execute(query)).fetchone()) == (0,):
                return
            await asyncio.sleep(0.05)
