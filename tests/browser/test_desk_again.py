"""A page that is loaded again, a second tab and a hidden one in the middle of a call: nothing is lost."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.agent_at_desk import AgentAtDesk
from tests.browser.conftest import AGENT_TONE, Arrive, Records
from tests.browser.organisation import CHOICE, caller_of, number_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CUSTOMER_TONE = 440
ORDER = "4711"
NOTE = "Half a sentence, and the page is l"
MORE = "oaded again."


async def same_screen(agent: AgentAtDesk, n: int) -> None:
    """The conversation, the step of the script and what was typed are where they were."""
    await agent.talks()
    await expect(agent.call).to_contain_text(caller_of(n))
    await expect(agent.script).to_contain_text(CHOICE.format(order=ORDER))
    await expect(agent.field("wrap_up.note")).to_have_value(NOTE)


async def test_a_page_loaded_again_and_other_tabs_lose_nothing(
    arrive: Arrive, carrier: Peer, records: Records, tabs: BrowserContext, tmp_path: Path
) -> None:
    agent = await arrive("dana6", context=tabs)
    await agent.begin()
    customer = await carrier.call(number_of(6), caller_of(6))
    await agent.accept()
    await customer.hum(str(CUSTOMER_TONE))
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await agent.button("script.i_said").click()
    await agent.field("answer.label").fill(ORDER)
    await agent.button("script.next").click()
    await agent.field("wrap_up.note").press_sequentially(NOTE)
    await agent.page.reload()  # before the pause after which it is sent
    await same_screen(agent, 6)
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})

    first = agent.page
    await expect(agent.part("now").get_by_text(agent.say("saving.saved"))).to_be_visible()
    await agent.open("/desk")
    await same_screen(agent, 6)
    await expect(agent.page.get_by_text(agent.say("line.other_tab"))).to_be_visible()
    await expect(agent.button("call.hang_up")).to_be_disabled()
    second, agent.page = agent.page, first
    assert await first.evaluate("document.visibilityState") == "hidden"
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})
    await first.bring_to_front()
    await same_screen(agent, 6)
    await agent.field("wrap_up.note").press("Control+End")
    await agent.page.keyboard.type(MORE)
    await expect(agent.part("now").get_by_text(agent.say("saving.saved"))).to_be_visible()

    agent.page = second
    await expect(agent.field("wrap_up.note")).to_have_value(NOTE + MORE)
    await first.close()  # and the phone goes to the tab that is left
    await agent.talks()
    await expect(agent.button("call.hang_up")).to_be_enabled()
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})
    assert not customer.ended
    await agent.hang_up()
    await agent.finish("Solved")
    record = await records(caller_of(6))
    assert [note["text"] for note in record["notes"]] == [NOTE + MORE]
    assert [visit["ended"] for visit in record["queue_visits"]] == ["answered"], "it has been one conversation"
    assert len(record["engagements"]) == 1
