"""The read models as the journal alone gives them, beside those that are kept: for who wants to compare."""

from typing import Final

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from markaz.runtime.journal import read_page
from markaz.runtime.projection import ReadModels
from markaz.runtime.projector import ROWS_MAX, TABLES, store

_SHADOW: Final = "CREATE TEMPORARY TABLE {table} (LIKE {table} INCLUDING ALL) ON COMMIT DROP"
"""`LIKE` finds the kept table: the temporary one is not there yet."""


async def refold(connection: AsyncConnection[TupleRow], floor: str) -> int:
    """Fold the whole journal of `floor` anew into temporary tables; how many rows that were.

    Until the caller's transaction ends its statements see those instead of the kept tables, which have the same names.
    """
    for table in TABLES:
        await connection.execute(sql.SQL(_SHADOW).format(table=sql.Identifier(table)))
    models, number, total = ReadModels(), 0, 0
    while rows := await read_page(connection, floor, after=number, rows_max=ROWS_MAX):
        for row in rows:
            models.apply(row)
        await store(connection, floor, models.take_changes())
        number, total = rows[-1].number, total + len(rows)
    return total
