"""Files as they lie about: growing, changing under our hands, with gigantic lines. Memory stays small."""

import gzip
import tracemalloc
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from markaz.imports import Import, LogChanged, NoQueueLog, Store
from markaz.imports.files import BLOCK_BYTES, new_lines, survey
from markaz.imports.lines import LINE_BYTES_MAX

UTC = ZoneInfo("UTC")
LINE = b"1700000000|NONE|NONE|NONE|CONFIGRELOAD|\n"
MEGABYTE = 1 << 20


def numbered(path: Path, known: dict[int, dict[str, int]] | None = None) -> list[tuple[int, bytes]]:
    found = survey(path, zone=UTC, known=known or {})
    return [
        (number, line) for first, lines in new_lines(found, lambda _: None) for number, line in enumerate(lines, first)
    ]


@pytest.mark.parametrize("size", [0, 1, 7, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 5])
def test_every_whole_line_comes_once_with_its_number(tmp_path: Path, size: int) -> None:
    content = (LINE * (size // len(LINE) + 1))[:size]
    path = tmp_path / "log"
    path.write_bytes(content)
    whole = content.split(b"\n")[:-1]
    assert numbered(path) == list(enumerate(whole, 1))
    found = survey(path, zone=UTC, known={})
    assert (found.lines, found.bytes, found.unfinished) == (
        len(whole), sum(map(len, whole)) + len(whole), len(content.split(b"\n")[-1]),
    )  # fmt: skip
    path.write_bytes(gzip.compress(content))
    assert survey(path, zone=UTC, known={}).sha256 == found.sha256


@pytest.mark.parametrize("cut", [1, 100, BLOCK_BYTES // len(LINE), BLOCK_BYTES // len(LINE) + 1])
def test_what_is_known_is_passed_over_whatever_came_before_it(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "log"
    path.write_bytes(LINE * cut)
    first = survey(path, zone=UTC, known={})
    known = {first.bytes: {first.sha256: first.lines, "another": 3}, 5: {"stranger": 1}, 10**9: {"longer": 1}}
    assert survey(path, zone=UTC, known=known).is_known
    path.write_bytes(LINE * cut + b"1700000001|NONE|NONE|NONE|CONFIGRELOAD|\n")
    assert numbered(path, known) == [(cut + 1, b"1700000001|NONE|NONE|NONE|CONFIGRELOAD|")]
    changed = b"1600000000" + (LINE * cut)[10:] + LINE  # as long, but not the same
    path.write_bytes(changed)
    assert len(numbered(path, known)) == cut + 1


def test_a_gigantic_line_takes_no_memory_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(LINE)
        for _ in range(60):
            file.write(b"x" * MEGABYTE)
        file.write(b"\n" + LINE)
    tracemalloc.start()
    try:
        lines = numbered(path)
        result = Import(None, floor="f", zone=UTC, dry_run=True).run([path])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [number for number, _ in lines] == [1, 2, 3]
    assert len(lines[1][1]) > LINE_BYTES_MAX
    assert (result.lines, result.malformed) == (3, {"longer than a line may be": 1})
    assert len(result.malformed_first[0].text) < 200
    assert peak < 12 * MEGABYTE


def test_a_file_of_nothing_but_zeros_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress((b"\0" * 1_000 + b"\n") * 20_000, 1))
    with pytest.raises(NoQueueLog, match="NUL byte"):
        survey(path, zone=UTC, known={})


def test_a_file_that_changes_while_it_is_read_leaves_nothing(tmp_path: Path, database: str) -> None:
    path = tmp_path / "log"
    calls = [
        b"1700000000|%d.1|q|NONE|ENTERQUEUE||49|1\n1700000000|%d.1|q|NONE|ABANDON|1|1|0\n" % (n, n)
        for n in range(40_000)
    ]
    content = b"".join(calls)
    assert len(content) > 2 * BLOCK_BYTES
    path.write_bytes(content)

    def change(phase: str, done: int, total: int, lines: int) -> None:
        if phase == "importing" and path.read_bytes() == content:
            path.write_bytes(content.replace(b"|49|", b"|50|"))

    with Store(database, floor="f", project="p") as store:
        store.claim()
        with pytest.raises(LogChanged):
            Import(store, floor="f", zone=UTC, progress=change).run([path])
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM contact").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM imported_file").fetchone() == (0,)
    with Store(database, floor="f", project="p") as store:
        store.claim()
        assert Import(store, floor="f", zone=UTC).run([path]).contacts == 40_000
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*), min(customer) FROM contact").fetchone() == (40_000, "50")
