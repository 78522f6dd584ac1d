"""Half-hour service level per queue over ten million contacts: the catalogue's Ibis expression beside the same written
by hand for DuckDB and for PostgreSQL.

The contacts are made by arithmetic from their number, so that every run has the same. DuckDB reads the Parquet file
that the catalogue reads; PostgreSQL has the rows in a table with an index by time, as the read models have. All three
give every half hour and queue, every half hour, every queue, and all; they must give the same, else the bench fails.
`CONTACTS`, `RUNS`, `OUT=FILE`.
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import ibis
import psycopg

from markaz.kit.postgres import PostgresServer
from markaz.reports.catalogue import Asked, Chosen, Source, compute
from markaz.reports.catalogue.facts import TABLES

CONTACTS = int(os.environ.get("CONTACTS", 10_000_000))
RUNS = int(os.environ.get("RUNS", 5))
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 31
QUEUES = 40
TARGET_SECONDS = 20
FACTS = f"""
SELECT 'c' || i AS contact, 'p' || (i % 8) AS project, 'q' || (i * 7919 % {QUEUES}) AS queue,
    {int(SINCE.timestamp()) * 1_000_000} + (i * 48271 % {DAYS * 86_400}) * 1000000 + i % 1000000 AS entered_us,
    entered_us // 900000000 AS slot,
    CASE i * 31 % 20 WHEN 0 THEN 'abandoned' WHEN 1 THEN 'overflowed' WHEN 2 THEN NULL ELSE 'answered' END AS ended,
    CASE WHEN ended IS NOT NULL THEN i * 104729 % 60000000 END AS wait_us
FROM range({CONTACTS}) AS made (i)
"""
BY_HAND = f"""
SELECT entered_us // 1800000000 AS half_hour, queue,
    count(*) FILTER (WHERE ended = 'answered' AND wait_us <= {TARGET_SECONDS * 1_000_000})::float8 / count(*) AS level
FROM {{stays}} GROUP BY GROUPING SETS ((half_hour, queue), (half_hour), (queue), ())
"""
IN_POSTGRES = BY_HAND.replace("//", "/")
Answers = dict[tuple[datetime | None, str | None], float]


def main() -> None:
    """Make the facts, let each system answer a few times in turn, compare, print."""
    with tempfile.TemporaryDirectory(prefix="markaz-bench-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's own user walks through it
        print(f"making {CONTACTS:,} contacts", flush=True)
        make(folder)
        systems: dict[str, Callable[[], Answers]] = {"markaz": by_catalogue(folder), "duckdb": by_hand(folder)}
        seconds: dict[str, list[float]] = {}
        given: dict[str, Answers] = {}
        for _ in range(RUNS):
            for system, answer in systems.items():
                clock(system, answer, seconds, given)
        server = PostgresServer(folder / "postgres")
        try:
            answer = in_postgres(folder, server.start())
            for _ in range(min(RUNS, 3)):
                clock("postgresql", answer, seconds, given)
        finally:
            server.stop()
        compare(given)
        rows = [{"system": system, "seconds": round(median(taken), 3)} for system, taken in seconds.items()]
        ratio = median(seconds["markaz"]) / median(seconds["duckdb"])
        result = {"rows": rows, "contacts": CONTACTS, "answers": len(given["markaz"]), "duckdb_ratio": round(ratio, 2),
                  "runs": seconds, "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, "
                  f"DuckDB {duckdb.__version__}, Ibis {ibis.__version__}"}  # fmt: skip
        print(json.dumps(result, indent=2))
        if out := os.environ.get("OUT"):
            Path(out).write_text(json.dumps(result, indent=2))


def make(folder: Path) -> None:
    """The facts of stays, and empty ones of everything else."""
    with duckdb.connect() as engine:
        engine.execute(f"COPY ({FACTS}) TO '{folder / 'whole_stays.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
        (folder / "stays.parquet").symlink_to(folder / "whole_stays.parquet")
        for table in TABLES:
            if table.name not in ("stays", "whole_stays"):
                columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in table.columns.items())
                engine.execute(f"COPY (SELECT {columns} LIMIT 0) TO '{folder / table.name}.parquet' (FORMAT parquet)")


def by_catalogue(folder: Path) -> Callable[[], Answers]:
    source = Source(ibis.duckdb.connect(), folder)
    asked = Asked(
        floor="main", since=SINCE, until=SINCE + timedelta(days=DAYS), zone="UTC", interval="half_hour", group="queue",
        figures=(Chosen(figure="service_level", parameters={"target_seconds": TARGET_SECONDS}),),
    )  # fmt: skip
    return lambda: {(row.began_at, row.key): row.values[0] for row in compute(source, asked)}  # pyright: ignore[reportReturnType]


def by_hand(folder: Path) -> Callable[[], Answers]:
    engine = duckdb.connect()
    query = BY_HAND.format(stays=f"'{folder / 'stays.parquet'}'")
    return lambda: answers(engine.execute(query).fetchall())


def in_postgres(folder: Path, url: str) -> Callable[[], Answers]:
    """The rows copied in, analysed."""
    lines = folder / "stays.csv"
    with duckdb.connect() as engine:
        kept = "queue, entered_us, ended, wait_us"
        engine.execute(
            f"COPY (SELECT {kept} FROM '{folder / 'stays.parquet'}') TO '{lines}' (FORMAT csv, HEADER false)"
        )
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TABLE stays (queue text, entered_us bigint, ended text, wait_us bigint)")
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY stays FROM STDIN (FORMAT csv)") as copy,
        lines.open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    lines.unlink()
    connection.execute("CREATE INDEX ON stays (entered_us)")
    connection.execute("VACUUM ANALYZE stays")
    return lambda: answers(connection.execute(IN_POSTGRES.format(stays="stays").encode()).fetchall())


def answers(rows: list[tuple[Any, ...]]) -> Answers:
    return {(None if n is None else datetime.fromtimestamp(n * 1800, UTC), queue): level for n, queue, level in rows}


def clock(
    system: str, answer: Callable[[], Answers], seconds: dict[str, list[float]], given: dict[str, Answers]
) -> None:
    began = perf_counter()
    given[system] = answer()
    seconds.setdefault(system, []).append(round(perf_counter() - began, 3))
    print(f"{system}: {seconds[system][-1]} s", flush=True)


def compare(given: dict[str, Answers]) -> None:
    """All systems gave the same, or the bench means nothing."""
    ours = given["markaz"]
    for system, theirs in given.items():
        if theirs.keys() != ours.keys() or any(abs(theirs[cell] - ours[cell]) > 1e-9 for cell in ours):
            sys.exit(f"{system} gave other figures than the catalogue")


if __name__ == "__main__":
    main()
