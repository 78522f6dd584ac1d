"""What a supervisor does for agents and to projects: one message to the floor, one row in the audit trail."""

from typing import Any

import httpx
import psycopg
import pytest

from markaz import organisation as organisations
from markaz import routing
from markaz.runtime.inbox import StimulusSent
from markaz.web.pausing import backup_of
from tests.web.test_desk import inbox

AUDITED = "SELECT action, subject, details::jsonb FROM audit_entry ORDER BY number DESC LIMIT 1"
OTHER = routing.ToNumber(number="700", centre="backup")


def audited(organisation: psycopg.Connection[Any]) -> tuple[Any, ...] | None:
    return organisation.execute(AUDITED).fetchone()


@pytest.fixture
async def signed_in(client: httpx.AsyncClient, organisation: psycopg.Connection[Any]) -> httpx.AsyncClient:
    """Amal is signed in; there are queues cards and loans."""
    organisation.execute("""
        INSERT INTO queue (centre, id, name, project, rules) VALUES
            ('c', 'cards', 'Cards', 'hotline', '{"id": "cards", "name": "Cards", "project": "hotline"}'),
            ('c', 'loans', 'Loans', 'hotline', '{"id": "loans", "name": "Loans", "project": "hotline"}');
        INSERT INTO prompt (centre, id, rules) VALUES ('c', 'sorry', '{"id": "sorry", "text": "Sorry."}')
    """)
    await client.post("/api/agents/amal/sign-in")
    return client


async def test_an_agent_is_moved_and_moved_back(
    signed_in: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    body = {"queues": ["loans", "cards", "loans"], "note": "twenty minutes"}
    moved = await signed_in.put("/api/agents/amal/queues", json=body)
    told = routing.AgentAssigned("amal", ("loans", "cards"), "twenty minutes")
    assert inbox(organisation)[moved.json()["message"]] == StimulusSent(told)
    details = {"queues": ["loans", "cards"], "note": "twenty minutes"}
    assert audited(organisation) == ("agent.assigned", "agent:amal", details)
    back = await signed_in.delete("/api/agents/amal/queues")
    assert inbox(organisation)[back.json()["message"]] == StimulusSent(routing.AgentAssignmentEnded("amal"))
    assert audited(organisation) == ("agent.assignment_ended", "agent:amal", {})


@pytest.mark.parametrize(
    ("agent", "queues", "status", "code"),
    [
        ("nobody", ["cards"], 404, "agent_unknown"), ("amal", ["nowhere"], 404, "queue_unknown"),
        ("amal", [], 422, "request_invalid"),
    ],
)  # fmt: skip
async def test_a_move_that_makes_no_sense_is_a_problem(
    signed_in: httpx.AsyncClient, agent: str, queues: list[str], status: int, code: str
) -> None:
    answer = await signed_in.put(f"/api/agents/{agent}/queues", json={"queues": queues})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_is_not_there_is_not_moved(
    signed_in: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    await signed_in.post("/api/agents/amal/sign-out")
    answer = await signed_in.put("/api/agents/amal/queues", json={"queues": ["cards"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_not_signed_in")


@pytest.mark.parametrize(
    ("command", "body", "stimulus"),
    [
        ("ready", {}, routing.AgentBecameReady("amal", "please")),
        ("not-ready", {"reason": "lunch"}, routing.AgentBecameNotReady("amal", "lunch", "please")),
        ("sign-out", {}, routing.AgentSignedOut("amal", "please")),
    ],
)
async def test_a_note_goes_to_the_agent_and_into_the_audit_trail(
    signed_in: httpx.AsyncClient,
    organisation: psycopg.Connection[Any],
    command: str,
    body: dict[str, str],
    stimulus: routing.Stimulus,
) -> None:
    await signed_in.post(f"/api/agents/amal/{command}", json=body | {"note": "please"})
    assert StimulusSent(stimulus) in inbox(organisation).values()
    assert audited(organisation) == ("agent.told", "agent:amal", {"note": "please"})


async def test_a_pause_says_what_callers_hear_and_where_they_go(
    signed_in: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    meanwhile = {"prompt": "sorry", "to": "callback"}
    body = {"reason": "retraining", "meanwhile": meanwhile}
    answer = await signed_in.post("/api/projects/hotline/pause", json=body)
    rule = routing.PauseRule(prompt="sorry", to=routing.ToCallback())
    told = routing.ProjectPaused("hotline", "retraining", rule)
    assert inbox(organisation)[answer.json()["message"]] == StimulusSent(told)
    assert audited(organisation) == ("project.paused", "project:hotline", body)


@pytest.mark.parametrize(
    ("meanwhile", "status", "code"),
    [({"prompt": "nothing", "to": "wait"}, 404, "prompt_unknown"), ({"to": "backup"}, 409, "backup_missing")],
)
async def test_a_pause_to_what_is_not_there_is_a_problem(
    signed_in: httpx.AsyncClient, meanwhile: dict[str, str], status: int, code: str
) -> None:
    body = {"reason": "retraining", "meanwhile": meanwhile}
    answer = await signed_in.post("/api/projects/hotline/pause", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_backup_is_what_the_settings_send_calls_to() -> None:
    def house(pause: routing.PauseRule, *queues: organisations.Queue) -> organisations.Document:
        project = organisations.Project(id="p", name="P", client="c", pause=pause)
        return organisations.Document(centre=organisations.Centre(id="c", name="C"), projects=(project,), queues=queues)

    person = routing.ToNumber(number="500")
    late = (routing.Overflow(after_seconds=60, to=OTHER),)
    assert backup_of(house(routing.PauseRule()), "p") is None
    assert backup_of(house(routing.PauseRule(to=person)), "p") == person
    queue = organisations.Queue(id="q", name="Q", project="p", overflow=late, when_full=person)
    assert backup_of(house(routing.PauseRule(to=person), queue), "p") == OTHER, "a centre before a person"
    assert (
        backup_of(house(routing.PauseRule(), organisations.Queue(id="q", name="Q", project="x", overflow=late)), "p")
        is None
    )
