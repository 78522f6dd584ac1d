"""Desk commands end as rows that the floor reads, all of one command or none."""

from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from markaz import routing
from markaz.runtime.inbox import Message, PhoneChanged, StimulusSent


def inbox(connection: psycopg.Connection) -> dict[int, Any]:
    """The messages to the floor by number, decoded as the floor decodes them."""
    rows = connection.execute("SELECT id, floor, message::text FROM inbox ORDER BY id").fetchall()
    assert {floor for _, floor, _ in rows} <= {"main"}
    return {number: msgspec.json.decode(message, type=Message) for number, _, message in rows}


def phones(connection: psycopg.Connection) -> dict[str, tuple[str, str]]:
    rows = connection.execute("SELECT agent, username, secret FROM phone WHERE floor = 'main'").fetchall()
    return {agent: (username, secret) for agent, username, secret in rows}


async def test_sign_in_makes_a_phone_and_tells_the_floor(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    answer = await client.post("/api/agents/amal/sign-in")
    assert answer.status_code == 200
    phone = answer.json()
    assert (phone["username"], phone["sip_host"], phone["sip_port"]) == ("agent-amal", "127.0.0.1", 5070)
    assert phones(organisation) == {"amal": ("agent-amal", phone["password"])}
    assert list(inbox(organisation).values()) == [
        PhoneChanged("amal"), StimulusSent(routing.AgentSignedIn("amal")),
    ]  # fmt: skip


async def test_each_sign_in_has_a_password_of_its_own(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    first = (await client.post("/api/agents/amal/sign-in")).json()["password"]
    second = (await client.post("/api/agents/amal/sign-in")).json()["password"]
    assert first != second
    assert len(second) >= 32
    assert phones(organisation)["amal"][1] == second


async def test_sign_out_ends_the_password(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    await client.post("/api/agents/amal/sign-in")
    answer = await client.post("/api/agents/amal/sign-out")
    assert answer.status_code == 202
    assert phones(organisation) == {}
    told = inbox(organisation)
    assert list(told.values())[-2:] == [StimulusSent(routing.AgentSignedOut("amal")), PhoneChanged("amal")]
    assert answer.json() == {"message": max(told)}


@pytest.mark.parametrize(
    ("command", "body", "stimulus"),
    [
        ("ready", None, routing.AgentBecameReady("amal")),
        ("not-ready", {"reason": "غداء"}, routing.AgentBecameNotReady("amal", "غداء")),
        ("wrap-up", {"contact": "c1", "disposition": "solved"}, routing.WrapUpEnded("amal", "c1", "solved")),
        ("wrap-up", {"contact": "c1"}, routing.WrapUpEnded("amal", "c1", None)),
        ("wrap-up", {"disposition": "solved"}, routing.WrapUpEnded("amal", None, "solved")),
    ],
)
async def test_commands_of_a_signed_in_agent_reach_the_inbox(
    client: httpx.AsyncClient,
    organisation: psycopg.Connection,
    command: str,
    body: dict[str, str] | None,
    stimulus: routing.Stimulus,
) -> None:
    await client.post("/api/agents/amal/sign-in")
    answer = await client.post(f"/api/agents/amal/{command}", json=body)
    assert answer.status_code == 202
    assert inbox(organisation)[answer.json()["message"]] == StimulusSent(stimulus)


@pytest.mark.parametrize(("command", "body"), [("ready", None), ("not-ready", {"reason": "lunch"})])
async def test_presence_needs_a_sign_in(
    client: httpx.AsyncClient, organisation: psycopg.Connection, command: str, body: dict[str, str] | None
) -> None:
    answer = await client.post(f"/api/agents/amal/{command}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_not_signed_in")
    assert inbox(organisation) == {}


async def test_a_project_is_paused_and_resumed(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    paused = await client.post("/api/projects/hotline/pause", json={"reason": "retraining"})
    resumed = await client.post("/api/projects/hotline/resume")
    assert inbox(organisation) == {
        paused.json()["message"]: StimulusSent(routing.ProjectPaused("hotline", "retraining")),
        resumed.json()["message"]: StimulusSent(routing.ProjectResumed("hotline")),
    }


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/api/agents/nobody/sign-in", "agent_unknown", "nobody"),
        ("/api/agents/boris/sign-in", "agent_unknown", "boris"),
        ("/api/agents/nobody/sign-out", "agent_unknown", "markaz apply"),
        ("/api/projects/nothing/resume", "project_unknown", "nothing"),
    ],
)
async def test_what_the_organisation_does_not_have_is_a_problem(
    client: httpx.AsyncClient, organisation: psycopg.Connection, path: str, code: str, said: str
) -> None:
    answer = await client.post(path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["code"]) == (f"urn:markaz:problem:{code}", code)
    assert said in problem["detail"]
    assert inbox(organisation) == {}
    assert phones(organisation) == {}
