"""A page with a phone in a real browser, and what a person at it does and hears."""

import asyncio
import json
from typing import Any

from playwright.async_api import BrowserContext, Page

WAIT_SECONDS_MAX = 20.0


class Desk:
    """`agent`'s page at `url`; `script` is the built phone."""

    def __init__(self, context: BrowserContext, url: str, agent: str, script: str) -> None:
        self.context = context
        self.agent = agent
        self._url = f"{url}/phone-page"
        self._script = script
        self.page: Page

    async def open(self) -> "Desk":
        """Load the page; it has no phone yet."""
        self.page = await self.another()
        return self

    async def another(self) -> Page:
        """One more tab of the same person."""
        page = await self.context.new_page()
        html = f"<!doctype html><title>phone</title><script>{self._script}</script>"
        await page.route(self._url, lambda route: route.fulfill(body=html, content_type="text/html"))
        await page.goto(self._url)
        return page

    async def start(self, page: Page | None = None) -> None:
        """Begin the shift, and wait until the phone is registered."""
        page = page or self.page
        await page.evaluate("agent => start(agent)", self.agent)
        await self.until("phone.state().line === 'ready'", page=page)

    async def ask(self, command: str, **body: Any) -> Any:
        return await self.page.evaluate(
            "([path, body]) => ask(path, body)", [f"/api/agents/{self.agent}/{command}", body]
        )

    async def state(self) -> dict[str, Any]:
        return await self.page.evaluate("phone.state()")

    async def until(
        self, condition: str, *, page: Page | None = None, seconds: float = WAIT_SECONDS_MAX
    ) -> dict[str, Any]:
        """Wait until a JavaScript condition holds; the phone's state then."""
        page = page or self.page
        async with asyncio.timeout(seconds + 5):
            try:
                await page.wait_for_function(condition, timeout=seconds * 1_000, polling=50)
            except Exception as error:
                said = await page.evaluate("[heard, phone.state()]")
                raise AssertionError(f"{condition} did not come true: {json.dumps(said)}") from error
        return await page.evaluate("phone.state()")

    async def answer(self) -> None:
        await self.until("phone.state().call?.state === 'ringing'")
        await self.page.evaluate("phone.answer()")
        await self.until("phone.state().call?.state === 'talking'")

    async def hears(self) -> dict[str, Any]:
        """Wait until sound comes in, above silence, and goes out; the quality then."""
        state = await self.until("(q => q && q.level_in > 0.01 && q.level_out > 0.001)(phone.state().quality)")
        return state["quality"]
