"""DuckDB beside a floor that goes on: facts in a folder of their own, few computations at a time, little memory."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import ibis
from psycopg import AsyncConnection

from markaz.reports.catalogue import Asked, Source, export_from_journal, export_parquet, tables_of

ENGINE_THREADS: Final = 1
ENGINE_MEMORY: Final = "1GB"
"""Of one computation: what needs more goes to disk."""
AT_ONCE_MAX: Final = 2

_Found = TypeVar("_Found")
_engines = ThreadPoolExecutor(AT_ONCE_MAX, "reports")


class FactsFolder:
    """Where facts are written, then computed with; the connection is not needed for the second."""

    def __init__(self, folder: Path, asked: Asked) -> None:
        self._folder = folder
        self._asked = asked

    async def export(self, connection: AsyncConnection[Any], *, from_journal: bool = False) -> None:
        """Write what the figures asked for need; of one moment where `connection`'s transaction is REPEATABLE READ."""
        export = export_from_journal if from_journal else export_parquet
        asked = self._asked
        await export(
            connection, self._folder, floor=asked.floor, since=asked.since, until=asked.until, tables=tables_of(asked)
        )

    async def compute(self, found: Callable[[Source, Asked], _Found]) -> _Found:
        """What `found` makes of the facts, in a thread, when it is its turn."""
        return await asyncio.get_running_loop().run_in_executor(_engines, self._with_engine, found)

    def _with_engine(self, found: Callable[[Source, Asked], _Found]) -> _Found:
        engine = ibis.duckdb.connect(threads=ENGINE_THREADS, memory_limit=ENGINE_MEMORY)
        try:
            return found(Source(engine, self._folder), self._asked)
        finally:
            engine.disconnect()


@contextlib.asynccontextmanager
async def facts_folder(asked: Asked) -> AsyncIterator[FactsFolder]:
    """A folder for the facts that `asked` needs, for as long as they are needed."""
    with tempfile.TemporaryDirectory(prefix="markaz-report-") as name:
        yield FactsFolder(Path(name), asked)
