"""The web application on a real database with a small organisation, and a client that holds its token."""

from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest

from markaz.web import create_app

FLOOR = "main"
TOKEN = "the installation's token"


@pytest.fixture
def organisation(database: str) -> Iterator[psycopg.Connection]:
    """A connection to a database with agents `amal` and `boris` (retired) and the project `hotline`."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO centre (id, name) VALUES ('c', 'A centre');
            INSERT INTO client (centre, id, name, rules) VALUES ('c', 'bank', 'A bank', '{}');
            INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'hotline', 'Hotline', 'bank', '{}');
            INSERT INTO agent (centre, id, name, rules, retired_at)
            VALUES ('c', 'amal', 'Amal', '{}', NULL), ('c', 'boris', 'Boris', '{}', now());
        """)
        yield connection


@pytest.fixture
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(database, floor_name=FLOOR, token=TOKEN, sip_address=lambda: ("127.0.0.1", 5070))
    async with app.router.lifespan_context(app), client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        yield client


def client_of(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url="http://markaz")
