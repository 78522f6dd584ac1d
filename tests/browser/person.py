"""Somebody at the real pages: what a person reads and presses there, in the person's language."""

from datetime import date, time

from jalali_core import GregorianToJalali
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.words import words

SHOWN_MILLISECONDS_MAX = 20_000
LANGUAGES = {"en": "English", "ru": "Русский", "ar": "العربية", "fa": "فارسی", "vi": "Tiếng Việt"}

expect.set_options(timeout=SHOWN_MILLISECONDS_MAX)


class Person:
    """Whose account is `email`, in a browser of their own at `url`."""

    def __init__(self, context: BrowserContext, url: str, *, email: str) -> None:
        self.context = context
        self.url = url
        self.email = email
        self.locale = "en"
        self.faults: list[str] = []
        """What went wrong in the pages' own code, and what their policy refused."""
        self.page: Page

    async def open(self, path: str = "/") -> None:
        """Load a page of Markaz in a new tab, which is the one at hand from then on."""
        self.page = await self.context.new_page()
        self.page.set_default_timeout(SHOWN_MILLISECONDS_MAX)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda told: self.faults.append(told.text) if "Security Policy" in told.text else None)
        await self._before_loading()
        await self.page.goto(f"{self.url}{path}")

    async def _before_loading(self) -> None:
        """What a page has to have before its own code runs."""

    def say(self, id: str) -> str:
        return words(self.locale)[id]

    def button(self, id: str, within: Locator | None = None) -> Locator:
        """A button by what stands on it; its shortcut stands behind that."""
        return (within or self.page).get_by_role("button", name=self.say(id))

    def field(self, id: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("textbox", name=self.say(id))

    def typed_in_parts(self, id: str, within: Locator | None = None) -> Locator:
        """A field for a day or a time, by its label."""
        return (within or self.page).get_by_role("group", name=self.say(id), exact=True)

    async def type_day(self, id: str, day: date, within: Locator | None = None) -> None:
        """Type `day` as the person's own calendar has it, part by part, in the order in which the parts stand."""
        parts = [day.year, day.month, day.day]
        if self.locale == "fa":
            parts = GregorianToJalali(*parts).getJalaliList()
        await self._type_parts(id, dict(zip(("year", "month", "day"), map(str, parts), strict=True)), within)

    async def type_time(self, id: str, at: time, within: Locator | None = None) -> None:
        """Type `at` as the person's language shows times, which may count the hours twice up to twelve."""
        field = self.typed_in_parts(id, within)
        half = field.locator("[data-part=dayPeriod]")
        await expect(field.locator("[data-part=minute]")).to_be_visible()
        hour = (at.hour % 12 or 12) if await half.count() else at.hour
        await self._type_parts(id, {"hour": f"{hour:02}", "minute": f"{at.minute:02}"}, within)
        if await half.count() and await half.get_attribute("aria-valuenow") != str(at.hour // 12):
            await half.press("ArrowUp")

    async def _type_parts(self, id: str, parts: dict[str, str], within: Locator | None) -> None:
        segments = self.typed_in_parts(id, within).locator("[data-part]")
        await expect(segments.first).to_be_visible()
        for segment in await segments.all():
            digits = parts.get(await segment.get_attribute("data-part") or "")
            if digits is not None:
                await segment.press_sequentially(digits)

    def heading(self, id: str) -> Locator:
        return self.page.get_by_role("heading", name=self.say(id))

    async def sign_in(self, password: str) -> None:
        await self.field("sign_in.email").fill(self.email)
        await self.page.get_by_label(self.say("sign_in.password")).first.fill(password)
        await self.page.get_by_role("button", name=self.say("sign_in.do"), exact=True).click()

    async def choose_language(self, locale: str) -> None:
        await self.page.get_by_role("button", name=self.say("shell.language"), exact=True).click()
        await self.page.get_by_role("menuitem", name=LANGUAGES[locale]).click()
        self.locale = locale
        await expect(self.page.locator(f"html[lang={locale}]")).to_be_attached()
