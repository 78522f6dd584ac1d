"""T3: a new number with a greeting, a script and a queue, made in the form, then called and answered."""

import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import AGENT_TONE, Arrive, Enter
from tests.browser.organisation import caller_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

NUMBER = "+493077001"
LIVE_SECONDS_MAX = 300
FIRST, SECOND = "Good day, you have reached the spring sale.", "What may I send you?"


async def test_a_number_made_in_the_form_is_answered_within_minutes(
    enter: Enter, arrive: Arrive, carrier: Peer, installation: Installation, tmp_path: Path
) -> None:
    agent = await arrive("dana12")
    await agent.begin()
    floor = await installation.rows("SELECT incarnation FROM floor_live")
    administrator = await enter("administrator", "/administration/new-number")
    page = administrator.page
    began = time.monotonic()
    await page.get_by_role("textbox", name=administrator.say("field.number"), exact=False).first.fill(NUMBER)
    await administrator.field("quick.name").fill("Spring sale")
    await page.get_by_text(administrator.say("quick.project.new"), exact=True).click()
    await administrator.field("quick.greeting.text").fill("Welcome to the spring sale.")
    await page.locator("input").and_(page.get_by_label(administrator.say("quick.agents"))).fill("Dana 12")
    await page.get_by_role("option", name="Dana 12").click()
    await page.get_by_role("textbox", name="Line 1").fill(FIRST)
    await page.get_by_role("textbox", name="Line 2").fill(SECOND)
    await administrator.button("quick.do").click()
    live = administrator.say("live.title").replace("{number}", f"\u2066{NUMBER}\u2069")
    await expect(page.get_by_role("heading", name=live)).to_be_visible()
    made_seconds = time.monotonic() - began

    customer = await carrier.call(NUMBER, caller_of(12))
    await expect(agent.offer).to_contain_text("Spring sale")
    await agent.accept()
    answered_seconds = time.monotonic() - began
    print(f"a new number is live after {made_seconds:.1f} s, its first call is answered after {answered_seconds:.1f} s")
    assert answered_seconds < LIVE_SECONDS_MAX
    await expect(agent.script).to_contain_text(FIRST)
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await customer.hum("440")
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})
    await agent.button("script.i_said").click()
    await expect(agent.script).to_contain_text(SECOND)
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish(None)
    assert await installation.rows("SELECT incarnation FROM floor_live") == floor, "nothing was started again"
