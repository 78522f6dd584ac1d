"""A gigabyte of queue_log imported: lines a second, and memory, which must not grow with the file.

The log is generated line by line from a seed: a centre of 20 queues and 200 agents, steady traffic with answers,
missed offers, abandonment, time-outs into a second queue, transfers, pauses, and one malformed line in 10,000. Memory
is the peak of the importing process, compared between a hundredth of the file and the whole of it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg

from markaz.kit.postgres import PostgresServer
from markaz.runtime import migrate

BYTES = int(os.environ.get("BYTES", 1_000_000_000))
SEED = 7
CALLS_PER_SECOND = 2.0
AGENTS, QUEUES = 200, 20
_IMPORT = """
import json, resource, sys
from pathlib import Path
from time import perf_counter, process_time
from zoneinfo import ZoneInfo
from markaz.imports import Import, Store

url, floor, path = sys.argv[1:]
began = perf_counter()
with Store(url, floor=floor, project="bench") as store:
    store.claim()
    result = Import(store, floor=floor, zone=ZoneInfo("UTC")).run([Path(path)])
seconds = perf_counter() - began
print(json.dumps({
    "bytes": Path(path).stat().st_size, "lines": result.lines, "used": result.used,
    "left_aside": sum(result.left_aside.values()), "malformed": sum(result.malformed.values()),
    "contacts": result.contacts, "seconds": round(seconds, 1), "lines_per_second": round(result.lines / seconds),
    "cpu_seconds": round(process_time(), 1),
    "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
}))
"""


def calls(rng: np.random.Generator) -> Iterator[list[tuple[int, str]]]:
    """The lines of one call after the other, with their times in seconds."""
    at, number = 1_700_000_000.0, 0
    while True:
        at += rng.exponential(1 / CALLS_PER_SECOND)
        number += 1
        yield _call(rng, int(at), number)


def _call(rng: np.random.Generator, at: int, number: int) -> list[tuple[int, str]]:
    name, queue = f"{at}.{number}", f"queue{rng.integers(QUEUES)}"
    draw = rng.random()
    wait, talk = int(rng.exponential(25)), int(rng.exponential(180))
    agent = f"PJSIP/{1000 + rng.integers(AGENTS)}"
    lines = [(at, f"{name}|{queue}|NONE|ENTERQUEUE||49151{number % 10**7:07}|{1 + number % 5}")]
    if draw < 0.1:
        lines.append((at, f"NONE|{queue}|{agent}|{'PAUSE|lunch' if number % 2 else 'UNPAUSE|'}"))
    if draw < 0.3 and wait > 15:
        lines.append((at + 15, f"{name}|{queue}|{agent}|RINGNOANSWER|15000"))
    if draw < 0.12:
        return [*lines, (at + wait, f"{name}|{queue}|NONE|ABANDON|1|1|{wait}")]
    if draw < 0.16:
        lines.append((at + wait, f"{name}|{queue}|NONE|EXITWITHTIMEOUT|1|1|{wait}"))
        at, queue, wait = at + wait, "overflow", int(rng.exponential(10))
        lines.append((at, f"{name}|{queue}|NONE|ENTERQUEUE||49151{number % 10**7:07}|1"))
    lines.append((at + wait, f"{name}|{queue}|{agent}|CONNECT|{wait}|{at + wait}.{number + 1}|{min(wait, 4)}"))
    end = at + wait + talk
    if draw > 0.95:
        lines.append((end, f"{name}|{queue}|{agent}|BLINDTRANSFER|7001|internal|{wait}|{talk}|1"))
    else:
        who = "COMPLETEAGENT" if draw > 0.5 else "COMPLETECALLER"
        lines.append((end, f"{name}|{queue}|{agent}|{who}|{wait}|{talk}|1"))
    return lines


def write(path: Path, size: int) -> None:
    """At least `size` bytes, in the order of time."""
    rng = np.random.default_rng(SEED)
    pending: list[tuple[int, str]] = []
    written = count = 0
    with path.open("w") as file:
        for number, lines in enumerate(calls(rng)):
            pending += lines
            if number % 10_000 == 9_999:
                now = lines[0][0]
                pending.sort(key=lambda one: one[0])
                ready = [f"{at}|{text}\n" for at, text in pending if at <= now]
                pending = [one for one in pending if one[0] > now]
                for index in range(-count % 10_000, len(ready), 10_000):
                    ready[index] = ready[index][:25].rstrip("\n") + "\n"  # torn
                count += len(ready)
                written += file.write("".join(ready))
                if written >= size:
                    return


def main() -> None:
    """Generate, import a hundredth and the whole, report."""
    with tempfile.TemporaryDirectory(prefix="markaz-import-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = PostgresServer(folder / "postgres")
        try:
            url = server.start()
            migrate(url)
            rows = [_measure(url, folder, size) for size in (BYTES // 100, BYTES)]
            with psycopg.connect(url) as connection:
                found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        finally:
            server.stop()
    part, whole = rows
    result = {
        "rows": rows,
        "peak_ratio": round(whole["peak_megabytes"] / part["peak_megabytes"], 2),
        "database_megabytes": round((found or (0,))[0] / 1e6),
    }
    for row in rows:
        print(
            f"{row['bytes'] / 1e6:,.0f} MB, {row['lines']:,} lines, {row['contacts']:,} contacts: "
            f"{row['seconds']:,.1f} s, {row['lines_per_second']:,} lines/s, peak {row['peak_megabytes']:.0f} MB"
        )
    print(f"A hundred times the bytes asked for, {result['peak_ratio']:.2f} times the memory.")
    if out := os.environ.get("OUT"):
        Path(out).write_text(json.dumps(result, indent=2) + "\n")


def _measure(url: str, folder: Path, size: int) -> dict[str, float]:
    path = folder / "queue_log"
    began = perf_counter()
    write(path, size)
    print(f"generated {path.stat().st_size / 1e6:,.0f} MB in {perf_counter() - began:.0f} s", file=sys.stderr)
    command = [sys.executable, "-c", _IMPORT, url, f"b{size}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    row: dict[str, float] = json.loads(done.stdout)
    assert row["lines"] == row["used"] + row["left_aside"] + row["malformed"]
    return row


if __name__ == "__main__":
    main()
