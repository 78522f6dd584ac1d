"""Facts of a period, out of the read models into a folder of Parquet files, in bounded memory."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
from psycopg import AsyncConnection, sql

from markaz.reports.catalogue.facts import FEEDBACK, TABLES, FactTable
from markaz.runtime import refold

_ALL: Final = frozenset(table.name for table in TABLES)
_HAS_FEEDBACK: Final = "SELECT to_regclass('feedback') IS NOT NULL"


async def export_parquet(
    connection: AsyncConnection[Any],
    folder: Path,
    *,
    floor: str,
    since: datetime,
    until: datetime,
    tables: Collection[str] = _ALL,
) -> None:
    """Write `<table>.parquet` for each of the `tables` of facts into `folder`, which exists.

    All are of one moment when the caller's transaction is REPEATABLE READ.
    """
    found = await (await connection.execute(_HAS_FEEDBACK)).fetchone()
    for table in (one for one in TABLES if one.name in tables):
        is_there = table is not FEEDBACK or (found is not None and found[0])
        await _export(connection, folder, table, is_there, floor=floor, since=since, until=until)


async def export_from_journal(
    connection: AsyncConnection[Any],
    folder: Path,
    *,
    floor: str,
    since: datetime,
    until: datetime,
    tables: Collection[str] = _ALL,
) -> None:
    """The same, of what the journal alone says, whatever the read models hold."""
    async with connection.transaction():
        await refold(connection, floor)
        await export_parquet(connection, folder, floor=floor, since=since, until=until, tables=tables)


async def _export(
    connection: AsyncConnection[Any], folder: Path, table: FactTable, is_there: bool, **given: Any
) -> None:
    lines = folder / f"{table.name}.csv"
    with lines.open("wb") as file:
        if is_there:
            literals = {name: sql.Literal(value) for name, value in given.items()}
            copied = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(sql.SQL(table.select).format(**literals))
            async with connection.cursor() as cursor, cursor.copy(copied) as copy:
                async for block in copy:
                    file.write(block)
    await asyncio.to_thread(_to_parquet, table, lines, folder / f"{table.name}.parquet")
    lines.unlink()


def _to_parquet(table: FactTable, lines: Path, parquet: Path) -> None:
    with duckdb.connect() as engine:
        read = engine.read_csv(
            str(lines), header=False, columns=dict(table.columns), allow_quoted_nulls=False, quotechar='"',
            escapechar='"', delimiter=",", auto_detect=False,
        )  # fmt: skip
        read.write_parquet(str(parquet), compression="zstd")
