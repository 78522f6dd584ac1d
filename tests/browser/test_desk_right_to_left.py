"""The desk from right to left, in Persian and in Arabic: a mirror, and telephone numbers as they are dialled."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Arrive
from tests.browser.organisation import caller_of, number_of
from tests.telephony.peer import Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

DIGITS = {"fa": "۰-۹", "ar": "٠-٩"}


async def left_of(one: Locator) -> float:
    box = await one.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize(("locale", "n"), [("fa", 10), ("ar", 11)])
async def test_a_customer_is_served_from_right_to_left(arrive: Arrive, carrier: Peer, locale: str, n: int) -> None:
    agent = await arrive(f"dana{n}")
    await agent.choose_language(locale)
    await expect(agent.page.locator(f"html[lang={locale}][dir=rtl]")).to_be_attached()
    await agent.begin()
    customer = await carrier.call(number_of(n), caller_of(n))
    await expect(agent.offer).to_contain_text(caller_of(n))
    presence, accept = agent.page.get_by_test_id("presence"), agent.button("offer.accept", agent.offer)
    assert await left_of(accept) < await left_of(agent.offer.locator("b").first) < await left_of(presence)
    await agent.accept()
    await customer.hum("440")
    await agent.hears()

    mine, now, who = [await left_of(agent.part(id)) for id in ("mine", "now", "who")]
    assert who < now < mine, "the columns are mirrored"
    assert await left_of(agent.page.get_by_role("navigation", name=agent.say("shell.navigation"))) > mine
    assert await left_of(agent.button("call.hang_up")) < await left_of(agent.button("call.hold"))
    number = agent.call.get_by_text(caller_of(n), exact=True)
    assert await number.evaluate("one => getComputedStyle(one).direction") == "ltr"
    clock = re.compile(f"^[{DIGITS[locale]}]+:[{DIGITS[locale]}]{{2}}$")
    await expect(agent.call.locator("time")).to_have_text(clock)
    await expect(agent.part("mine").locator("time").first).to_have_text(clock)
    await expect(agent.page.locator("footer dd").first).to_have_text(re.compile(f"^[{DIGITS[locale]}]+$"))

    await agent.button("script.i_said").click()
    await agent.field("answer.label").fill("12")
    await agent.button("script.next").click()
    await expect(agent.script).to_contain_text("What may I do about 12?")
    spoken = agent.script.locator("p").first
    assert await spoken.evaluate("one => getComputedStyle(one).direction") == "ltr", "the script is in English"
    await agent.button("call.hold").click()
    await expect(agent.call).to_contain_text(agent.say("call.held"))
    await agent.button("call.resume").click()
    await agent.field("wrap_up.note").fill("یادداشت")
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")
