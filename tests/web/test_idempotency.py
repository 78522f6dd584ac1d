"""What is sent twice is done once, also at the same moment, and answered alike."""

import asyncio

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from tests.web import people

READY = "/api/agents/amal/not-ready"
BODY = {"reason": "lunch"}
PHONE = "INSERT INTO phone (floor, agent, username, secret) VALUES ('main', 'amal', 'agent-amal', 's')"


@pytest.fixture(autouse=True)
def signed_in(organisation: psycopg.Connection) -> None:
    organisation.execute(
        "INSERT INTO phone (floor, agent, username, secret) VALUES ('main', 'amal', 'agent-amal', 's')"
    )


def messages(organisation: psycopg.Connection) -> int:
    return (organisation.execute("SELECT count(*) FROM inbox").fetchone() or (0,))[0]


async def test_the_same_key_gives_the_same_answer_once(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await client.post(READY, json=BODY, headers=headers)
    again = await client.post(READY, json=BODY, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.json(), messages(organisation)) == (again.json(), 1)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    await client.post(READY, json=BODY, headers={"Idempotency-Key": "two"})
    await client.post(READY, json=BODY)
    assert messages(organisation) == 3


async def test_many_at_once_are_one(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*(client.post(READY, json=BODY, headers=headers) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert messages(organisation) == 1


@pytest.mark.parametrize(("path", "body"), [(READY, {"reason": "tea"}), ("/api/agents/amal/ready", None)])
async def test_another_request_with_the_key_is_refused(
    client: httpx.AsyncClient, organisation: psycopg.Connection, path: str, body: dict[str, str] | None
) -> None:
    await client.post(READY, json=BODY, headers={"Idempotency-Key": "one"})
    other = await client.post(path, json=body, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert messages(organisation) == 1


async def test_a_refusal_is_not_kept(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    headers = {"Idempotency-Key": "one"}
    organisation.execute("DELETE FROM phone")
    assert (await client.post(READY, json=BODY, headers=headers)).status_code == 409
    organisation.execute(
        "INSERT INTO phone (floor, agent, username, secret) VALUES ('main', 'amal', 'agent-amal', 's')"
    )
    assert (await client.post(READY, json=BODY, headers=headers)).status_code == 202


async def test_a_key_that_has_run_out_is_new(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    for n in (1, 2):
        assert (await client.post(READY, json=BODY, headers={"Idempotency-Key": "one"})).status_code == 202
        assert messages(organisation) == n
        organisation.execute("UPDATE kept_answer SET expires_at = now()")
    await client.post(READY, json=BODY, headers={"Idempotency-Key": "other"})
    assert organisation.execute("SELECT key FROM kept_answer").fetchall() == [("other",)]


@pytest.mark.parametrize("malformed", ["", " ", "x" * 201, "a b"])
async def test_a_malformed_key_is_refused(client: httpx.AsyncClient, malformed: str) -> None:
    answer = await client.post(READY, json=BODY, headers={"Idempotency-Key": malformed})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")


async def test_the_database_alone_cannot_read_what_was_answered(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    signed_in = await client.post("/api/agents/amal/sign-in", headers={"Idempotency-Key": "one"})
    (body,) = organisation.execute("SELECT body FROM kept_answer").fetchone() or (b"",)
    assert signed_in.json()["password"].encode() not in bytes(body)


async def test_a_repeat_after_signing_in_anew_is_told_that_it_was_done(
    application: FastAPI, client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    await client.post("/api/agents/amal/sign-in")
    person, before = people.account(organisation, "agent", agent="amal"), messages(organisation)
    answers: list[tuple[int, str | None]] = []
    for _ in range(2):
        async with people.browser(application, people.session(organisation, person)) as browser:
            answer = await browser.post(READY, json=BODY, headers={"Idempotency-Key": "one"})
            answers.append((answer.status_code, answer.json().get("code")))
    assert answers == [(202, None), (409, "idempotency_answer_unreadable")]
    assert messages(organisation) == before + 1
