"""Contacts are found and read whole; what is entered about them is kept as it was typed."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import psycopg
import pytest
from fastapi import FastAPI

from markaz.kit.time import instant
from markaz.routing import CallbackPromised
from markaz.runtime import Message, StimulusSent
from markaz.runtime.rows import Row
from tests.web import people
from tests.web.listening import another_client

HOUR = timedelta(hours=1)


async def test_contacts_are_found_page_by_page(client: httpx.AsyncClient, day: list[Row]) -> None:
    whole = (await client.get("/api/contacts")).json()
    arrived = [one["arrived_at"] for one in whole["contacts"]]
    assert (len(arrived), whole["next"]) == (6, None)
    assert arrived == sorted(arrived, reverse=True)
    paged: list[dict[str, object]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/api/contacts", params={"limit": 4} | ({"cursor": cursor} if cursor else {}))).json()
        paged += page["contacts"]
        cursor = page["next"]
    assert paged == whole["contacts"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"customer": "+491"}, {"c1"}),
        ({"project": "hotline"}, {f"c{n}" for n in range(6)}),
        ({"project": "bank"}, set()),
        ({"queue": "loans"}, {"c0"}),
        ({"from": "2027-01-15T08:00:05Z"}, {"c3", "c4", "c5"}),
        ({"to": "2027-01-15T08:00:05"}, {"c0", "c1", "c2"}),
        ({"from": "2027-01-15T09:00:05+01:00", "to": "2027-01-15T08:00:06Z"}, {"c3"}),
    ],
)
async def test_contacts_are_found_by(
    client: httpx.AsyncClient, day: list[Row], asked: dict[str, str], found: set[str]
) -> None:
    answer = await client.get("/api/contacts", params=asked)
    assert {one["contact"] for one in answer.json()["contacts"]} == found


@pytest.mark.parametrize(
    "cursor", ["x", "bm90aGluZw", "WzEsMl0", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsICJjIl0", "WzEsImFcdTAwMDAiXQ", "ü"]
)
async def test_a_cursor_of_nobody_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/api/contacts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unknown")


async def test_one_contact_is_told_whole(client: httpx.AsyncClient, day: list[Row]) -> None:
    told = (await client.get("/api/contacts/c0")).json()
    assert (told["customer"], told["number"], told["outcome"]) == ("+490", "+100", "answered")
    assert [one["queue"] for one in told["queue_visits"]] == ["cards", "loans"]
    assert {one["agent"] for one in told["engagements"]} == {"anna"}
    assert told["segments"][0]["state"] == "in_self_service"
    decisions = [line["text"] for line in told["explanation"] if line["kind"] == "decided"]
    assert any("agent anna was free" in text for text in decisions), decisions
    parts = [line["decision"] for line in told["explanation"] if line["decision"] is not None]
    assert {one["agent"] for one in parts} == {"anna"}
    assert {(one["by"], one["rule"], one["passed_over"]) for one in parts} == {("contact", "longest_idle", 0)}
    assert all(one["free"] >= 1 and one["waited_seconds"] >= 0 for one in parts), parts
    assert (told["notes"], told["form"]) == ([], None)
    unknown = await client.get("/api/contacts/nobody")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "contact_unknown")


async def test_a_form_is_kept_as_it_is_typed(client: httpx.AsyncClient, day: list[Row]) -> None:
    first = {"name": "<b>Ana</b>", "قيمة": "پاسخ", "amount": 12.5, "agreed": None, "items": ["a", {"b": 1}]}
    assert (await client.put("/api/contacts/c0/form", json={"values": {"name": "<b"}})).status_code == 200
    saved = await client.put("/api/contacts/c0/form", json={"values": first})
    assert saved.json()["values"] == first
    told = (await client.get("/api/contacts/c0")).json()
    assert told["form"] == saved.json()
    for wrong in ({"values": []}, {"values": {"": 1}}, {"value": {}}, {"values": {str(n): n for n in range(201)}}):
        assert (await client.put("/api/contacts/c0/form", json=wrong)).status_code == 422
    assert (await client.put("/api/contacts/none/form", json={"values": {}})).json()["code"] == "contact_unknown"


async def test_a_client_is_not_told_who_served_whom(
    application: FastAPI, day: list[Row], organisation: psycopg.Connection
) -> None:
    viewer = people.session(organisation, people.account(organisation, "client_viewer", client="bank"))
    async with people.browser(application, viewer) as browser:
        assert all(one["agents"] == [] for one in (await browser.get("/api/contacts")).json()["contacts"])
        assert (await browser.get("/api/contacts", params={"agent": "amal"})).json()["code"] == "not_permitted"


async def test_a_client_is_told_the_names_of_its_own_projects_alone(
    application: FastAPI, day: list[Row], organisation: psycopg.Connection
) -> None:
    another_client(organisation)
    viewer = people.session(organisation, people.account(organisation, "client_viewer", client="bank"))
    async with people.browser(application, viewer) as browser:
        told = (await browser.get("/api/names")).json()
    assert {kind: [one["name"] for one in told[kind]] for kind in told} == {
        "projects": ["Hotline"], "queues": ["Cards", "Loans"], "agents": [], "questions": [],
    }  # fmt: skip
    supervisor = people.session(organisation, people.account(organisation, "supervisor"))
    async with people.browser(application, supervisor) as browser:
        told = (await browser.get("/api/names")).json()
    assert [one["id"] for one in told["agents"]] == ["amal", "boris"]
    assert [one["id"] for one in told["projects"]] == ["hotline", "shopline"]


async def test_notes_add_up(client: httpx.AsyncClient, day: list[Row]) -> None:
    texts = ["She rings again\nat noon.", "<script>alert(1)</script>"]
    for text in texts:
        assert (await client.post("/api/contacts/c0/notes", json={"text": text})).status_code == 201
    assert [note["text"] for note in (await client.get("/api/contacts/c0")).json()["notes"]] == texts
    for wrong in ("", "\x00", "x" * 10_001, None):
        assert (await client.post("/api/contacts/c0/notes", json={"text": wrong})).status_code == 422


async def test_a_callback_is_told_to_the_floor(
    client: httpx.AsyncClient, day: list[Row], organisation: psycopg.Connection
) -> None:
    at = datetime.now(UTC) + HOUR  # noqa: TID251
    asked = {"at": at.isoformat(), "number": "+4912345", "note": "about the loan"}
    accepted = (await client.post("/api/contacts/c1/callback", json=asked)).json()
    (message,) = organisation.execute(
        "SELECT message::text FROM inbox WHERE id = %s", (accepted["message"],)
    ).fetchone() or ("",)
    assert msgspec.json.decode(message, type=Message) == StimulusSent(
        CallbackPromised(
            accepted["contact"], "hotline", "cards", "+491", "+4912345", instant(at), None, promised_in="c1"
        )
    )
    note = organisation.execute("SELECT contact, text FROM contact_note").fetchall()
    assert note == [(accepted["contact"], "about the loan")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"queue": "q9"}, "callback_not_possible"),
        ({"at": "2020-01-01T00:00:00Z"}, "callback_not_possible"),
        ({"at": "2999-01-01T00:00:00Z"}, "callback_not_possible"),
        ({"at": "2999-01-01T00:00:00"}, "request_invalid"),
        ({"number": "anonymous"}, "request_invalid"),
        ({"number": "+1; DROP"}, "request_invalid"),
    ],
)
async def test_a_callback_that_cannot_be_kept_is_refused(
    client: httpx.AsyncClient, day: list[Row], organisation: psycopg.Connection, changed: dict[str, str], code: str
) -> None:
    at = datetime.now(UTC) + HOUR  # noqa: TID251
    answer = await client.post("/api/contacts/c1/callback", json={"at": at.isoformat(), "number": "+4912345"} | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert organisation.execute("SELECT count(*) FROM inbox").fetchone() == (0,)
