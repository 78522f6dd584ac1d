"""Contacts are found by how their customer's number ends, however it is written, by those alone who may see them."""

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from tests.web import people
from tests.web.listening import another_client

ROWS = """
INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at)
SELECT floor, contact, 'voice', project, customer, 'closed', '2027-01-15T08:00:00Z' FROM (VALUES
    ('main', 'plus', 'hotline', '+491761234567'), ('main', 'bare', 'hotline', '491761234567'),
    ('main', 'zero', 'hotline', '01761234567'), ('main', 'zeros', 'hotline', '00491761234567'),
    ('main', 'near', 'hotline', '+491761234568'), ('main', 'inside', 'hotline', '+4917612345670'),
    ('main', 'agent', 'hotline', 'agent1234567'), ('main', 'alice', 'hotline', 'alice'),
    ('main', 'short', 'hotline', '67'), ('main', 'shop', 'shopline', '+491761234567'),
    ('other', 'foreign', 'hotline', '+491761234567')
) AS its (floor, contact, project, customer)
"""
ABROAD = {"plus", "bare", "zeros", "shop"}
ALL = ABROAD | {"zero", "agent"}


@pytest.fixture(autouse=True)
def told(organisation: psycopg.Connection) -> None:
    another_client(organisation)
    organisation.execute(
        "INSERT INTO centre (id, name) VALUES ('d', 'Another'); INSERT INTO floor VALUES ('other', 'd')"
    )
    organisation.execute(ROWS)


async def found(browser: httpx.AsyncClient, **asked: str) -> set[str]:
    answer = await browser.get("/api/contacts", params=asked)
    assert answer.status_code == 200, answer.text
    return {one["contact"] for one in answer.json()["contacts"]}


@pytest.mark.parametrize(
    ("typed", "contacts"),
    [
        ("+49 (176) 123-45-67", ABROAD),
        ("00491761234567", ABROAD),
        ("491761234567", ABROAD),
        ("0176 1234567", ALL - {"agent"}),
        ("۰۱۷۶ ۱۲۳۴۵۶۷", ALL - {"agent"}),
        ("1234567", ALL),
        ("4567", ALL),
        ("٤٥٦٧", ALL),
        ("568", {"near"}),
        ("999", set()),
        ("alice", {"alice"}),
        ("ali", set()),
        ("agent1234567", {"agent"}),
    ],
)
async def test_contacts_are_found_by_an_ending(client: httpx.AsyncClient, typed: str, contacts: set[str]) -> None:
    assert await found(client, customer=typed) == contacts
    sheet = (await client.get("/api/contacts.csv", params={"customer": typed})).text
    assert {line.split(",")[0] for line in sheet.splitlines()[1:]} == contacts


async def test_a_customer_is_found_to_the_letter(client: httpx.AsyncClient) -> None:
    assert await found(client, customer_whole="67") == {"short"}
    assert await found(client, customer_whole="+491761234567") == {"plus", "shop"}
    assert await found(client, customer_whole="+491761234567", customer="4567", project="hotline") == {"plus"}


@pytest.mark.parametrize("path", ["/api/contacts", "/api/contacts.csv"])
@pytest.mark.parametrize("typed", ["67", "+49", "(۶۷)", "-"])
async def test_too_few_digits_are_refused(client: httpx.AsyncClient, path: str, typed: str) -> None:
    answer = await client.get(path, params={"customer": typed})
    assert (answer.status_code, answer.json()["code"], answer.json()["values"]) == (
        422, "digits_too_few", {"digits_min": 3},
    )  # fmt: skip


async def test_pages_of_equal_rows_miss_and_repeat_nothing(client: httpx.AsyncClient) -> None:
    paged: list[str] = []
    asked: dict[str, str] = {"customer": "4567", "limit": "2"}
    while asked.get("cursor") is not None or not paged:
        page = (await client.get("/api/contacts", params=asked)).json()
        paged += [one["contact"] for one in page["contacts"]]
        asked["cursor"] = page["next"]
    assert paged == sorted(ALL, reverse=True)


async def test_a_client_finds_its_own_alone(application: FastAPI, organisation: psycopg.Connection) -> None:
    viewer = people.session(organisation, people.account(organisation, "client_viewer", client="bank"))
    async with people.browser(application, viewer) as browser:
        assert await found(browser, customer="4567") == ALL - {"shop"}


def test_only_leakproof_comparisons_decide_what_is_found(organisation: psycopg.Connection) -> None:
    """Others would not reach the index under the policies of the web's role."""
    rows = organisation.execute(
        "SELECT oprname, proleakproof FROM pg_operator JOIN pg_proc ON pg_proc.oid = oprcode "
        "WHERE oprname IN ('>=', '<', '=') AND oprleft = 'text'::regtype AND oprright = 'text'::regtype"
    ).fetchall()
    assert sorted(rows) == [("<", True), ("=", True), (">=", True)]
