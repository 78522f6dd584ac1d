"""Managing people and keys, and the trail that all of it leaves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from markaz.web import audit_trail, create_app
from markaz.web.pages import cursor_of
from tests.web.conftest import web_settings
from tests.web.people import account, browser, session


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any]) -> AsyncIterator[FastAPI]:
    organisation.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}')")
    account(organisation, "administrator", id="boss", email="boss@example.org")
    account(organisation, "manager", id="manager", email="manager@example.org")
    account(organisation, "agent", id="amal", email="amal@example.org")
    account(organisation, "client_owner", id="owner", client="bank", email="owner@example.org")
    account(organisation, "client_owner", id="shopkeeper", client="shop", email="shop@example.org")
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        yield app


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def trail(
    app: FastAPI, organisation: psycopg.Connection[Any], person: str, query: str = ""
) -> list[dict[str, Any]]:
    async with browser(app, session(organisation, person)) as one:
        return (await one.get(f"/api/audit{query}")).json()["entries"]


async def test_who_is_disabled_is_out_at_once(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss, browser(app, session(organisation, "amal")) as amal:
        assert (await amal.get("/api/session")).status_code == 200
        organisation.execute("LISTEN markaz_session_ended")
        shown = await boss.patch("/api/users/amal", json={"disabled": True})
        assert shown.json()["disabled_at"] is not None
        assert (await amal.get("/api/session")).status_code == 401
        assert len(list(organisation.notifies(timeout=10, stop_after=1))) == 1, "who keeps a socket open is told"
        assert (await boss.patch("/api/users/amal", json={"disabled": False})).json()["disabled_at"] is None
        assert (await amal.get("/api/session")).status_code == 401, "the session is gone for good"
        assert (await boss.delete("/api/users/amal")).status_code == 204
        assert code_of(await boss.get("/api/users/amal")) == (404, "user_unknown")
    entries = await trail(app, organisation, "boss", "?subject=user:amal")
    assert [(one["action"], one["details"].get("disabled")) for one in entries] == [
        ("user.removed", None), ("user.changed", False), ("user.changed", True),
    ]  # fmt: skip


async def test_new_roles_count_from_the_next_request_on(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss, browser(app, session(organisation, "amal")) as amal:
        assert code_of(await amal.get("/api/users")) == (403, "not_permitted")
        changed = {"roles": ["supervisor", "manager"], "agent": "amal"}
        assert (await boss.patch("/api/users/amal", json=changed)).json()["roles"] == ["supervisor", "manager"]
        assert (await amal.get("/api/users")).status_code == 200
        assert (await amal.get("/api/session")).json()["agent"] == "amal"


async def test_nobody_gives_more_than_is_theirs(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "manager")) as manager:
        for body in ({"roles": ["administrator"]},):
            assert code_of(await manager.patch("/api/users/amal", json=body)) == (403, "not_permitted")
        assert code_of(await manager.patch("/api/users/boss", json={"name": "x"})) == (403, "not_permitted")
        assert code_of(await manager.delete("/api/users/boss")) == (403, "not_permitted")
        assert code_of(await manager.post("/api/users/boss/link")) == (403, "not_permitted")
        assert code_of(await manager.delete("/api/users/boss/second-factor")) == (403, "not_permitted")
        invitation = {"email": "x@example.org", "name": "x", "roles": ["administrator"]}
        assert code_of(await manager.post("/api/invitations", json=invitation)) == (403, "not_permitted")
    async with browser(app, session(organisation, "owner")) as owner:
        assert {one["id"] for one in (await owner.get("/api/users")).json()} == {"owner"}
        invitation = {"email": "x@example.org", "name": "x", "roles": ["client_viewer"]}
        assert (await owner.post("/api/invitations", json=invitation)).status_code == 201
        for more in ({"client": "shop"}, {"roles": ["manager"]}):
            answer = await owner.post("/api/invitations", json=invitation | more)
            assert answer.status_code in (403, 422), answer.text
        assert code_of(await owner.get("/api/users/shopkeeper")) == (404, "user_unknown")


async def test_nobody_reaches_further_by_changing_themselves(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app, session(organisation, "manager")) as manager:
        for roles in (["administrator"], ["manager", "administrator"]):
            answer = await manager.patch("/api/users/manager", json={"roles": roles})
            assert code_of(answer) == (403, "not_permitted")
        assert code_of(await manager.get("/api/keys")) == (403, "not_permitted")
    for person in ("boss", "manager", "owner"):
        async with browser(app, session(organisation, person)) as one:
            assert code_of(await one.delete(f"/api/users/{person}/second-factor")) == (403, "not_permitted")
            assert code_of(await one.post(f"/api/users/{person}/link")) == (403, "not_permitted")


async def test_whoever_moves_to_another_client_is_in_both_trails(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        answer = await boss.patch("/api/users/owner", json={"client": "shop"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["client"] == "shop"
    entries = await trail(app, organisation, "boss", "?subject=user:owner")
    assert [(one["client"], one["details"]) for one in entries if one["action"] == "user.changed"] == [
        ("shop", {"to_client": "shop"}), ("bank", {"to_client": "shop"}),
    ]  # fmt: skip


async def test_what_is_done_to_others_is_in_the_trail(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    organisation.execute("INSERT INTO phone (floor, agent, username, secret) VALUES ('main', 'amal', 'u', 's')")
    organisation.execute(
        "INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at) "
        "VALUES ('main', 'c1', 'voice', 'hotline', '+2', 'in_conversation', now())"
    )
    account(organisation, "supervisor", id="sue", agent="amal")
    account(organisation, "supervisor", id="sid")
    async with browser(app, session(organisation, "sue")) as sue, browser(app, session(organisation, "sid")) as sid:
        for who, path, body in (
            (sue, "/api/agents/amal/not-ready", {"reason": "tea"}),
            (sid, "/api/agents/amal/not-ready", {"reason": "tea"}),
            (sue, "/api/agents/amal/supervise", {"contact": "c1", "mode": "whisper"}),
            (sue, "/api/agents/amal/take-over", {"contact": "c1"}),
            (sue, "/api/projects/hotline/pause", {"reason": "storm"}),
            (sue, "/api/projects/hotline/resume", None),
        ):
            answer = await who.post(path, json=body)
            assert answer.status_code == 202, answer.text
        assert (await sue.delete("/api/session")).status_code == 204
    entries = await trail(app, organisation, "boss")
    assert [(one["actor"], one["action"], one["subject"], one["client"]) for one in reversed(entries)] == [
        ("user:sid", "agent.acted_for", "agent:amal", None),
        ("user:sue", "contact.supervised", "contact:c1", "bank"),
        ("user:sue", "contact.taken_over", "contact:c1", "bank"),
        ("user:sue", "project.paused", "project:hotline", "bank"),
        ("user:sue", "project.resumed", "project:hotline", "bank"),
        ("user:sue", "session.ended", "user:sue", None),
    ]
    assert entries[-1]["details"] == {"asked": "not-ready"}
    seen = [one["action"] for one in await trail(app, organisation, "owner")]
    assert seen == ["project.resumed", "project.paused", "contact.taken_over", "contact.supervised"]


async def test_a_centre_keeps_an_administrator(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        for body in ({"roles": ["manager"]}, {"disabled": True}):
            assert code_of(await boss.patch("/api/users/boss", json=body)) == (409, "last_administrator")
        assert code_of(await boss.delete("/api/users/boss")) == (409, "last_administrator")
        assert (await boss.patch("/api/users/manager", json={"roles": ["administrator"]})).status_code == 200
        assert (await boss.delete("/api/users/boss")).status_code == 204


async def test_roles_and_what_they_need_go_together(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        for body, expected in (
            ({"roles": ["client_owner"]}, (422, "roles_refused")),
            ({"roles": ["agent", "client_viewer"]}, (422, "roles_refused")),
            ({"roles": ["client_viewer"], "client": "nobody"}, (404, "client_unknown")),
            ({"agent": "nobody"}, (404, "agent_unknown")),
            ({"roles": []}, (422, "request_invalid")),
            ({"roles": ["king"]}, (422, "request_invalid")),
        ):
            assert code_of(await boss.patch("/api/users/amal", json=body)) == expected, body


async def test_keys_are_made_shown_once_and_revoked(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss, browser(app) as program:
        made = (await boss.post("/api/keys", json={"name": "screen", "scopes": ["floor.see"]})).json()
        assert made["key"].startswith("mk_")
        listed = await boss.get("/api/keys")
        assert made["key"] not in listed.text
        assert [one["name"] for one in listed.json()] == ["screen"]
        del program.headers["Origin"]  # programs are no pages
        program.headers["Authorization"] = f"Bearer {made['key']}"
        assert (await program.get("/api/session")).json()["permissions"] == ["floor.see", "live.see"]
        assert code_of(await program.post("/api/projects/hotline/resume")) == (403, "not_permitted")
        for scopes in (["floor.replicate"], ["everything"], []):
            answer = await boss.post("/api/keys", json={"name": "x", "scopes": scopes})
            assert code_of(answer) == (422, "request_invalid")
        assert (await boss.delete(f"/api/keys/{made['id']}")).status_code == 204
        assert code_of(await program.get("/api/session")) == (401, "not_signed_in")
        assert code_of(await boss.delete(f"/api/keys/{made['id']}")) == (404, "key_unknown")


async def test_both_sides_see_what_concerns_the_client(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        await boss.patch("/api/users/owner", json={"name": "The bank's owner"})
        await boss.patch("/api/users/amal", json={"name": "Amal"})
    everything = await trail(app, organisation, "boss")
    assert {one["subject"] for one in everything} == {"user:owner", "user:amal"}
    assert everything[0]["address"] == "192.0.2.1"
    assert [one["subject"] for one in await trail(app, organisation, "owner")] == ["user:owner"]
    assert await trail(app, organisation, "shopkeeper") == []


async def test_the_trail_comes_in_pages(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        for name in "abcde":
            await boss.patch("/api/users/amal", json={"name": name})
        seen: list[str] = []
        cursor, pages = "", 0
        while cursor is not None:
            page = (await boss.get(f"/api/audit?limit=2{cursor and f'&cursor={cursor}'}")).json()
            seen += [one["details"]["name"] for one in page["entries"]]
            cursor, pages = page["cursor"], pages + 1
        assert (seen, pages) == (list("edcba"), 3)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_entry SET details = '{}' WHERE number = 2", 2),
        ("UPDATE audit_entry SET actor_name = 'somebody else' WHERE number = 3", 3),
        ("UPDATE audit_entry SET client = NULL WHERE number = 1", 1),
        ("DELETE FROM audit_entry WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 3", 3),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE number = 1", 1),
        ("UPDATE audit_entry SET number = number + 10 WHERE number = 3", 3),
        ("UPDATE centre SET id = 'renamed' WHERE false", None),
    ],
)
async def test_whatever_is_changed_in_the_trail_shows(
    app: FastAPI, organisation: psycopg.Connection[Any], tampering: LiteralString, broken_at: int | None
) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        for name in ("first", "second", "third"):
            await boss.patch("/api/users/owner", json={"name": name})
        whole = (await boss.get("/api/audit/check")).json()
        assert (whole["is_whole"], whole["entries"]) == (True, 3)
        organisation.execute(sql.SQL(tampering))
        found = (await boss.get("/api/audit/check")).json()
    assert (found["is_whole"], found["broken_at"]) == (broken_at is None, broken_at)
    assert found["head"] == whole["head"]


async def test_many_at_once_make_one_chain(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "boss")) as boss:
        names = [f"name {n}" for n in range(20)]
        answers = await asyncio.gather(*(boss.patch("/api/users/amal", json={"name": name}) for name in names))
        done = sum(answer.status_code == 200 for answer in answers)
        assert done >= 10, "those that waited too long for a connection were told so"
        found = (await boss.get("/api/audit/check")).json()
    assert (found["is_whole"], found["entries"]) == (True, done)


async def test_a_long_trail_is_checked_in_parts(
    app: FastAPI, organisation: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "CHECKED_MAX", 2)
    async with browser(app, session(organisation, "boss")) as boss:
        for name in ("first", "second", "third", "fourth", "fifth"):
            await boss.patch("/api/users/owner", json={"name": name})

        async def parts() -> list[tuple[int, int | None]]:
            seen: list[tuple[int, int | None]] = []
            cursor: str | None = None
            while not seen or cursor is not None:
                given = {} if cursor is None else {"cursor": cursor}
                part = (await boss.get("/api/audit/check", params=given)).json()
                assert part["total"] == 5
                seen.append((part["entries"], part["broken_at"]))
                cursor = part["next"]
            return seen

        assert await parts() == [(2, None), (4, None), (5, None)]
        begun = (await boss.get("/api/audit/check")).json()["next"]
        organisation.execute("UPDATE audit_entry SET hash = sha256('another') WHERE number = 2")
        assert (await parts())[0] == (2, 2)
        rest = (await boss.get("/api/audit/check", params={"cursor": begun})).json()
        assert (rest["broken_at"], rest["next"]) == (2, None), (
            "an entry that was checked a part ago is still what it was"
        )
        refused = await boss.get("/api/audit/check", params={"cursor": cursor_of(0, "")})
        assert refused.status_code == 422
