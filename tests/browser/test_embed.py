"""A page of a client's own application, from another origin, follows the call that an agent takes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from markaz.identity import ensure_key, new_key
from markaz.runtime import connect
from tests.browser.conftest import Open
from tests.browser.desk import WAIT_SECONDS_MAX
from tests.browser.test_phone import contact_of, over, talk
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

CARD = """<!doctype html><title>CRM</title>
<script>
  const heard = [], refused = [];
  document.addEventListener("markaz:contact", ({{ detail }}) => heard.push(detail));
  const plain = window.fetch;
  window.fetch = (...asked) => plain(...asked).catch((error) => {{ refused.push(String(error)); throw error; }});
</script>
<script src="{markaz}/embed/markaz.js" crossorigin></script>
"""
"""A client's page that remembers what it was told, and how often its browser gave it no answer."""

OpenCard = Callable[[str], Awaitable[Page]]


@asynccontextmanager
async def crm(markaz: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Another server, and the addresses that it was asked for."""
    asked: list[str] = []

    async def card(request: web.Request) -> web.Response:
        asked.append(str(request.rel_url))
        return web.Response(text=CARD.format(markaz=markaz), content_type="text/html")

    app = web.Application()
    app.router.add_get("/card", card)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def open_card(chromium: Browser) -> AsyncIterator[OpenCard]:
    """A tab at an address, in a browser that knows nothing of Markaz."""
    context = await chromium.new_context()

    async def opened(url: str) -> Page:
        page = await context.new_page()
        await page.goto(url)
        return page

    yield opened
    await context.close()


async def set_screen_pop(installation: Installation, database: str, template: str) -> None:
    key = new_key()
    async with await connect(database) as connection:
        await ensure_key(connection, key, centre="whole", name="Ada", scopes=["organisation.edit"])
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    project = (await installation.web.get("/api/organisation/projects/orders", headers=headers)).json()
    answer = await installation.web.put(
        "/api/organisation/projects/orders", json=project | {"screen_pop": template}, headers=headers
    )
    assert answer.is_success, answer.text


async def told(page: Page, state: str) -> dict[str, Any]:
    """Wait until the page has heard of `state`; the last that it heard."""
    heard = f"heard.at(-1)?.state === '{state}'"
    await page.wait_for_function(heard, timeout=WAIT_SECONDS_MAX * 1_000, polling=50)
    return await page.evaluate("heard.at(-1)")


async def test_a_clients_page_follows_the_call(
    open_desk: Open, open_card: OpenCard, carrier: Peer, installation: Installation, browser_database: str
) -> None:
    markaz = str(installation.web.base_url).rstrip("/")
    async with crm(markaz) as (origin, asked), crm(markaz) as (elsewhere, _):
        await set_screen_pop(installation, browser_database, f"{origin}/card?number={{customer}}")
        desk = await open_desk("ann0")
        await desk.start()
        customer = await talk(desk, carrier, "+49301000", "4915107")
        contact = await contact_of(installation, "ann0")
        opened = await desk.page.evaluate(
            "contact => ask('/api/projects/orders/screen-pop', { contact })", contact
        )  # fmt: skip
        url, _, fragment = opened["url"].partition("#")
        assert url.startswith(f"{origin}/card?number=")
        card = await open_card(opened["url"])
        first = await told(card, "answered")
        assert (first["contact"], first["project"]) == (contact, "orders")
        assert first["customer"].endswith("4915107")
        assert card.url == url, "the token is out of the address"
        assert all("markaz_token" not in one for one in asked), "and no server was sent it"
        assert "ann" not in str(await card.evaluate("heard")), "nor is the page told who the agent is"
        thieves = [
            await open_card(f"{elsewhere}/card#{fragment}"), await open_card(f"{origin}/card#{fragment[:-4]}AAAA")
        ]  # fmt: skip
        for thief in thieves:
            await thief.wait_for_function("refused.length > 1", timeout=WAIT_SECONDS_MAX * 1_000, polling=50)
        await card.reload()
        await told(card, "answered")
        await over(customer, carrier, desk)
        await told(card, "wrapped_up")
        assert [one["state"] for one in await card.evaluate("heard")][-2:] == ["ended", "wrapped_up"]
        for thief in thieves:
            assert await thief.evaluate("heard") == []
        with psycopg.connect(browser_database, autocommit=True) as connection:
            connection.execute("UPDATE embed_token SET expires_at = now()")
        late = await open_card(opened["url"])
        await late.wait_for_function("refused.length > 0", timeout=WAIT_SECONDS_MAX * 1_000, polling=50)
        assert await late.evaluate("heard") == []
