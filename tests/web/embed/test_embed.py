"""A client's page follows one contact by its token: no other, from no other origin, and not for ever."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from markaz import routing
from markaz.bootstrap import Settings, installation_key
from markaz.kit.time import SECOND
from markaz.runtime import Stimulus
from markaz.web import create_app
from markaz.web.embed import origin_of, with_token
from tests.runtime.day import BEGIN, CONFIGURATION
from tests.web import people
from tests.web.conftest import web_settings
from tests.web.live.serving import DEADLINE_SECONDS, Floor, served

ORIGIN = "https://crm.example.org"
EVENTS = "/api/embed/events"
SCREEN_POP = "/api/projects/hotline/screen-pop"
SCRIPT_BYTES_MAX = 4_096


@pytest.fixture
def app(web_database: str, key: dict[str, str], settings: Settings, organisation: psycopg.Connection[Any]) -> FastAPI:
    organisation.execute("""
        INSERT INTO agent (centre, id, name, rules) VALUES ('c', 'anna', 'Anna', '{"id": "anna", "name": "Anna"}');
        UPDATE project SET rules = '{"id": "hotline", "name": "Hotline", "client": "bank",
            "screen_pop": "https://crm.example.org/callers?number={customer}#card"}'
    """)
    return create_app(web_settings(web_database, floor_key=installation_key(settings, "web-floor")))


@pytest.fixture
async def floor(database: str, tmp_path: Path) -> AsyncIterator[Floor]:
    """Anna has been offered the contact c1; c2 waits."""
    floor = Floor(database, tmp_path / "spool")
    await floor.journal.open()
    await tell(floor, *CONFIGURATION, routing.AgentSignedIn("anna"), routing.AgentBecameReady("anna"))
    for contact, customer in (("c1", "+4930"), ("c2", "+4931")):
        await tell(floor, routing.ContactArrived(contact, "voice", "hotline", customer))
        await tell(floor, routing.ContactQueued(contact, "cards"))
    yield floor
    await floor.journal.close()


async def tell(floor: Floor, *stimuli: Stimulus) -> None:
    await floor.tell(BEGIN + floor.journal.number * SECOND, *stimuli)


class Page:
    """What a page reads of its stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def state(self) -> str:
        """The next event's; "" when the stream has ended."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for line in self._lines:
                if line.startswith("data: "):
                    self.told: dict[str, Any] = json.loads(line[6:])
                    return self.told["state"]
        return ""


@asynccontextmanager
async def page(address: str, token: str, origin: str | None = ORIGIN) -> AsyncIterator[Page]:
    headers = {"Authorization": f"Bearer {token}"} | ({} if origin is None else {"Origin": origin})
    async with httpx.AsyncClient(base_url=f"http://{address}") as client, client.stream(
        "GET", EVENTS, headers=headers
    ) as answer:  # fmt: skip
        yield Page(answer)


async def token_of(
    app: FastAPI, organisation: psycopg.Connection[Any], contact: str = "c1", role: str = "agent"
) -> str:
    """The token with which a desk opens the client's page."""
    agent = "anna" if role == "agent" else None
    desk = people.session(organisation, people.account(organisation, role, agent=agent))
    async with people.browser(app, desk) as browser, asyncio.timeout(DEADLINE_SECONDS):
        while True:
            answer = await browser.post(SCREEN_POP, json={"contact": contact})
            if answer.is_success and "markaz_token" in answer.text:
                break
    fragment = urlsplit(answer.json()["url"]).fragment
    assert fragment.startswith("card&markaz_token=")
    return fragment.removeprefix("card&markaz_token=")


async def test_a_page_follows_its_contact_to_the_end(
    app: FastAPI, floor: Floor, organisation: psycopg.Connection[Any]
) -> None:
    async with served(app) as address:
        token = await token_of(app, organisation)
        async with page(address, token) as crm:
            assert crm.answer.status_code == 200
            assert crm.answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert await crm.state() == "offered"
            assert crm.told.keys() == {"contact", "state", "customer", "project", "at"}
            assert (crm.told["contact"], crm.told["customer"], crm.told["project"]) == ("c1", "+4930", "hotline")
            await tell(floor, routing.OfferPlaced("c1.1"), routing.OfferAccepted("c1.1"))
            await tell(floor, routing.ConversationStarted("c1", "c1.1"))
            assert await crm.state() == "answered"
            await tell(floor, routing.HoldBegan("c1", "anna"))
            assert await crm.state() == "held"
            await tell(floor, routing.HoldEnded("c1", "anna"))
            assert await crm.state() == "resumed"
            await tell(floor, routing.CustomerLeft("c2"))
            await tell(floor, routing.CustomerLeft("c1"))
            assert await crm.state() == "ended", "and nothing of the other contact"
            await tell(floor, routing.WrapUpEnded("anna", "c1", "solved"))
            assert await crm.state() == "wrapped_up"
            assert await crm.state() == ""
        assert app.state.embedded.open == {}
        async with page(address, token) as again:
            assert await again.state() == "wrapped_up", "whoever comes late hears how it ended"


async def test_another_origin_and_another_token_see_nothing(
    app: FastAPI, floor: Floor, organisation: psycopg.Connection[Any]
) -> None:
    async with served(app) as address:
        token = await token_of(app, organisation)
        organisation.execute("UPDATE embed_token SET expires_at = now() + interval '1 hour'")
        kept = organisation.execute("SELECT encode(token, 'hex') FROM embed_token").fetchall()
        assert token not in str(kept)
        for shown, origin in (
            (token, "https://evil.example.org"), (token, "http://crm.example.org"), (token, "null"), (token, None),
            (token[:-1], ORIGIN), ("x", ORIGIN),
        ):  # fmt: skip
            async with page(address, shown, origin) as crm:
                assert crm.answer.status_code == 401, (shown, origin)
                assert "Access-Control-Allow-Origin" not in crm.answer.headers
                assert json.loads(await crm.answer.aread())["code"] == "embed_refused"
        async with httpx.AsyncClient(base_url=f"http://{address}") as client:
            for path in ("/api/floor", "/api/contacts", "/api/live"):
                answer = await client.get(path, headers={"Authorization": f"Bearer {token}", "Origin": ORIGIN})
                assert answer.status_code in (401, 404), "it opens nothing else"
        organisation.execute("UPDATE embed_token SET expires_at = now()")
        async with page(address, token) as crm:
            assert crm.answer.status_code == 401


async def test_a_token_ends_minutes_after_its_contact(
    app: FastAPI, floor: Floor, organisation: psycopg.Connection[Any]
) -> None:
    closed = """
        INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at, closed_at)
        VALUES ('main', 'c1', 'voice', 'hotline', '+4930', 'closed', now(), now() - interval '6 minutes')
    """
    wrapping_up = """
        INSERT INTO engagement (floor, offer, contact, agent, queue, offered_at, state)
        VALUES ('main', 'c1.1', 'c1', 'anna', 'cards', now(), 'wrapping_up')
    """
    over = "UPDATE engagement SET ended_at = now() - interval '6 minutes'"
    async with served(app) as address:
        token = await token_of(app, organisation)
        cases: list[tuple[LiteralString, int]] = [(closed, 401), (wrapping_up, 200), (over, 401)]
        for statement, status in cases:
            organisation.execute(statement)
            async with page(address, token) as crm:
                assert crm.answer.status_code == status, statement


async def test_who_makes_a_token(app: FastAPI, floor: Floor, organisation: psycopg.Connection[Any]) -> None:
    async with served(app):
        assert await token_of(app, organisation, "c2", role="supervisor"), "who sees the whole floor"
        for role, contact, code in (
            ("agent", "c2", "contact_unknown"), ("planner", "c1", "not_permitted"), ("agent", "c9", "contact_unknown"),
        ):  # fmt: skip
            await token_of(app, organisation)  # the floor is known by then
            person = people.account(organisation, role, agent="anna" if role == "agent" else None)
            async with people.browser(app, people.session(organisation, person)) as browser:
                answer = await browser.post(SCREEN_POP, json={"contact": contact})
            assert answer.json()["code"] == code
        for _ in range(25):
            await token_of(app, organisation)
        made = organisation.execute("SELECT count(*) FROM embed_token WHERE contact = 'c1'").fetchone()
        assert made == (20,)


async def test_the_script_and_what_browsers_ask_first(client: httpx.AsyncClient) -> None:
    answer = await client.get("/embed/markaz.js", headers={"Origin": ORIGIN})
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.content) < SCRIPT_BYTES_MAX
    again = await client.get("/embed/markaz.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    asked = await client.options(EVENTS, headers={"Origin": ORIGIN, "Access-Control-Request-Headers": "authorization"})
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization"
    assert "Access-Control-Allow-Credentials" not in asked.headers


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://crm.example.org/x?y={customer}", "https://crm.example.org"),
        ("https://CRM.example.org:443/", "https://crm.example.org"),
        ("http://10.1.0.9:8080/", "http://10.1.0.9:8080"),
        ("http://[::1]:81/x", "http://[::1]:81"),
    ],
)
def test_an_origin_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_a_fragment_that_is_there_stays() -> None:
    assert with_token("https://a.example/", "t") == "https://a.example/#markaz_token=t"
    assert with_token("https://a.example/#b", "t") == "https://a.example/#b&markaz_token=t"
