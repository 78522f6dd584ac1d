"""A report from its proposal in the page to a delivery that explains itself and recomputes to the same numbers.

The centre's manager reads Persian, right to left, the client English: each sees figures and refusals in their language.

The days of the report are over, so that the worker delivers them as soon as both sides have agreed.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import psycopg
import pytest
from playwright.async_api import Locator, expect

from axe import violations
from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from tests.browser.agent_at_desk import until
from tests.browser.conftest import Enter
from tests.browser.person import LANGUAGES, Person

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

NAME = "Yesterday at Sales"
CONTACT = "counted-yesterday"
EQUAL = "every number is equal"
LEVEL = "سطح سرویس"
_NOON = datetime.combine(moment(WallClock()()).date(), time(12), moment(WallClock()()).tzinfo) - timedelta(days=1)
_KNOWN = """
INSERT INTO contact (floor, contact, channel, project, number, customer, state, queue, arrived_at, queued_at,
    answered_at, closed_at, outcome, agents)
VALUES ('main', %(contact)s, 'voice', 'sales', '+49304100', '+491799999', 'closed', 'help0', %(at)s, %(at)s,
    %(at)s + interval '9 s', %(at)s + interval '60 s', 'answered', '{dana0}')
"""
_STAY = """
INSERT INTO queue_visit (floor, contact, n, queue, entered_at, left_at, ended, agent, wait_seconds)
VALUES ('main', %(contact)s, 1, 'help0', %(at)s, %(at)s + interval '9 s', 'answered', 'dana0', 9)
"""


@pytest.fixture
def counted(browser_database: str) -> Iterator[str]:
    """A contact of yesterday in the read models; the journal of the day before has nothing, as they do."""
    given = {"contact": CONTACT, "at": _NOON}
    with psycopg.connect(browser_database, autocommit=True) as connection:
        connection.execute(_KNOWN, given)
        connection.execute(_STAY, given)
        yield CONTACT
        connection.execute("DELETE FROM queue_visit WHERE contact = %(contact)s", given)
        connection.execute("DELETE FROM contact WHERE contact = %(contact)s", given)


async def test_a_report_is_proposed_agreed_delivered_and_recomputed(enter: Enter, counted: str) -> None:
    manager = await enter("manager", "/reports")
    await manager.choose_language("fa")
    await propose(manager)
    client = await enter("client_owner", "/reports")
    await client.page.get_by_role("button", name=NAME).click()
    await client.page.get_by_role("button", name=client.say("reports.move.agree"), exact=True).click()
    signed = client.page.get_by_role("region", name=client.say("reports.terms"))
    await expect(signed).to_contain_text(client.say("reports.state.agreed"))
    deliveries = client.page.get_by_role("region", name=client.say("reports.deliveries"), exact=True)
    await expect(deliveries).to_be_visible()
    numbers = deliveries.get_by_role("region", name=client.say("reports.numbers"))

    async def is_delivered() -> bool:
        await client.page.reload()
        await expect(deliveries).to_be_visible()
        return await days(deliveries).count() == 2

    await until(is_delivered, deliveries.inner_text)
    assert await violations(client.page) == []
    report = client.page.url
    await numbers.get_by_role("row").last.get_by_role("button").first.click()
    explained = client.page.get_by_role("dialog")
    await expect(explained).to_contain_text("Contacts that entered a queue.")
    await explained.get_by_role("button", name=client.say("reports.contacts")).click()
    await explained.get_by_role("link", name=counted).click()
    await expect(client.page.get_by_role("complementary")).to_contain_text("+491799999")

    await client.page.goto(report)
    await days(deliveries).last.click()
    await client.button("reports.recompute", deliveries).click()
    await expect(deliveries.get_by_role("status")).to_contain_text(EQUAL)
    await propose_hours(manager)


async def propose_hours(manager: Person) -> None:
    """Other terms begin with those of a version; an address that is none is told at the form."""
    page = manager.page
    terms = page.get_by_role("region", name=manager.say("reports.terms"))
    await page.reload()
    await expect(terms).to_contain_text(manager.say("reports.state.agreed"))
    await manager.button("reports.propose_other").first.click()
    await expect(manager.field("reports.field.name")).to_have_value(NAME)
    recipients = page.get_by_label(manager.say("reports.recipients")).first
    await recipients.fill("nobody")
    await recipients.press("Enter")
    await manager.button("reports.preview").click()
    await expect(page.get_by_role("alert")).to_contain_text("حداکثر به ۲۰ نشانی رایانامه می‌شود")
    await recipients.press("Backspace")
    await manager.button("reports.preview").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await manager.button("reports.propose").click()
    await expect(terms).to_contain_text(manager.say("reports.version").replace("{version, number}", "۲"))


async def propose(manager: Person) -> None:
    """Fill the form, look elsewhere, find it as it was, see the numbers, propose."""
    page = manager.page
    await manager.button("reports.new").first.click()
    await manager.field("reports.field.name").fill(NAME)
    await page.get_by_label(manager.say("reports.field.projects")).first.click()
    await page.get_by_role("option", name="Sales").click()
    await page.keyboard.press("Escape")
    await manager.type_day("reports.field.first_day", _NOON.date() - timedelta(days=1))
    await manager.type_time("reports.field.deliver_at", time(0))
    await page.reload()
    await expect(manager.field("reports.field.name")).to_have_value(NAME)
    await expect(manager.button("reports.propose")).to_be_disabled()
    await manager.button("reports.preview").click()
    await expect(page.get_by_role("region", name=manager.say("reports.preview"))).to_contain_text(
        manager.say("reports.whole")
    )
    level = page.get_by_role("listitem").filter(has_text=LEVEL)
    await expect(level).to_contain_text("در ۲۰ ثانیه پاسخ گرفتند")
    await expect(level.get_by_label(manager.say("figures.parameter.target_seconds"))).to_be_visible()
    assert await violations(page) == []
    await manager.button("reports.propose").click()
    terms = page.get_by_role("region", name=manager.say("reports.terms"))
    await expect(terms).to_contain_text(manager.say("reports.state.proposed"))
    await expect(terms).to_contain_text(f"{LEVEL} (۲۰) [سهم]")
    await expect(terms).to_contain_text(f"{manager.say('reports.field.language')}: {LANGUAGES['fa']}")


def days(deliveries: Locator) -> Locator:
    """The choices of deliveries, the newest first."""
    return deliveries.get_by_test_id("days").get_by_role("button")
