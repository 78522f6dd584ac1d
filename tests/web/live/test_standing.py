"""What stands beside the floor comes to open pages at once, to whom it concerns, and as it would be shown afresh."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from markaz.bootstrap import Settings, installation_key
from markaz.identity import token_hash
from markaz.requests import escalate_overdue
from markaz.runtime import connect
from markaz.web import create_app
from markaz.web.live.replica import changed
from markaz.web.live.values import AnyValue, RequestsValue
from tests.web.conftest import web_settings
from tests.web.live.serving import Floor, Page, page, served
from tests.web.people import account, session

REQUEST = """
INSERT INTO request (id, centre, client, asked_by, kind, state, turn_since, response_hours, due_at)
VALUES ('r', 'c', 'bank', 'client', 'other', 'asked', now(), 24, now() + interval '1 day')
"""
QUESTION = {"kind": "question", "words": "When?"}


@pytest.fixture
async def address(
    web_database: str, database: str, key: dict[str, str], settings: Settings, organisation: psycopg.Connection[Any],
    tmp_path: Path,
) -> AsyncIterator[str]:  # fmt: skip
    floor = Floor(database, tmp_path / "spool")
    await floor.journal.open()
    organisation.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}')")
    app = create_app(web_settings(web_database, floor_key=installation_key(settings, "web-floor")))
    async with served(app) as address:
        yield address
    await floor.journal.close()


@pytest.fixture
def tokens(organisation: psycopg.Connection[Any]) -> dict[str, str]:
    """Sessions by whose they are; each says so, for `page`."""
    people = {
        "bank": account(organisation, "client_owner", client="bank"),
        "shop": account(organisation, "client_owner", client="shop"),
        "manager": account(organisation, "manager"),
        "agent": account(organisation, "agent", agent="amal"),
    }
    for name, person in people.items():
        session(organisation, person)
        organisation.execute(
            "UPDATE session SET token = %s WHERE account = %s", (token_hash(f"session-of-{name}"), person)
        )
    return {name: f"session-of-{name}" for name in people}


async def until(one: Page, key: str, expected: dict[str, Any]) -> None:
    """Follow until the value under `key` says what is expected; `take` has a deadline."""
    while not expected.items() <= one.values.get(key, {}).items():
        await one.take()


async def test_a_request_is_told_to_both_sides_and_to_nobody_else(
    address: str, tokens: dict[str, str], database: str
) -> None:
    async with (
        page(address, tokens["bank"]) as bank,
        page(address, tokens["shop"]) as shop,
        page(address, tokens["manager"]) as manager,
        page(address, tokens["agent"]) as agent,
        httpx.AsyncClient(base_url=f"http://{address}", headers={"Origin": f"http://{address}"}) as web,
    ):
        everybody = (bank, shop, manager, agent)
        for one in everybody:
            await one.take()
        web.cookies.set("markaz_session", tokens["bank"])
        asked = (await web.post("/api/requests", json=QUESTION)).json()
        for one in (bank, manager):
            await until(one, "requests/bank", {"open": 1, "of_centre": 1, "of_client": 0, "escalated": 0})
        web.cookies.set("markaz_session", tokens["manager"])
        answer = {"move": "answer", "words": "Now."}
        assert (await web.post(f"/api/requests/{asked['id']}/moves", json=answer)).status_code == 200
        for one in (bank, manager):
            await until(one, "requests/bank", {"open": 1, "of_centre": 0, "of_client": 1})
        web.cookies.set("markaz_session", tokens["shop"])
        await web.post("/api/requests", json=QUESTION)
        await until(shop, "requests/shop", {"open": 1})
        await until(manager, "requests/shop", {"open": 1})
        for one, keys in ((bank, {"requests/bank"}), (shop, {"requests/shop"}), (agent, set())):
            assert {key for key in one.values if key.startswith("requests/")} == keys
        async with page(address, tokens["manager"]) as fresh:
            await fresh.take()
            assert fresh.values == manager.values, "old values plus changes are fresh ones"


async def test_what_time_escalates_is_told_too(
    address: str, tokens: dict[str, str], database: str, organisation: psycopg.Connection[Any]
) -> None:
    async with (
        page(address, tokens["bank"]) as bank,
        httpx.AsyncClient(base_url=f"http://{address}", headers={"Origin": f"http://{address}"}) as web,
    ):
        await bank.take()
        web.cookies.set("markaz_session", tokens["bank"])
        await web.post("/api/requests", json=QUESTION)
        await until(bank, "requests/bank", {"open": 1, "escalated": 0})
        organisation.execute("UPDATE request SET due_at = now()")
        async with await connect(database) as connection:
            await escalate_overdue(connection)
        await until(bank, "requests/bank", {"open": 1, "escalated": 1})


ANSWER = """
INSERT INTO feedback (floor, contact, question, answer, project, queue, agent, at)
VALUES ('main', %s, 'friendly', %s, %s, 'cards', 'amal', now())
"""


async def test_an_answer_is_told_to_those_whose_project_it_is(
    address: str, tokens: dict[str, str], organisation: psycopg.Connection[Any]
) -> None:
    another_project = (
        "INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'shopline', 'S', 'shop', '{}')"
    )
    organisation.execute(another_project)
    async with (
        page(address, tokens["bank"]) as bank,
        page(address, tokens["shop"]) as shop,
        page(address, tokens["manager"]) as manager,
        page(address, tokens["agent"]) as agent,
    ):
        for one in (bank, shop, manager, agent):
            await one.take()
        for contact, key, project in (("c1", 4, "hotline"), ("c2", 1, "hotline"), ("s1", 5, "shopline")):
            await asyncio.to_thread(organisation.execute, ANSWER, (contact, key, project))
        for one in (bank, manager):
            await until(one, "feedback/hotline", {"today": 2, "today_mean": 2.5})
        for one in (shop, manager):
            await until(one, "feedback/shopline", {"today": 1, "today_mean": 5})
        newest = {
            name: one.values["feedback/hotline"]["newest"] for name, one in (("bank", bank), ("manager", manager))
        }
        assert [(each["contact"], each["agent"]) for each in newest["manager"]] == [("c2", "amal"), ("c1", "amal")]
        assert [(each["contact"], each["agent"]) for each in newest["bank"]] == [("c2", None), ("c1", None)]
        for one, keys in ((bank, {"feedback/hotline"}), (shop, {"feedback/shopline"}), (agent, set())):
            assert {key for key in one.values if key.startswith("feedback/")} == keys
        for name, one in (("bank", bank), ("manager", manager)):
            async with page(address, tokens[name]) as fresh:
                await fresh.take()
                assert fresh.values == one.values, "old values plus changes are fresh ones"


def change(owner: psycopg.Connection[Any], n: int) -> None:
    with owner.transaction():
        owner.execute("UPDATE request SET version = version + 1")
        owner.execute("INSERT INTO request_entry (request, n, act) VALUES ('r', %s, 'say')", (n,))


async def test_no_change_is_missed_however_fast_they_come(
    address: str, tokens: dict[str, str], organisation: psycopg.Connection[Any]
) -> None:
    """A notice that came together with the answer to a statement would be heard late."""
    organisation.execute(REQUEST)
    async with page(address, tokens["bank"]) as bank:
        await bank.take()
        for n in range(1, 61):
            await asyncio.to_thread(change, organisation, n)
            if n % 3 == 0:  # the ones before come while the first is being read
                await until(bank, "requests/bank", {"changes": n + 1})


def test_changes_are_what_differs() -> None:
    def value(client: str, changes: int) -> RequestsValue:
        return RequestsValue(client, changes, 0, 0, 0, 0)

    before: dict[str, AnyValue] = {"a": value("a", 1), "b": value("b", 1), "c": value("c", 1)}
    after: dict[str, AnyValue] = {"a": value("a", 1), "b": value("b", 2), "d": value("d", 1)}
    assert changed(before, after) == {"b": value("b", 2), "c": None, "d": value("d", 1)}
