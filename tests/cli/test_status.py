"""`markaz status` shows what the floor last reported, and says when it does not run."""

import asyncio
import json
from pathlib import Path

import msgspec
import psycopg
import pytest
from click.testing import CliRunner

from markaz import flows, routing
from markaz.cli import main
from markaz.kit.time import SECOND
from markaz.runtime.core import Core
from markaz.runtime.journal import Journal
from markaz.runtime.live import LiveFloor
from markaz.runtime.live_view import live_view
from tests.cli.conftest import Run
from tests.runtime.day import BEGIN, CONFIGURATION


@pytest.fixture
def report(connection: psycopg.Connection, tmp_path: Path) -> None:
    """What a floor with one contact that waits for a busy agent reports, stored as of now."""
    core = Core()
    for stimulus in (*CONFIGURATION, routing.AgentSignedIn("anna")):
        core.handle(BEGIN, stimulus)
    core.handle(BEGIN, routing.AgentBecameNotReady("anna", "lunch"))
    core.handle(BEGIN, flows.ContactEntered("c1", "voice", "+100", "+491"))

    async def look() -> bytes:
        live = LiveFloor(core, Journal("", "main", tmp_path / "spool"), lambda outputs: None, lambda: BEGIN)
        return msgspec.json.encode(live_view("main", live, BEGIN + 42 * SECOND, "up"))

    body = asyncio.run(look()).decode()
    connection.execute("INSERT INTO floor_live (floor, incarnation, body) VALUES ('main', 'one', %s)", (body,))


@pytest.mark.usefixtures("report")
def test_status_shows_queues_agents_and_contacts(run: Run) -> None:
    shown = run("status")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert "Contacts: 1 waiting." in lines
    (cards,) = [line for line in lines if "cards" in line]
    assert cards.replace("│", " ").split() == ["cards", "1", "42"]
    (anna,) = [line for line in lines if "anna" in line]
    assert anna.replace("│", " ").split() == ["anna", "not", "ready", "lunch"]


@pytest.mark.usefixtures("report")
def test_status_as_json(run: Run, connection: psycopg.Connection) -> None:
    connection.execute("""
        INSERT INTO journal (floor, number, at, stimulus, outputs) VALUES ('main', 4, 1, '{}', '[]');
        INSERT INTO projection (name, floor, number) VALUES ('read_models', 'main', 1);
        INSERT INTO inbox (floor, message) VALUES ('main', '{}'), ('other', '{}');
    """)
    status = json.loads(run("status", "--json").stdout)
    assert (status["is_serving"], status["journal_rows_behind"], status["messages_waiting"]) == (True, 3, 1)
    assert status["report_age_seconds"] < 5
    assert status["report"]["contacts"] == {"waiting": 1}


@pytest.mark.usefixtures("report")
def test_a_floor_that_has_gone_silent_fails(run: Run, connection: psycopg.Connection) -> None:
    connection.execute("UPDATE floor_live SET written_at = now() - interval '1 hour'")
    shown = run("status")
    assert shown.exit_code == 1
    assert "Floor main does not run (its last report is 3,600 s old): start it with `markaz serve`." in shown.stdout


def test_a_floor_that_never_reported_fails(run: Run) -> None:
    shown = run("status")
    assert shown.exit_code == 1
    assert "Floor main has never reported" in shown.stdout


def test_where_nothing_was_ever_served_it_says_what_to_do(tmp_path: Path) -> None:
    for command in ("status", "replay", "report", "rebuild"):
        shown = CliRunner().invoke(main, ["--home", str(tmp_path), command])
        assert (shown.exit_code, shown.stdout) == (1, "")
        assert shown.stderr.startswith(f"markaz: Nothing runs under {tmp_path}")
        assert "markaz serve" in shown.stderr
