"""What an agent enters counts however the wrap-up ends, and two pages undo nothing of each other's."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from fastapi import FastAPI

from markaz.kit.time import instant
from markaz.routing import CallbackPromised, ResultEntered
from markaz.runtime import Message, StimulusSent
from markaz.runtime.rows import Row
from markaz.web.live import CENTRE
from tests.web import people

OFFER = "/api/agents/boris/wrap-ups/c1.1"
NOTHING = {"note": "", "next_action": "", "disposition": None, "callback": None}


@pytest.fixture
def wrapping_up(organisation: psycopg.Connection, day: list[Row]) -> psycopg.Connection:
    """`boris` talks about c1, as the read models have it: the floor is further."""
    organisation.execute("UPDATE agent SET retired_at = NULL WHERE id = 'boris'")
    organisation.execute("UPDATE engagement SET ended_at = NULL, wrap_up_at = NULL WHERE offer = 'c1.1'")
    return organisation


def told(connection: psycopg.Connection) -> list[Any]:
    """What the floor is told, in order."""
    rows = connection.execute("SELECT message::text FROM inbox ORDER BY id").fetchall()
    messages = [msgspec.json.decode(message, type=Message) for (message,) in rows]
    return [one.stimulus for one in messages if isinstance(one, StimulusSent)]


async def keep(client: httpx.AsyncClient, version: int, **entered: Any) -> httpx.Response:
    return await client.put(OFFER, json={**entered, "version": version})


async def test_what_is_typed_is_kept_and_the_floor_knows_the_result(
    client: httpx.AsyncClient, wrapping_up: psycopg.Connection
) -> None:
    assert (await client.get(OFFER)).json() == {
        "contact": "c1", **NOTHING, "version": 0, "saved_by": None, "saved_at": None
    }  # fmt: skip
    first = await keep(client, 0, note="She rings <b>again</b>\nat noon.")
    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert told(wrapping_up) == [], "a note alone is nothing to the floor"
    second = await keep(client, 1, note="She rings at noon.", disposition="solved", next_action="send the form")
    assert told(wrapping_up) == [ResultEntered("boris", "c1.1", "solved")]
    assert (await client.get(OFFER)).json() == second.json()
    again = await keep(client, 2, note="She rings at noon!", disposition="solved", next_action="send the form")
    assert again.json()["version"] == 3
    assert len(told(wrapping_up)) == 1, "the same result is told once"
    notes = (await client.get("/api/contacts/c1")).json()["notes"]
    assert {(one["kind"], one["text"]) for one in notes} == {
        ("note", "She rings at noon!"), ("next_action", "send the form")
    }  # fmt: skip


async def test_a_result_that_is_taken_back_is_told(client: httpx.AsyncClient, wrapping_up: psycopg.Connection) -> None:
    await keep(client, 0, disposition="solved")
    await keep(client, 1)
    assert told(wrapping_up)[-1] == ResultEntered("boris", "c1.1")


async def test_a_call_back_goes_to_the_floor_under_the_offers_name(
    client: httpx.AsyncClient, wrapping_up: psycopg.Connection
) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251
    callback = {"at": at.isoformat(), "number": "+4912345"}
    kept = await keep(client, 0, callback=callback, next_action="about the loan")
    assert datetime.fromisoformat(kept.json()["callback"]["at"]) == at
    promised = CallbackPromised(
        "callback-c1.1", "hotline", "cards", "+491", "+4912345", instant(at), "boris", promised_in="c1"
    )
    assert told(wrapping_up) == [ResultEntered("boris", "c1.1", None, promised)]
    assert (await client.get(OFFER)).json() == kept.json()
    gone = await keep(client, 1, callback={"at": "2020-01-01T00:00:00Z", "number": "+4912345"})
    assert gone.status_code == 200, "a moment that passed while it was typed means at once"
    far = await keep(client, 2, callback={"at": "2999-01-01T00:00:00Z", "number": "+4912345"})
    assert (far.status_code, far.json()["code"]) == (422, "callback_not_possible")


async def test_of_two_pages_neither_undoes_the_other(
    client: httpx.AsyncClient, wrapping_up: psycopg.Connection
) -> None:
    await keep(client, 0, note="one")
    for stale in (0, 7):
        refused = await keep(client, stale, note="other")
        assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    assert (await client.get(OFFER)).json()["note"] == "one"
    assert told(wrapping_up) == []


async def test_after_the_end_nothing_changes(client: httpx.AsyncClient, wrapping_up: psycopg.Connection) -> None:
    await keep(client, 0, disposition="solved")
    wrapping_up.execute("UPDATE engagement SET ended_at = now() WHERE offer = 'c1.1'")
    late = await keep(client, 1, disposition="sold")
    assert (late.status_code, late.json()["code"]) == (409, "wrap_up_over")
    assert (await client.get(OFFER)).json()["disposition"] == "solved"
    assert told(wrapping_up) == [ResultEntered("boris", "c1.1", "solved")]


async def test_an_end_that_the_read_models_have_not_heard_of_is_an_end(
    application: FastAPI, client: httpx.AsyncClient, wrapping_up: psycopg.Connection
) -> None:
    async with asyncio.timeout(20):
        while application.state.live.hub.seen(CENTRE, "agents/boris") is None:
            await asyncio.sleep(0.02)
    wrapping_up.execute("UPDATE engagement SET wrap_up_at = now() WHERE offer = 'c1.1'")
    late = await keep(client, 0, disposition="sold")
    assert (late.status_code, late.json()["code"]) == (409, "wrap_up_over")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"note": "\x00"}, "request_invalid"),
        ({"note": "x" * 10_001}, "request_invalid"),
        ({"disposition": ""}, "request_invalid"),
        ({"version": -1}, "request_invalid"),
        ({"callback": {"at": "2026-11-30T10:00:00", "number": "+4912345"}}, "request_invalid"),
        ({"callback": {"at": "2026-11-30T10:00:00Z", "number": "anonymous"}}, "request_invalid"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    client: httpx.AsyncClient, wrapping_up: psycopg.Connection, changed: dict[str, Any], code: str
) -> None:
    answer = await client.put(OFFER, json={"version": 0} | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert wrapping_up.execute("SELECT count(*) FROM wrap_up").fetchone() == (0,)


@pytest.mark.parametrize("path", ["/api/agents/amal/wrap-ups/c1.1", "/api/agents/boris/wrap-ups/c9.1"])
async def test_an_offer_is_its_agents_own(
    client: httpx.AsyncClient, wrapping_up: psycopg.Connection, path: str
) -> None:
    for answer in (await client.get(path), await client.put(path, json={"version": 0})):
        assert (answer.status_code, answer.json()["code"]) == (404, "offer_unknown")


async def test_an_agent_keeps_nobody_elses(application: FastAPI, wrapping_up: psycopg.Connection) -> None:
    for agent, status in (("amal", 403), ("boris", 200)):
        token = people.session(wrapping_up, people.account(wrapping_up, "agent", agent=agent))
        async with people.browser(application, token) as browser:
            assert (await keep(browser, 0, note="mine")).status_code == status


async def test_a_form_undoes_nothing_of_what_others_typed(client: httpx.AsyncClient, day: list[Row]) -> None:
    path = "/api/contacts/c0/form"
    assert (await client.get(path)).json()["version"] == 0
    first = await client.put(path, json={"values": {"a": 1}, "version": 0})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    stale = await client.put(path, json={"values": {}, "version": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    assert (await client.put(path, json={"values": {"a": 2}, "version": 1})).json()["version"] == 2
    assert (await client.get(path)).json()["values"] == {"a": 2}


@pytest.fixture
def talking(wrapping_up: psycopg.Connection) -> psycopg.Connection:
    """The floor is as far as `boris` talking about c1, and the read models have not heard of it."""
    wrapping_up.execute("DELETE FROM journal WHERE number > 19")
    wrapping_up.execute("CREATE TABLE late AS SELECT * FROM engagement WHERE agent = 'boris'")
    wrapping_up.execute("DELETE FROM engagement WHERE agent = 'boris'")
    return wrapping_up


async def test_a_form_says_that_the_read_models_may_hide_what_others_typed(
    talking: psycopg.Connection, application: FastAPI, client: httpx.AsyncClient
) -> None:
    path = "/api/contacts/c1/form"
    token = people.session(talking, people.account(talking, "agent", agent="boris"))
    await client.put(path, json={"values": {"a": 1}, "version": 0})
    async with people.browser(application, token) as browser:
        async with asyncio.timeout(20):
            while (told := await browser.get(path)).status_code != 200:
                await asyncio.sleep(0.02)
        assert (told.json()["version"], told.json()["behind"]) == (0, True)
        talking.execute("INSERT INTO engagement SELECT * FROM late")
        told = await browser.get(path)
    assert (told.json()["values"], told.json()["version"], told.json()["behind"]) == ({"a": 1}, 1, False)
