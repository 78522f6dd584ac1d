"""Whoever shows nothing, or sends what no desk would send, gets a problem document and changes nothing."""

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest

from markaz.web import create_app
from markaz.web.problems import BODY_BYTES_MAX
from tests.web.conftest import client_of, web_settings

COMMANDS = [
    "/api/agents/amal/sign-in", "/api/agents/amal/sign-out", "/api/agents/amal/ready", "/api/agents/amal/not-ready",
    "/api/agents/amal/wrap-up", "/api/projects/hotline/pause", "/api/projects/hotline/resume",
    "/api/agents/amal/consult", "/api/agents/amal/consult/cancel", "/api/agents/amal/conference",
    "/api/agents/amal/transfer", "/api/agents/amal/transfer/complete", "/api/agents/amal/party/release",
    "/api/agents/amal/recording/pause", "/api/agents/amal/recording/resume", "/api/agents/amal/supervise",
    "/api/agents/amal/supervise/end", "/api/agents/amal/take-over",
]  # fmt: skip


def stored(connection: psycopg.Connection) -> int:
    (rows,) = connection.execute("SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM phone)").fetchone() or (
        -1,
    )
    return rows


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic bWFya2F6", "Bearer \xe9"])
async def test_without_the_token_nothing_is_done(
    client: httpx.AsyncClient, organisation: psycopg.Connection, header: str | None
) -> None:
    del client.headers["Authorization"]
    headers = {b"Origin": b"http://markaz"} | ({} if header is None else {b"Authorization": header.encode("latin-1")})
    for path in COMMANDS:
        answer = await client.post(path, json={"reason": "x", "contact": "c"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), path
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/api/floor", headers=headers)).status_code == 401
    assert stored(organisation) == 0


async def test_every_path_but_those_of_signing_in_needs_somebody_who_is_signed_in(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    asked = {path for path, ways in document["paths"].items() if any("security" in way for way in ways.values())}
    assert set(document["paths"]) - asked == {
        "/health", "/api/session/second-factor", "/api/session/link", "/api/sign-in/options",
        "/api/sign-in/oidc/{provider}", "/api/sign-in/oidc/{provider}/callback",
        "/embed/markaz.js", "/api/embed/events",  # for strangers' pages; the second asks for a token of its own
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "body"),
        (b"{", "body.1"),
        (b"[]", "body"),
        (b"{}", "body.reason"),
        (b'{"reason": ""}', "body.reason"),
        (b'{"reason": 7}', "body.reason"),
        (b'{"reason": null}', "body.reason"),
        (b'{"reason": "a\\u0000b"}', "body.reason"),
        (b'{"reason": "a\\nb"}', "body.reason"),
        (b'{"reason": "\\ud800"}', "body.reason"),
        (b'{"reason": "%s"}' % (b"x" * 201), "body.reason"),
        (b'{"reason": "x", "agent": "other"}', "body.agent"),
    ],
)
async def test_malformed_bodies_are_named(
    client: httpx.AsyncClient, organisation: psycopg.Connection, body: bytes, where: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/projects/hotline/pause", content=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "request_invalid")
    assert [one["where"] for one in problem["problems"]] == [where]
    assert stored(organisation) == 0


@pytest.mark.parametrize("agent", ["%00", "a%0Ab", "x" * 101, "%ED%A0%80"])
async def test_ids_that_cannot_be_are_refused(
    client: httpx.AsyncClient, organisation: psycopg.Connection, agent: str
) -> None:
    answer = await client.post(f"/api/agents/{agent}/sign-in")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored(organisation) == 0


async def test_bytes_that_are_no_text_are_refused(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    answer = await client.post("/api/projects/hotline/pause", content=b'{"reason": "\xff\xfe"}')
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_large_bodies_are_refused_declared_or_not(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 4096

    for content in (b" " * (BODY_BYTES_MAX + 1), endless()):
        answer = await client.post("/api/projects/hotline/pause", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    missing = await client.get("/api/nothing")
    wrong = await client.get("/api/agents/amal/ready")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_database_that_is_away_is_said(unused_tcp_port: int) -> None:
    url = f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing"
    app = create_app(web_settings(url))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.post("/api/agents/amal/ready", headers={"Authorization": "Bearer mk_x"})
        health = await client.get("/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert health.status_code == 503
    assert (health.json()["status"], health.json()["database"]) == ("failing", "away")


async def test_sign_in_while_telephony_is_down_is_refused(
    web_database: str, organisation: psycopg.Connection, key: dict[str, str]
) -> None:
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.post("/api/agents/amal/sign-in", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (503, "phones_unavailable")
    assert stored(organisation) == 0
