"""explain, report, replay and rebuild on a day that a real core decided."""

import csv
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from markaz.kit.time import moment
from markaz.runtime.rows import Row
from tests.cli.conftest import Run
from tests.runtime.day import BEGIN

BEGAN = moment(BEGIN)
DAY = BEGAN.date().isoformat()


def figures(connection: psycopg.Connection, query: LiteralString) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


@pytest.mark.usefixtures("day")
def test_explain_tells_who_got_the_contact_and_why(run: Run) -> None:
    told = run("explain", "c0")
    assert told.exit_code == 0, told.output
    assert "anna" in told.stdout
    assert f"{BEGAN + timedelta(seconds=2):%H:%M:%S}" in told.stdout
    as_json = json.loads(run("explain", "c0", "--json").stdout)
    assert as_json["contact"] == "c0"
    assert {"Decided", "OfferContact", "ContactMoved"} <= {entry["entry"]["type"] for entry in as_json["moments"]}
    assert [visit["queue"] for visit in as_json["queue_visits"]][:2] == ["cards", "loans"]


@pytest.mark.usefixtures("day")
def test_explain_shows_times_in_a_zone(run: Run) -> None:
    told = run("explain", "c1", "--zone", "Asia/Tehran")
    assert f"{BEGAN + timedelta(hours=3, minutes=30, seconds=3):%H:%M:%S}" in told.stdout
    wrong = run("explain", "c1", "--zone", "Mars/Base")
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (1, 1)
    assert "Mars/Base" in wrong.stderr


@pytest.mark.usefixtures("day")
def test_explain_takes_the_beginning_of_an_id_and_suggests(run: Run, connection: psycopg.Connection) -> None:
    for table in ("contact", "journal_contact"):
        connection.execute(f"UPDATE {table} SET contact = 'call-77' WHERE contact = 'c5'")  # pyright: ignore
    assert run("explain", "call").stdout == run("explain", "call-77").stdout
    several = run("explain", "c")
    assert several.exit_code == 1
    assert "c4" in several.stderr
    unknown = run("explain", "nothing")
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith('markaz: No contact of floor "main" is called "nothing"')
    assert "call-77" in unknown.stderr
    other = run("--floor", "other", "explain", "c0")
    assert (other.exit_code, "has had no contacts" in other.stderr) == (1, True)


@pytest.mark.usefixtures("day")
def test_report_counts_what_the_read_models_hold(run: Run, connection: psycopg.Connection, tmp_path: Path) -> None:
    arguments = ("report", "--from", DAY, "--to", DAY, "--zone", "UTC")
    found = json.loads(run(*arguments, "--format", "json").stdout)
    assert found["interval"] == "half_hour"
    whole = {row["key"]: row["contacts"] for row in found["rows"] if row["began_at"] is None}
    visits = figures(
        connection, "SELECT queue, count(*), count(*) FILTER (WHERE ended = 'answered') FROM queue_visit GROUP BY 1"
    )
    assert visits
    for queue, offered, answered in visits:
        assert (whole[queue]["offered"], whole[queue]["answered"]) == (offered, answered)
    assert whole[None]["offered"] == sum(int(str(offered)) for _, offered, _ in visits)

    output = tmp_path / "report.csv"
    written = run(*arguments, "--by", "agent", "--interval", "day", "--format", "csv", "--output", output)
    assert (written.exit_code, written.stdout) == (0, "")
    rows = list(csv.DictReader(output.read_text().splitlines()))
    assert {"anna", "boris"} <= {row["key"] for row in rows}

    table = run(*arguments).stdout
    assert "Service level: contacts answered within 20 s" in table
    rule = run(*arguments, "--threshold", "7", "--rule", "answered").stdout
    assert "answered within 7 s, divided by contacts answered" in rule


@pytest.mark.usefixtures("day")
def test_report_takes_the_zone_of_the_calendars(run: Run, connection: psycopg.Connection) -> None:
    connection.execute("""
        INSERT INTO centre (id, name) VALUES ('c', 'C');
        INSERT INTO calendar (centre, id, rules) VALUES ('c', 'always', '{"id": "always", "zone": "Asia/Tehran"}');
    """)
    found = json.loads(run("report", "--from", DAY, "--to", DAY, "--format", "json").stdout)
    assert found["zone"] == "Asia/Tehran"
    assert found["since"] == f"{BEGAN.date() - timedelta(days=1)}T20:30:00Z"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "yesterday"), 2, "yesterday"),
        (("--zone", "Nowhere"), 2, "Nowhere"),
        (("--from", "2027-01-02", "--to", "2027-01-01"), 1, "empty"),
        (("--from", "2000-01-01", "--to", "2027-01-01", "--interval", "half-hour"), 1, "by day"),
        (("--threshold", "-1"), 2, "--threshold"),
        (("--output", "/nonexistent/report.csv"), 1, "/nonexistent/report.csv"),
    ],
)
def test_report_says_what_is_wrong_with_its_options(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = run("report", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_replay_proves_the_day(run: Run, day: list[Row]) -> None:
    told = run("replay")
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"{len(day)} rows of floor main, up to row {len(day)}")
    assert "Every answer is identical to the byte." in told.stdout
    outcome = json.loads(run("replay", "--json").stdout)
    assert (outcome["rows"], outcome["identical"], outcome["different"]) == (len(day), True, [])


def test_replay_stops_where_it_is_told(run: Run, day: list[Row]) -> None:
    seconds = BEGIN + 10_000_000
    until = [row.number for row in day if row.at <= seconds][-1]
    aware = moment(seconds).isoformat()
    for written in (aware, str(until)):
        outcome = json.loads(run("replay", "--until", written, "--json").stdout)
        assert outcome["until_number"] == until, written
    assert outcome["agents"] == {"ready": 2}
    assert sum(outcome["contacts"].values()) == 5  # six came, one hung up


def test_replay_takes_a_moment_without_an_offset_as_the_machines_own(home: Path, day: list[Row]) -> None:
    seconds = BEGIN + 10_000_000
    there = (moment(seconds) + timedelta(hours=3, minutes=30)).replace(tzinfo=None).isoformat()
    command = [sys.executable, "-m", "markaz", "--home", str(home), "replay", "--until", there, "--json"]
    told = subprocess.run(
        command, env=os.environ | {"TZ": "Asia/Tehran"}, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(told.stdout)["until_number"] == [row.number for row in day if row.at <= seconds][-1]


@pytest.mark.usefixtures("day")
def test_replay_fails_on_an_answer_that_was_changed(run: Run, connection: psycopg.Connection) -> None:
    connection.execute("UPDATE journal SET outputs = '[]' WHERE number IN (20, 24)")
    told = run("replay")
    assert told.exit_code == 1
    assert "DIFFERENT: 2 answers; the first are those of rows 20, 24." in told.stdout
    assert json.loads(run("replay", "--json").stdout)["identical"] is False


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("replay", "--until", "2000-01-01"), 1, "no rows up to then"),
        (("replay", "--until", "99999"), 1, "no row 99999"),
        (("replay", "--until", "soon"), 2, "soon"),
        (("--floor", "other", "replay"), 1, 'floor "other"'),
    ],
)
def test_replay_of_nothing_is_no_proof(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = run(*arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert said in refused.stderr


@pytest.mark.usefixtures("day")
def test_rebuild_brings_the_read_models_back(run: Run, day: list[Row], connection: psycopg.Connection) -> None:
    tables = ("contact", "contact_segment", "queue_visit", "engagement", "agent_activity", "journal_contact")
    before = {table: sorted(figures(connection, f"SELECT t::text FROM {table} t")) for table in tables}
    assert all(before.values())
    connection.execute("DELETE FROM queue_visit; UPDATE contact SET state = 'waiting'")
    told = run("rebuild")
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"{len(day)} rows of floor main folded in")
    assert {table: sorted(figures(connection, f"SELECT t::text FROM {table} t")) for table in tables} == before
