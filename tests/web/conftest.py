"""The web application on a real database with a small organisation, and a client that holds the installation's key."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz.bootstrap import ensure_web_role, installation_key, prepare_web_access, web_database_url
from markaz.bootstrap.settings import Settings
from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.runtime import Projector, connect
from markaz.runtime.rows import Row
from markaz.web import WebSettings, create_app
from tests.runtime.test_journal import day_rows

FLOOR = "main"
ENCRYPTION_KEY = base64.urlsafe_b64encode(bytes(32))


@pytest.fixture
def organisation(database: str) -> Iterator[psycopg.Connection]:
    """A connection to a database with agents `amal` and `boris` (retired) and the project `hotline`."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO centre (id, name) VALUES ('c', 'A centre');
            INSERT INTO floor (id, centre) VALUES ('main', 'c');
            INSERT INTO client (centre, id, name, rules)
            VALUES ('c', 'bank', 'A bank', '{"id": "bank", "name": "A bank"}');
            INSERT INTO project (centre, id, name, client, rules)
            VALUES ('c', 'hotline', 'Hotline', 'bank', '{"id": "hotline", "name": "Hotline", "client": "bank"}');
            INSERT INTO agent (centre, id, name, rules, retired_at)
            VALUES ('c', 'amal', 'Amal', '{"id": "amal", "name": "Amal"}', NULL),
                   ('c', 'boris', 'Boris', '{"id": "boris", "name": "Boris"}', now());
        """)
        yield connection


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation's settings, for its secrets."""
    return Settings(home=tmp_path_factory.mktemp("home"), floor=FLOOR)


@pytest.fixture
def web_database(database: str, settings: Settings) -> str:
    """The database as the web's role reaches it."""
    ensure_web_role(settings, database)
    return web_database_url(settings, database)


@pytest.fixture
async def key(database: str, settings: Settings, organisation: psycopg.Connection) -> dict[str, str]:
    """The header with which the installation's own key is shown."""
    await asyncio.to_thread(prepare_web_access, settings, database)
    return {"Authorization": f"Bearer {installation_key(settings)}"}


@pytest.fixture
async def application(web_database: str, key: dict[str, str], settings: Settings) -> AsyncIterator[FastAPI]:
    floor_key = installation_key(settings, "web-floor")
    app = create_app(web_settings(web_database, sip_address=lambda: ("127.0.0.1", 5070), floor_key=floor_key))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(application: FastAPI, key: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(application) as client:
        client.headers.update(key)
        yield client


def web_settings(database_url: str, **more: Any) -> WebSettings:
    given: dict[str, Any] = {
        "sip_address": lambda: None, "sip_socket": "ws://127.0.0.1:1/ws", "encryption_key": ENCRYPTION_KEY,
        "clock": _now,
    } | more  # fmt: skip
    return WebSettings(database_url=database_url, floor=FLOOR, **given)


def _now() -> datetime:
    return moment(WallClock()())


class Moving:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self._now = _now()

    def __call__(self) -> datetime:
        return self._now

    def pass_seconds(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def client_of(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url="http://markaz")


@pytest.fixture
async def day(database: str, organisation: psycopg.Connection) -> list[Row]:
    """The short day in journal and read models, with its two queues in the organisation."""
    _, rows = day_rows()
    with organisation.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO journal (floor, number, at, stimulus, outputs) VALUES (%s, %s, %s, %s, %s)",
            [(FLOOR, row.number, row.at, row.stimulus.decode(), row.outputs.decode()) for row in rows],
        )
    organisation.execute("""
        INSERT INTO queue (centre, id, name, project, rules)
        VALUES ('c', 'cards', 'Cards', 'hotline', '{}'), ('c', 'loans', 'Loans', 'hotline', '{}')
    """)
    async with await connect(database) as connection:
        await Projector(database, FLOOR).rebuild(connection)
    return rows
