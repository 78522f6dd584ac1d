"""What is asked for during a conversation reaches the floor as one message; what cannot be meant is refused."""

import re
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz import routing
from markaz.runtime.inbox import StimulusSent
from tests.web import people
from tests.web.test_desk import inbox

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "centre.md"


@pytest.fixture
async def signed_in(client: httpx.AsyncClient, organisation: psycopg.Connection) -> psycopg.Connection:
    """Amal and her colleague Cyrus are signed in, Dana is not. The queue `loans` is there, `old` retired."""
    organisation.execute("""
        INSERT INTO agent (centre, id, name, rules) VALUES ('c', 'cyrus', 'Cyrus', '{}'), ('c', 'dana', 'Dana', '{}');
        INSERT INTO queue (centre, id, name, project, rules, retired_at)
        VALUES ('c', 'loans', 'Loans', 'hotline', '{}', NULL), ('c', 'old', 'Old', 'hotline', '{}', now());
    """)
    for agent in ("amal", "cyrus"):
        await client.post(f"/api/agents/{agent}/sign-in")
    return organisation


@pytest.mark.parametrize(
    ("command", "more", "stimulus"),
    [
        ("consult", {"kind": "agent", "target": "cyrus"}, routing.ConsultRequested("c1", "amal", "agent", "cyrus")),
        ("consult", {"kind": "number", "target": "+49301"}, routing.ConsultRequested("c1", "amal", "number", "+49301")),
        ("consult/cancel", {}, routing.ConsultCancelled("c1", "amal")),
        ("conference", {}, routing.ConferenceRequested("c1", "amal")),
        ("transfer", {"kind": "agent", "target": "cyrus"}, routing.TransferRequested("c1", "amal", "agent", "cyrus")),
        ("transfer", {"kind": "queue", "target": "loans"}, routing.TransferRequested("c1", "amal", "queue", "loans")),
        ("transfer", {"kind": "number", "target": "112"}, routing.TransferRequested("c1", "amal", "number", "112")),
        ("transfer/complete", {}, routing.TransferCompleted("c1", "amal")),
        ("party/release", {}, routing.PartyReleaseRequested("c1", "amal")),
        ("recording/pause", {}, routing.RecordingPauseRequested("c1", "amal")),
        ("recording/resume", {}, routing.RecordingResumeRequested("c1", "amal")),
        ("supervise", {"mode": "listen"}, routing.SupervisionRequested("c1", "amal", "listen")),
        ("supervise", {"mode": "barge"}, routing.SupervisionRequested("c1", "amal", "barge")),
        ("supervise/end", {}, routing.SupervisionEnded("c1", "amal")),
        ("take-over", {}, routing.TakeOverRequested("c1", "amal")),
    ],
)
async def test_what_is_asked_for_reaches_the_inbox(
    client: httpx.AsyncClient,
    signed_in: psycopg.Connection,
    command: str,
    more: dict[str, str],
    stimulus: routing.Stimulus,
) -> None:
    before = inbox(signed_in)
    answer = await client.post(f"/api/agents/amal/{command}", json={"contact": "c1", **more})
    assert answer.status_code == 202, answer.text
    told = inbox(signed_in)
    assert told == before | {answer.json()["message"]: StimulusSent(stimulus)}


@pytest.mark.parametrize(
    ("agent", "command", "more", "status", "code", "said"),
    [
        ("nobody", "conference", {}, 404, "agent_unknown", "nobody"),
        ("boris", "take-over", {}, 404, "agent_unknown", "boris"),
        ("dana", "supervise", {"mode": "listen"}, 409, "agent_not_signed_in", "dana"),
        ("amal", "consult", {"kind": "agent", "target": "dana"}, 409, "agent_not_signed_in", "dana"),
        ("amal", "consult", {"kind": "agent", "target": "boris"}, 404, "agent_unknown", "boris"),
        ("amal", "transfer", {"kind": "agent", "target": "dana"}, 409, "agent_not_signed_in", "dana"),
        ("amal", "transfer", {"kind": "queue", "target": "nothing"}, 404, "queue_unknown", "nothing"),
        ("amal", "transfer", {"kind": "queue", "target": "old"}, 404, "queue_unknown", "markaz apply"),
    ],
)
async def test_who_is_not_there_is_named(
    client: httpx.AsyncClient,
    signed_in: psycopg.Connection,
    agent: str,
    command: str,
    more: dict[str, str],
    status: int,
    code: str,
    said: str,
) -> None:
    before = inbox(signed_in)
    answer = await client.post(f"/api/agents/{agent}/{command}", json={"contact": "c1", **more})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert said in problem["detail"]
    assert inbox(signed_in) == before


@pytest.mark.parametrize(
    ("command", "body", "where"),
    [
        ("conference", {}, "body.contact"),
        ("conference", {"contact": ""}, "body.contact"),
        ("conference", {"contact": "a\x00b"}, "body.contact"),
        ("conference", {"contact": "c1", "agent": "cyrus"}, "body.agent"),
        ("consult", {"contact": "c1"}, "body"),
        ("consult", {"contact": "c1", "kind": "queue", "target": "loans"}, "body"),
        ("consult", {"contact": "c1", "kind": "agent"}, "body.agent.target"),
        ("consult", {"contact": "c1", "kind": "number", "target": "sip:x@198.51.100.1"}, "body.number.target"),
        ("transfer", {"contact": "c1", "kind": "number", "target": "1"}, "body.number.target"),
        ("transfer", {"contact": "c1", "kind": "number", "target": 112}, "body.number.target"),
        ("transfer", {"contact": "c1", "kind": "number", "target": "112\n"}, "body.number.target"),
        ("supervise", {"contact": "c1"}, "body.mode"),
        ("supervise", {"contact": "c1", "mode": "record"}, "body.mode"),
    ],
)
async def test_what_cannot_be_meant_is_named(
    client: httpx.AsyncClient, signed_in: psycopg.Connection, command: str, body: dict[str, Any], where: str
) -> None:
    before = inbox(signed_in)
    answer = await client.post(f"/api/agents/amal/{command}", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "request_invalid")
    assert [one["where"] for one in problem["problems"]] == [where]
    assert inbox(signed_in) == before


async def test_the_guide_names_every_command_of_a_desk(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    prefix = "/api/agents/{agent}/"
    commands = {path.removeprefix(prefix) for path in paths if path.startswith(prefix) and "post" in paths[path]}
    section = GUIDE.read_text().split("## Agents' desks")[1]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall("`(.+?)`", row)}
    others = {name for name in named if " " in name}  # those that are no POST say what they are
    assert named - others == commands
    for method, path in (name.split() for name in others):
        assert method.lower() in paths[prefix + path]


@pytest.mark.parametrize("role", ["manager", "quality_analyst"])
async def test_who_may_supervise_signs_in_the_phone_it_takes(
    application: FastAPI, signed_in: psycopg.Connection, role: str
) -> None:
    token = people.session(signed_in, people.account(signed_in, role, agent="dana"))
    async with people.browser(application, token) as browser:
        answer = await browser.post("/api/agents/dana/sign-in")
        assert answer.status_code == 200, answer.text
        answer = await browser.post("/api/agents/dana/supervise", json={"contact": "c1", "mode": "listen"})
        assert answer.status_code == 202, answer.text
        answer = await browser.post("/api/agents/amal/supervise", json={"contact": "c1", "mode": "listen"})
        assert answer.status_code == 403, answer.text
