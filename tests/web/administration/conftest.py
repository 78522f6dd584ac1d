"""A centre to be edited over HTTP, and somebody who may."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import psycopg
import pytest_asyncio

from markaz import organisation
from markaz.bootstrap import ensure_web_role, web_database_url
from markaz.bootstrap.settings import Settings
from markaz.identity import ensure_key, new_key
from markaz.routing import QueueConfigured
from markaz.runtime.database import connect
from markaz.runtime.inbox import StimulusSent
from markaz.web import create_app
from tests.web.administration.asking import BANK
from tests.web.conftest import client_of, web_settings

TRUNK = msgspec.structs.replace(BANK.trunks[0], username="us", password="their secret")


@pytest_asyncio.fixture
async def owner(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """The bank, whose floor was told of it already."""
    async with await connect(database) as connection:
        await organisation.apply(connection, msgspec.structs.replace(BANK, trunks=(TRUNK,)), floor="main")
        told = msgspec.json.encode(StimulusSent(QueueConfigured(BANK.queues[0].rules()))).decode()
        await connection.execute("INSERT INTO inbox (floor, message) VALUES ('main', %s)", (told,))
        yield connection


@pytest_asyncio.fixture
async def editor(database: str, owner: psycopg.AsyncConnection[Any], tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    """Ada, who may edit, and whose key may also be used at desks."""
    settings = Settings(home=tmp_path, floor="main")
    ensure_web_role(settings, database)
    key = new_key()
    await ensure_key(owner, key, centre="demo", name="Ada", scopes=["organisation.edit", "desk.act"])
    app = create_app(web_settings(web_database_url(settings, database)))
    async with app.router.lifespan_context(app), client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client
