"""An agent at the real pages: what a person reads, presses and hears there, in the person's language."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.words import words

SHOWN_MILLISECONDS_MAX = 20_000
SOUND_SECONDS_MAX = 20
PACKETS_MIN = 50
"""A second of sound."""
LEVEL_HEARD_MIN = 0.01
LEVEL_SPOKEN_MIN = 0.001
"""Of full scale; silence has none."""
SOUND_OF_PAGE = Path(__file__).with_name("sound_of_page.js").read_text()

expect.set_options(timeout=SHOWN_MILLISECONDS_MAX)


class AgentAtDesk:
    """`agent`, whose account is `email`, in a browser of their own at `url`."""

    def __init__(self, context: BrowserContext, url: str, *, agent: str, email: str) -> None:
        self.context = context
        self.url = url
        self.agent = agent
        self.email = email
        self.locale = "en"
        self.faults: list[str] = []
        """What went wrong in the pages' own code, and what their policy refused."""
        self.page: Page

    async def open(self, path: str = "/desk") -> "AgentAtDesk":
        """Load a page of Markaz in a tab, which is the one at hand from then on."""
        self.page = await self.context.new_page()
        self.page.set_default_timeout(SHOWN_MILLISECONDS_MAX)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda told: self.faults.append(told.text) if "Security Policy" in told.text else None)
        await self.page.add_init_script(SOUND_OF_PAGE)
        await self.page.goto(f"{self.url}{path}")
        return self

    def say(self, id: str) -> str:
        return words(self.locale)[id]

    def button(self, id: str, within: Locator | None = None) -> Locator:
        """A button by what stands on it; its shortcut stands behind that."""
        return (within or self.page).get_by_role("button", name=self.say(id))

    def field(self, id: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("textbox", name=self.say(id))

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

    async def sign_in(self, password: str) -> None:
        """On the page that asks for it, which may cover another."""
        await self.field("sign_in.email").fill(self.email)
        await self.page.get_by_label(self.say("sign_in.password"), exact=False).first.fill(password)
        await self.page.get_by_role("button", name=self.say("sign_in.do"), exact=True).click()

    async def choose_language(self, locale: str) -> None:
        own_name = {"en": "English", "ru": "Русский", "ar": "العربية", "fa": "فارسی", "vi": "Tiếng Việt"}[locale]
        await self.page.get_by_role("button", name=self.say("shell.language"), exact=True).click()
        await self.page.get_by_role("menuitem", name=own_name).click()
        self.locale = locale
        await expect(self.page.locator(f"html[lang={locale}]")).to_be_attached()

    async def start_shift(self) -> None:
        """The phone in the page is connected afterwards."""
        await self.button("presence.start").first.click()
        await expect(self.button("idle.test.do")).to_be_enabled()

    async def go_ready(self) -> None:
        await self.button("presence.ready").click()
        await expect(self.page.get_by_role("heading", name=self.say("idle.ready"))).to_be_visible()

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

    async def finish(self, result: str) -> None:
        """Choose a result by its label and end the wrap-up."""
        await self.wrap_up.get_by_role("button", name=result).click()
        await self.button("wrap_up.finish").click()
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


async def until(holds: Callable[[], Awaitable[bool]], state: Callable[[], Awaitable[object]]) -> None:
    """Ask until `holds`; `state` is told when it never did. Pages may not be waited in: their policy refuses `eval`."""
    try:
        async with asyncio.timeout(SOUND_SECONDS_MAX):
            while not await holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not come true; the last that was seen: {await state()}") from None
