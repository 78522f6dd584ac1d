"""An agent at the real desk: what is pressed there, and what is heard."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, expect

from tests.browser.person import Person

SOUND_SECONDS_MAX = 20
PACKETS_MIN = 50
"""A second of sound."""
LEVEL_HEARD_MIN = 0.01
LEVEL_SPOKEN_MIN = 0.001
"""Of full scale; silence has none."""
SOUND_OF_PAGE = Path(__file__).with_name("sound_of_page.js").read_text()


class AgentAtDesk(Person):
    """`agent`, with a page that counts its sound."""

    def __init__(self, context: BrowserContext, url: str, *, agent: str, email: str) -> None:
        super().__init__(context, url, email=email)
        self.agent = agent

    async def _before_loading(self) -> None:
        await self.page.add_init_script(SOUND_OF_PAGE)

    def part(self, id: str) -> Locator:
        """One of the desk's three columns: `mine`, `now` or `who`."""
        return self.page.locator(f"section[aria-labelledby={id}]")

    @property
    def offer(self) -> Locator:
        return self.page.get_by_test_id("offer")

    @property
    def call(self) -> Locator:
        return self.page.get_by_test_id("call")

    @property
    def script(self) -> Locator:
        return self.page.get_by_test_id("script")

    @property
    def wrap_up(self) -> Locator:
        return self.page.get_by_test_id("wrap-up")

    async def start_shift(self) -> None:
        """The phone in the page is connected afterwards."""
        await self.button("presence.start").first.click()
        await expect(self.button("idle.test.do")).to_be_enabled()

    async def go_ready(self) -> None:
        await self.button("presence.ready").click()
        await expect(self.heading("idle.ready")).to_be_visible()

    async def begin(self) -> None:
        """Start the shift, and be ready for the first customer."""
        await self.start_shift()
        await self.go_ready()

    async def accept(self) -> None:
        await self.button("offer.accept", self.offer).click()
        await self.talks()

    async def talks(self) -> None:
        """Wait until the bar shows a call that goes on."""
        await expect(self.call).to_be_visible()
        await expect(self.call.get_by_text(self.say("call.connecting"))).to_have_count(0)

    async def hang_up(self) -> None:
        await self.button("call.hang_up").click()
        await expect(self.wrap_up).to_be_visible()

    async def finish(self, result: str | None) -> None:
        """Choose a result by its label, where there are any, and end the wrap-up."""
        if result is not None:
            await self.wrap_up.get_by_role("button", name=result).click()
        await self.button("wrap_up.finish", self.wrap_up).click()
        await expect(self.wrap_up).to_have_count(0)

    async def sound(self) -> dict[str, Any]:
        """RTP packets and levels (0 to 1) of the page's phone, as the browser counts them."""
        return await self.page.evaluate("soundOfPage()")

    async def hears(self) -> None:
        """Wait until packets have come and gone from now on, each way with a level above silence."""
        before = await self.sound()

        async def both_ways() -> bool:
            now = await self.sound()
            counted = all(now[way] >= before[way] + PACKETS_MIN for way in ("received", "sent"))
            return counted and now["heard"] > LEVEL_HEARD_MIN and now["spoken"] > LEVEL_SPOKEN_MIN

        await until(both_ways, self.sound)


async def until(
    holds: Callable[[], Awaitable[bool]], state: Callable[[], Awaitable[object]], seconds: float = SOUND_SECONDS_MAX
) -> None:
    """Ask until `holds`; `state` is told when it never did. Pages may not be waited in: their policy refuses `eval`."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not come true; the last that was seen: {await state()}") from None
