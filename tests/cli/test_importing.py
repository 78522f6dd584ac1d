"""`markaz import queue-log` on a real database: what is in, what is told, and what a second time adds."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner

from markaz.cli import main
from markaz.imports import Store
from tests.cli.conftest import Run

BEGIN = 1_700_000_000  # 2023-11-14, 22:13:20 UTC
DAY = ("--from", "2023-11-14", "--to", "2023-11-15", "--zone", "UTC")
TABLES = ("contact", "contact_segment", "queue_visit", "engagement", "agent_activity", "imported_contact")

LOG = """\
0|NONE|NONE|NONE|QUEUESTART|
1|NONE|support|Anna|ADDMEMBER|
2|1.1|support|NONE|ENTERQUEUE||4915101|1
5|1.1|support|Anna|CONNECT|3|1.2|2
65|1.1|support|Anna|COMPLETECALLER|3|60|1
100|1.3|support|NONE|ENTERQUEUE||4915102|1
105|1.3|support|Anna|RINGNOANSWER|5000
130|1.3|support|NONE|ABANDON|1|1|30
131|NONE|support|Anna|PAUSE|lunch
140|1.4|support|NONE|ENTERQUEUE||4915103|1
"""
LATER = """\
150|NONE|support|Anna|UNPAUSE|
160|1.4|support|Anna|CONNECT|20|1.5|2
200|1.4|support|Anna|COMPLETEAGENT|20|40|1
"""


def at(text: str) -> str:
    """The log with its times from `BEGIN`."""
    lines = (line.split("|", 1) for line in text.splitlines())
    return "".join(f"{BEGIN + int(after)}|{rest}\n" for after, rest in lines)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    path.write_text(at(LOG))
    return path


Rows = Callable[[], dict[str, list[str]]]


@pytest.fixture
def rows(connection: psycopg.Connection) -> Rows:
    """Everything that an import fills, by table."""

    def read() -> dict[str, list[str]]:
        return {
            table: [row for (row,) in connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()]  # pyright: ignore
            for table in TABLES
        }

    return read


def imported(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("import", "queue-log", *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_log_becomes_figures_and_stories(run: Run, log: Path) -> None:
    done = run("import", "queue-log", log)
    assert done.exit_code == 0, done.output
    assert "10 lines read" in done.stdout
    assert "10 used, 0 left aside, 0 malformed." in done.stdout
    assert "3 contacts are in floor imported; 1 still open at the end." in done.stdout

    report = json.loads(run("--floor", "imported", "report", *DAY, "--format", "json").stdout)
    whole = next(row for row in report["rows"] if row["began_at"] is None and row["key"] == "support")
    contacts, handling = whole["contacts"], whole["handling"]
    assert [contacts[name] for name in ("offered", "answered", "abandoned", "open")] == [3, 1, 1, 1]
    assert (contacts["wait_answered"]["mean"], contacts["service_level"]) == (3.0, 1 / 3)
    assert (handling["talk_seconds"], handling["missed"]) == (60.0, {"no_answer": 1})
    everyone = next(row for row in report["rows"] if row["began_at"] is None and row["key"] is None)
    # Ready for 130 s, then at lunch until the log's last line: what was open then lasts no longer.
    assert everyone["agent_time"]["ready_seconds"] == 130.0
    assert everyone["agent_time"]["not_ready"] == {"lunch": 9.0}

    story = run("--floor", "imported", "explain", "1.3").stdout
    assert "agent Anna did not answer" in story
    assert "the customer gave up in queue support after 30 s" in story
    told = json.loads(run("--floor", "imported", "explain", "1.1", "--json").stdout)
    assert [moment["number"] for moment in told["moments"]] == [3, 4, 5]
    assert told["moments"][1]["entry"]["text"] == f"{BEGIN + 5}|1.1|support|Anna|CONNECT|3|1.2|2"
    assert told["moments"][1]["entry"]["file"] == str(log)


def test_a_second_time_adds_nothing_whatever_the_file_is_called(run: Run, log: Path, rows: Rows) -> None:
    imported(run, log)
    before = rows()
    again = run("import", "queue-log", log)
    assert "all imported before" in again.stdout
    assert "Nothing new: floor imported has it all already." in again.stdout
    packed = log.with_name("queue_log.1.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert imported(run, packed)["lines"] == 0
    assert rows() == before


def test_a_log_that_has_grown_goes_on_where_it_ended(run: Run, log: Path, rows: Rows) -> None:
    imported(run, log)
    log.write_text(at(LOG + LATER))
    grown = imported(run, log)
    assert (grown["lines"], grown["used"], grown["open"]) == (3, 3, 0)
    in_two = rows()
    assert imported(run, log, "--replace")["lines"] == 13
    whole = rows()
    for name in TABLES:
        if name != "imported_contact":  # a line's place names the file that brought it
            assert in_two[name] == whole[name], name


def test_a_line_that_is_being_written_is_left_for_later(run: Run, log: Path) -> None:
    text = at(LOG)
    log.write_text(text[:-9])
    first = run("import", "queue-log", log)
    assert "9 lines; the last line has no end" in first.stdout
    log.write_text(text)
    assert imported(run, log)["lines"] == 1


def test_rotated_files_come_in_the_order_of_their_time(run: Run, log: Path, rows: Rows, tmp_path: Path) -> None:
    log.write_text(at(LATER))
    older = tmp_path / "queue_log.1.gz"
    older.write_bytes(gzip.compress(at(LOG).encode()))
    found = imported(run, log, older, older)
    assert [file["known_lines"] for file in found["files"]] == [10, 0, 0]
    assert (found["lines"], found["used"], found["open"], found["assumed"]) == (13, 13, 0, 0)
    assert len(rows()["contact"]) == 3


def test_an_older_file_after_a_newer_one_is_refused_whole(run: Run, log: Path, rows: Rows, tmp_path: Path) -> None:
    log.write_text(at(LATER))
    imported(run, log)
    before = rows()
    older = tmp_path / "older"
    older.write_text(at(LOG))
    refused = run("import", "queue-log", older)
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert rows() == before
    assert imported(run, log, older, "--replace")["lines"] == 13


def test_what_is_not_used_is_told_with_its_line(run: Run, log: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(3)
    bad = [b"rubbish", b"\x00\xff\x00|||||", b"x" * 100_000, f"{BEGIN + 6}|1.1|support|Anna|CONNECT|soon".encode()]
    bad += [noise.bytes(60).replace(b"\n", b"") for _ in range(10)]
    aside = [b"", f"{BEGIN + 7}|NONE|NONE|NONE|CONFIGRELOAD|".encode(), f"{BEGIN}|9.9|q|Anna|COMPLETEAGENT".encode()]
    good = at(LOG).encode().splitlines()
    log.write_bytes(b"\n".join([*good[:4], *bad, *aside, *good[4:]]) + b"\n")
    unused = tmp_path / "unused.txt"
    found = imported(run, log, "--unused", unused)
    assert (found["lines"], found["used"]) == (27, 10)
    assert sum(found["malformed"].values()) == 14
    assert sum(found["left_aside"].values()) == 3
    assert len(found["malformed_first"]) == 10
    told = unused.read_text().splitlines()
    assert [int(line.removeprefix(f"{log}:").split(":")[0]) for line in told] == list(range(5, 22))
    assert f"{log}:8: a number that is none: {bad[3].decode()}" in told
    assert max(map(len, told)) < 1_000
    shown = run("import", "queue-log", log, "--replace").stdout
    assert f"{log}:5: fewer than five fields: 'rubbish'" in shown
    assert "--unused FILE writes them all" in shown


def test_a_dry_run_reads_everything_and_writes_nothing(run: Run, log: Path, rows: Rows) -> None:
    done = run("import", "queue-log", log, "--dry-run")
    assert "3 contacts would be in floor imported" in done.stdout
    assert not any(rows().values())
    imported(run, log)
    assert imported(run, log, "--dry-run")["lines"] == 0


def test_ids_that_come_again_are_other_contacts(run: Run, log: Path, rows: Rows) -> None:
    again = at(LOG.replace("0|NONE|NONE|NONE|QUEUESTART|\n", "")).splitlines()
    moved = [f"{int(line.split('|')[0]) + 90_000}|{line.split('|', 1)[1]}" for line in again]
    filler = [f"{BEGIN + 80_000 + n}|NONE|NONE|NONE|CONFIGRELOAD|" for n in range(3_000)]
    log.write_text(at(LOG) + "\n".join([*filler, *moved]) + "\n")
    found = imported(run, log)
    # The one that still waited is the same when its line comes again.
    assert found["contacts"] == len(rows()["contact"]) == 5
    assert found["left_aside"] == {"event CONFIGRELOAD": 3_000, "repeated": 1}
    told = json.loads(run("--floor", "imported", "explain", "1.3~1.3015", "--json").stdout)
    assert len(told["moments"]) == 3


def test_rebuild_does_not_lose_what_was_imported(run: Run, log: Path, rows: Rows) -> None:
    imported(run, log)
    before = rows()
    refused = run("--floor", "imported", "rebuild")
    assert (refused.exit_code, "--replace" in refused.stderr) == (1, True)
    run("--floor", "main", "rebuild")
    assert rows() == before


@pytest.mark.usefixtures("day")
def test_a_live_floor_is_no_place_to_import_into(run: Run, log: Path, rows: Rows) -> None:
    before = rows()
    refused = run("import", "queue-log", log, "--into", "main")
    assert refused.exit_code == 1
    assert 'Floor "main" has a journal of its own' in refused.stderr
    imported(run, log)
    assert all(set(before[table]) <= set(rows()[table]) for table in TABLES)


def test_two_imports_into_one_floor_do_not_mix(run: Run, log: Path, database: str) -> None:
    with Store(database, floor="imported", project="p") as other:
        other.claim()
        refused = run("import", "queue-log", log)
    assert refused.exit_code == 1
    assert "Another import" in refused.stderr
    assert imported(run, log)["lines"] == 10


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        (b"Dear diary,\nnothing happened.\n", (), 1, "is no queue_log"),
        (gzip.compress(b"1700000000|NONE|NONE|NONE|QUEUESTART|\n" * 1000)[:60], (), 1, "can't be read"),
        (b"1700000000|NONE|NONE|NONE|QUEUESTART|\n", ("--zone", "Mars/Base"), 2, "Mars/Base"),
        (b"1700000000|NONE|NONE|NONE|QUEUESTART|\n", ("--agent", "PJSIP/1"), 2, "INTERFACE=NAME"),
        (b"1700000000|NONE|NONE|NONE|QUEUESTART|\n", ("--into", "No Name"), 1, "small letters"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    run: Run, rows: Rows, tmp_path: Path, content: bytes, arguments: tuple[str, ...], code: int, said: str
) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    refused = run("import", "queue-log", path, *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not any(rows().values())


def test_an_empty_file_is_nothing_new(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"")
    assert imported(run, path)["lines"] == 0


def test_names_and_times_of_an_export_are_understood(run: Run, tmp_path: Path, rows: Rows) -> None:
    path = tmp_path / "export"
    path.write_text(
        "2023-11-15 01:43:20.250000|1.1|support|NONE|ENTERQUEUE||49\\15\t1|1\n"
        '2023-11-15 01:43:24.750000|1.1|support|O"Neil \\ {x}|CONNECT|4|1.2|2\n'
    )
    imported(run, path, "--zone", "Asia/Tehran")
    contact, visit = rows()["contact"][0], rows()["queue_visit"][0]
    assert "2023-11-14 22:13:20.25+00" in contact
    assert "4.5" in visit
    told = json.loads(run("--floor", "imported", "explain", "1.1", "--json").stdout)
    assert told["facts"]["agents"] == ['O"Neil \\ {x}']
    assert told["facts"]["customer"] == "49\\15\t1"


def test_an_installation_that_was_never_served_can_begin_with_its_past(log: Path, open_folder: Path) -> None:
    home = open_folder / "first-day"

    def markaz(*arguments: object) -> str:
        done = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "3 contacts would be in floor imported" in markaz("import", "queue-log", log, "--dry-run")
    assert not (home / "postgres").exists()
    assert "3 contacts are in floor imported" in markaz("import", "queue-log", log)
    assert "all imported before" in markaz("import", "queue-log", log, "--dry-run")
    assert "gave up in queue support" in markaz("--floor", "imported", "explain", "1.3")
