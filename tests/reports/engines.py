"""Facts without a database, for what is computed from them: a folder of Parquet files from rows of Python."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from markaz.reports.catalogue.facts import TABLES

_ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_()}


def write_facts(folder: Path, **rows: Sequence[Mapping[str, Any]]) -> None:
    """Each table of facts with its `rows`, or empty; a column that a row lacks is null."""
    for table in TABLES:
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in table.columns.items()])
        given = [{name: row.get(name) for name in table.columns} for row in rows.get(table.name, ())]
        pq.write_table(pa.Table.from_pylist(given, schema=schema), folder / f"{table.name}.parquet")
