"""The receiver at an address of its own, and a connection of the database's owner."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from markaz.runtime import connect
from tests.webhooks.receiving import Connection, Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    receiver.over.set()
    await runner.cleanup()


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    async with await connect(database) as connection:
        yield connection
