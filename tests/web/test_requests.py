"""Requests between a centre and its client: both sides see the same, and whoever is neither sees nothing."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz.bootstrap.settings import Settings
from markaz.requests import escalate_overdue
from markaz.runtime import connect
from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import account, browser, session

QUESTION = {"kind": "question", "words": "When do the new scripts\ngo live?", "project": "hotline"}
LATER = "2027-01-05T12:00:00Z"


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any], settings: Settings) -> AsyncIterator[FastAPI]:
    organisation.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}')")
    organisation.execute(
        "INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'goods', 'Goods', 'shop', '{}')"
    )
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def owner(app: FastAPI, organisation: psycopg.Connection[Any]) -> AsyncIterator[httpx.AsyncClient]:
    """The bank's owner."""
    async with browser(app, session(organisation, account(organisation, "client_owner", client="bank"))) as client:
        yield client


@pytest.fixture
async def manager(app: FastAPI, organisation: psycopg.Connection[Any]) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, session(organisation, account(organisation, "manager", id="mona"))) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI, organisation: psycopg.Connection[Any]) -> AsyncIterator[httpx.AsyncClient]:
    """The shop's owner."""
    async with browser(app, session(organisation, account(organisation, "client_owner", client="shop"))) as client:
        yield client


async def ask(client: httpx.AsyncClient, **more: Any) -> str:
    answer = await client.post("/api/requests", json=QUESTION | more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def act(client: httpx.AsyncClient, request: str, move: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/requests/{request}/moves", json={"move": move, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(client: httpx.AsyncClient, request: str) -> dict[str, Any]:
    answer = await client.get(f"/api/requests/{request}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_both_sides_see_the_same_from_the_question_to_the_end(
    owner: httpx.AsyncClient, manager: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    request = await ask(owner)
    organisation.execute(
        "UPDATE request SET asked_at = asked_at - interval '3 hours', turn_since = turn_since - interval '3 hours'"
    )
    mine, theirs = await read(owner, request), await read(manager, request)
    for shown in (mine, theirs):
        assert shown["turn"] == "centre"
        assert 3 * 3600 <= shown["asked_seconds"] < 3 * 3600 + 60
        assert shown["response_hours"] == 24
    assert set(mine["moves"]) == {"escalate", "withdraw", "say", "note"}
    assert set(theirs["moves"]) == {"answer", "promise", "escalate", "take", "say", "note"}

    promised = await act(manager, request, "promise", until=LATER)
    assert (promised["state"], promised["due_at"], promised["owner"]) == ("promised", LATER, "mona")
    answered = await act(manager, request, "answer", words="On Monday.")
    assert (answered["state"], answered["turn"]) == ("answered", "client")
    assert answered["turn_seconds"] < 60 < answered["asked_seconds"]
    await act(owner, request, "reopen", words="Which Monday?")
    await act(manager, request, "answer", words="The 30th.")
    done = await act(owner, request, "accept")
    assert (done["state"], done["turn"], done["moves"]) == ("accepted", None, [])
    for side in (owner, manager):
        log = (await read(side, request))["log"]
        assert [(one["act"], one["side"]) for one in log] == [
            ("ask", "client"), ("promise", "centre"), ("answer", "centre"), ("reopen", "client"),
            ("answer", "centre"), ("accept", "client"),
        ]  # fmt: skip
        assert log[1]["until"] == LATER
        assert log[3]["words"] == "Which Monday?"
    trail = organisation.execute("SELECT action, client FROM audit_entry ORDER BY number").fetchall()
    assert trail == [
        (f"request.{what}", "bank")
        for what in ("asked", "promised", "answered", "reopened", "answered", "accepted")
    ]  # fmt: skip


async def test_the_centre_asks_its_client_too(owner: httpx.AsyncClient, manager: httpx.AsyncClient) -> None:
    request = await ask(manager, kind="data", words="The list of branches, please.")
    assert (await read(owner, request))["turn"] == "client"
    assert refused(await manager.post(f"/api/requests/{request}/moves", json={"move": "answer", "words": "x"})) == (
        409, "request_not_your_turn",
    )  # fmt: skip
    await act(owner, request, "answer", words="Attached by mail.")
    assert (await act(manager, request, "accept"))["owner"] == "mona"


async def test_what_is_not_answered_in_time_is_escalated_by_itself_and_once(
    owner: httpx.AsyncClient, manager: httpx.AsyncClient, database: str, organisation: psycopg.Connection[Any]
) -> None:
    assert (await manager.put("/api/projects/hotline/response-time", json={"hours": 2})).status_code == 200
    request, whole = await ask(owner), await ask(owner, project=None)
    organisation.execute("UPDATE request SET due_at = due_at - interval '2 hours'")
    async with await connect(database) as connection:
        assert await escalate_overdue(connection) == 1
        assert await escalate_overdue(connection) == 0
    for side in (owner, manager):
        shown = await read(side, request)
        assert (shown["state"], shown["turn"], shown["response_hours"]) == ("escalated", "centre", 2)
        assert [(one["act"], one["side"], one["author_name"]) for one in shown["log"][1:]] == [("escalate", None, None)]
        assert (await read(side, whole))["state"] == "asked", "the whole client's has a day"
    answered = await act(manager, request, "answer", words="Now.")
    assert answered["state"] == "answered"
    assert (await read(owner, request))["log"][1]["act"] == "escalate", "the log keeps it"
    times = {one["project"]: one["hours"] for one in (await owner.get("/api/response-times")).json()}
    assert times == {"hotline": 2}, "a client sees what was agreed with it"


async def test_a_sides_notes_are_its_own(
    owner: httpx.AsyncClient, manager: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    request = await ask(owner)
    await act(manager, request, "note", words="Sami knows.")
    await act(owner, request, "note", words="Ask twice.")
    await act(owner, request, "say", words="It is urgent.")
    assert [one["words"] for one in (await read(manager, request))["log"][1:]] == ["Sami knows.", "It is urgent."]
    seen = (await read(owner, request))["log"][1:]
    assert [(one["words"], one["is_internal"]) for one in seen] == [("Ask twice.", True), ("It is urgent.", False)]
    trail = organisation.execute("SELECT client FROM audit_entry WHERE action = 'request.noted' ORDER BY number")
    assert trail.fetchall() == [(None,), ("bank",)]


async def test_another_client_finds_no_address_that_shows_it(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    request = await ask(owner)
    before = organisation.execute("SELECT count(*) FROM request_entry").fetchone()
    assert refused(await stranger.get(f"/api/requests/{request}")) == (404, "request_unknown")
    for move in ("say", "note", "escalate", "withdraw", "answer"):
        answer = await stranger.post(f"/api/requests/{request}/moves", json={"move": move, "words": "x"})
        assert refused(answer) == (404, "request_unknown")
    for state in ("open", "done"):
        assert (await stranger.get("/api/requests", params={"state": state, "project": "hotline"})).json() == {
            "requests": [], "next": None,
        }  # fmt: skip
    asked = await stranger.post("/api/requests", json=QUESTION)
    assert refused(asked) == (404, "project_unknown")
    named = await stranger.post("/api/requests", json={"kind": "other", "words": "x", "client": "bank"})
    assert named.json()["client"] == "shop", "it asks for itself, whomever it names"
    assert refused(await stranger.put("/api/projects/hotline/response-time", json={"hours": 1})) == (
        403, "not_permitted",
    )  # fmt: skip
    assert [one["project"] for one in (await stranger.get("/api/response-times")).json()] == ["goods"]
    organisation.execute("DELETE FROM request_entry WHERE request = %s", (named.json()["id"],))
    assert organisation.execute("SELECT count(*) FROM request_entry").fetchone() == before


async def test_viewers_read_and_agents_do_not(
    app: FastAPI, owner: httpx.AsyncClient, organisation: psycopg.Connection[Any]
) -> None:
    request = await ask(owner)
    viewer = account(organisation, "client_viewer", client="bank")
    async with browser(app, session(organisation, viewer)) as client:
        assert (await read(client, request))["moves"] == []
        answer = await client.post(f"/api/requests/{request}/moves", json={"move": "withdraw"})
        assert refused(answer) == (403, "not_permitted")
    async with browser(app, session(organisation, account(organisation, "agent", agent="amal"))) as client:
        assert refused(await client.get(f"/api/requests/{request}")) == (403, "not_permitted")


async def test_the_list_goes_by_age_page_by_page(owner: httpx.AsyncClient, manager: httpx.AsyncClient) -> None:
    asked = [await ask(owner, words=f"Question {n}") for n in range(5)]
    await act(owner, asked[2], "withdraw")
    seen, cursor = [], None
    while True:
        page = (await manager.get("/api/requests", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [one["id"] for one in page["requests"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [asked[0], asked[1], asked[3], asked[4]]
    done = (await manager.get("/api/requests", params={"state": "done"})).json()["requests"]
    assert [one["id"] for one in done] == [asked[2]]
    for wrong in ("x", "WzFd", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwiYSJd"):
        assert refused(await manager.get("/api/requests", params={"cursor": wrong})) == (422, "cursor_unknown")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"move": "answer"}, (422, "words_needed")),
        ({"move": "promise"}, (422, "request_promise_not_possible")),
        ({"move": "promise", "until": "2020-01-01T00:00:00Z"}, (422, "request_promise_not_possible")),
        ({"move": "promise", "until": "9999-12-31T23:59:59-23:59"}, (422, "request_promise_not_possible")),
        ({"move": "promise", "until": "2027-01-01T00:00:00"}, (422, "request_invalid")),
        ({"move": "accept"}, (409, "request_move_not_possible")),
        ({"move": "burn"}, (422, "request_invalid")),
        ({"move": "say", "words": "a\x00b"}, (422, "request_invalid")),
        ({"move": "say", "words": "x" * 10_001}, (422, "request_invalid")),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    owner: httpx.AsyncClient, manager: httpx.AsyncClient, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    request = await ask(owner)
    before = await read(manager, request)
    assert refused(await manager.post(f"/api/requests/{request}/moves", json=body)) == refusal
    after = await read(manager, request)
    assert (after["state"], after["due_at"], after["log"]) == (before["state"], before["due_at"], before["log"])


async def test_the_centre_says_of_whom_it_asks(manager: httpx.AsyncClient) -> None:
    nobody = {"kind": "data", "words": "Files, please."}
    assert refused(await manager.post("/api/requests", json=nobody)) == (422, "client_needed")
    assert refused(await manager.post("/api/requests", json=nobody | {"client": "x"})) == (404, "client_unknown")
    wrong = nobody | {"client": "shop", "project": "hotline"}
    assert refused(await manager.post("/api/requests", json=wrong)) == (404, "project_unknown")
    assert (await manager.post("/api/requests", json=nobody | {"client": "shop"})).json()["client_name"] == "A shop"
