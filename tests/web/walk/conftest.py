"""The web application on the world of `world.py`."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.walk import world


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        world.build(connection)
        yield connection


@pytest.fixture
async def app(web_database: str, owner: psycopg.Connection[Any]) -> AsyncIterator[FastAPI]:
    app = create_app(web_settings(web_database, sip_address=lambda: ("127.0.0.1", 5060)))
    async with app.router.lifespan_context(app):
        yield app
