"""Somebody at the real pages: what a person reads and presses there, in the person's language."""

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
