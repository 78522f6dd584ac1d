"""A centre from a file reaches the tables and the floor's inbox together, or not at all."""

from pathlib import Path

import msgspec
import psycopg
import pytest

from markaz import flows, routing
from markaz.runtime.inbox import Message, OrganisationChanged, StimulusSent
from tests.cli.conftest import Run

CENTRE = """
[centre]
id = "north"
name = "North"

[[clients]]
id = "bank"
name = "A bank"

[[projects]]
id = "hotline"
name = "Hotline"
client = "bank"

[[skills]]
id = "cards"
name = "Cards"

[[queues]]
id = "cards"
name = "Cards"
project = "hotline"
skills = { cards = 2 }

[[agents]]
id = "anna"
name = "Anna"
skills = { cards = 3 }
queues = { cards = 1 }

[[prompts]]
id = "hello"
text = "Hello."

[flows.welcome]
start = "answer"

[flows.welcome.nodes]
answer = { type = "answer", next = "hello" }
hello = { type = "play", prompt = "hello", next = "wait" }
wait = { type = "queue", queue = "cards" }

[[numbers]]
number = "+100"
project = "hotline"
flow = "welcome"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "north.toml"
    path.write_text(CENTRE)
    return path


def told(connection: psycopg.Connection, floor: str = "main") -> list[Message]:
    rows = connection.execute("SELECT message::text FROM inbox WHERE floor = %s ORDER BY id", (floor,)).fetchall()
    return [msgspec.json.decode(message, type=Message) for (message,) in rows]


def test_a_new_centre_is_stored_and_told(run: Run, file: Path, connection: psycopg.Connection) -> None:
    applied = run("apply", file)
    assert applied.exit_code == 0, applied.output
    assert "+ queues.cards\n" in applied.stdout
    assert connection.execute("SELECT id, flow FROM number").fetchall() == [("+100", "welcome")]
    messages = told(connection)
    assert messages[0] == OrganisationChanged()
    assert [type(message.stimulus) for message in messages if isinstance(message, StimulusSent)] == [
        routing.ProjectConfigured, routing.QueueConfigured, routing.AgentConfigured, flows.FlowConfigured,
        flows.NumberConfigured,
    ]  # fmt: skip
    assert f"messages to floor main: {len(messages)}." in applied.stdout


def test_a_dry_run_tells_the_same_and_changes_nothing(run: Run, file: Path, connection: psycopg.Connection) -> None:
    dry = run("apply", file, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert told(connection) == []
    assert connection.execute("SELECT count(*) FROM centre").fetchone() == (0,)
    signs = [line for line in dry.stdout.splitlines() if line[0] in "+~-"]
    assert signs == [line for line in run("apply", file).stdout.splitlines() if line[0] in "+~-"]
    assert len(signs) == 9


def test_only_what_changed_is_told(run: Run, file: Path, connection: psycopg.Connection) -> None:
    run("apply", file)
    connection.execute(
        "INSERT INTO journal SELECT floor, id, 0, message -> 'stimulus', '[]' FROM inbox "
        "WHERE message ->> 'type' = 'stimulus'"
    )
    connection.execute("DELETE FROM inbox")
    assert run("apply", file).stdout == "Nothing changed.\n"
    file.write_text(CENTRE.replace("cards = 3", "cards = 5").replace("A bank", "The bank"))
    changed = run("apply", file)
    assert changed.stdout.splitlines() == [
        "~ clients.bank", "~ agents.anna", "0 added, 2 changed, 0 retired; messages to floor main: 1.",
    ]  # fmt: skip
    (message,) = told(connection)
    assert isinstance(message, StimulusSent)
    assert isinstance(message.stimulus, routing.AgentConfigured)
    assert message.stimulus.agent.skills == {"cards": 5}


def test_another_floor_is_told_of_everything(run: Run, file: Path, connection: psycopg.Connection) -> None:
    run("apply", file)
    second = run("--floor", "second", "apply", file)
    assert second.exit_code == 0, second.output
    assert told(connection, "second") == told(connection)


def test_a_file_with_problems_changes_nothing(run: Run, file: Path, connection: psycopg.Connection) -> None:
    file.write_text(CENTRE.replace('flow = "welcome"', 'flow = "nowhere"').replace("cards = 3", "cards = 30"))
    refused = run("apply", file)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "nowhere" in refused.stderr
    assert told(connection) == []
    missing = run("apply", file.with_name("missing.toml"))
    assert missing.exit_code == 2
