"""Rows of the database by the names of their columns."""

from typing import Any, LiteralString

from psycopg.rows import dict_row

from markaz.web.context import Connection


async def rows_of(connection: Connection, query: LiteralString, values: Any) -> list[dict[str, Any]]:
    """What a query with these values finds, as far as whoever has entered may see it."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()
