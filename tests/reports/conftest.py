"""A connection to a migrated database of the test's own."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest


@pytest.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(database, options="-c timezone=UTC") as connection:
        yield connection
        await connection.rollback()
