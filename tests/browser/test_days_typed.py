"""Days are typed in the reader's own calendar, digits and direction; addresses and the server have ISO 8601."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from playwright.async_api import Locator, expect

from axe import violations
from tests.browser.conftest import Enter
from tests.browser.person import Person

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

LEAP_DAY = date(2025, 3, 20)
"""30 Esfand 1403: the last day of a leap year of the Persian calendar."""
NEXT_DAY = date(2025, 3, 21)
SHOWN = {"en": "3/20/2025", "ar": "٢٠/٣/٢٠٢٥", "fa": "۱۴۰۳/۱۲/۳۰"}
_KNOWN = """
INSERT INTO contact (floor, contact, channel, project, number, customer, state, queue, arrived_at, queued_at,
    answered_at, closed_at, outcome, agents)
VALUES ('main', %(contact)s, 'voice', 'sales', '+49304100', %(customer)s, 'closed', 'help0', %(at)s, %(at)s,
    %(at)s + interval '9 s', %(at)s + interval '60 s', 'answered', '{dana0}')
"""
CUSTOMERS = {LEAP_DAY: "+491787001", NEXT_DAY: "+491787002"}


@pytest.fixture
def two_days(browser_database: str) -> Iterator[None]:
    """A contact on each of two days that follow each other, and that in no calendar are of one month."""
    with psycopg.connect(browser_database, autocommit=True) as connection:
        for day, customer in CUSTOMERS.items():
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            connection.execute(_KNOWN, {"contact": f"day-{day}", "customer": customer, "at": at})
        yield
        connection.execute("DELETE FROM contact WHERE contact LIKE 'day-2025-%%'", {})


async def left_of(one: Locator) -> float:
    box = await one.bounding_box()
    assert box is not None
    return box["x"]


def found(person: Person, day: date) -> Locator:
    return person.page.locator("main").get_by_text(CUSTOMERS[day])


@pytest.mark.parametrize("locale", ["en", "ar", "fa"])
async def test_contacts_of_a_day_are_found_by_the_day_that_is_typed(enter: Enter, two_days: None, locale: str) -> None:
    person = await enter("supervisor", "/contacts")
    if locale != "en":
        await person.choose_language(locale)
    for id in ("contacts.from", "contacts.to"):
        await person.type_day(id, LEAP_DAY)
    await expect(person.page).to_have_url(re.compile(rf"from={LEAP_DAY}.*to={LEAP_DAY}|to={LEAP_DAY}.*from={LEAP_DAY}"))
    await expect(found(person, LEAP_DAY)).to_be_visible()
    await expect(found(person, NEXT_DAY)).to_have_count(0)
    since = person.typed_in_parts("contacts.from")
    shown = re.sub(r"[\u200e\u200f\u2066-\u2069]", "", await since.inner_text())
    assert shown == SHOWN[locale], "as a day is written in that language"
    day, year = since.locator("[data-part=day]"), since.locator("[data-part=year]")
    assert (await left_of(day) < await left_of(year)) == (locale == "en"), "and in that order"
    opener = person.page.get_by_role("button", name=person.say("date.open").format(field=person.say("contacts.from")))
    assert (await left_of(opener) > await left_of(day)) == (locale == "en"), "the field is mirrored"
    await expect(person.page.get_by_role("menu")).to_have_count(0)
    assert await violations(person.page) == []

    await day.press("Backspace")
    await day.press("Backspace")
    await expect(person.page).not_to_have_url(re.compile("from="))
    await expect(person.page).to_have_url(re.compile(f"to={LEAP_DAY}"))


async def test_a_persian_day_is_chosen_by_keyboard(enter: Enter, two_days: None) -> None:
    person = await enter("supervisor", f"/contacts?from={LEAP_DAY}&to={NEXT_DAY}")
    await person.choose_language("fa")
    page = person.page
    await expect(found(person, LEAP_DAY)).to_be_visible()
    await person.typed_in_parts("contacts.from").locator("[data-part=day]").press("Alt+ArrowDown")
    month = page.get_by_role("dialog")
    await expect(month).to_contain_text("اسفند")
    await expect(month.locator("thead th")).to_have_text(list("شیدسچپج"))  # a week begins on Saturday
    await expect(month.locator("[data-chosen]:focus")).to_have_text("۳۰")
    await expect(page.get_by_role("menu")).to_have_count(0)
    assert await violations(page) == []
    await page.keyboard.press("ArrowLeft")  # the next day stands on the left
    await expect(month).to_contain_text("فروردین")
    await page.keyboard.press("Enter")
    await expect(month).to_have_count(0)
    await expect(page).to_have_url(re.compile(f"from={NEXT_DAY}"))
    await expect(found(person, LEAP_DAY)).to_have_count(0)
    await expect(found(person, NEXT_DAY)).to_be_visible()
    await expect(person.typed_in_parts("contacts.from")).to_contain_text("۱۴۰۴")

    await page.keyboard.press("Enter")  # the keyboard is on the button
    await person.button("date.clear", month).click()
    await expect(page).not_to_have_url(re.compile("from="))
    await expect(found(person, LEAP_DAY)).to_be_visible()
