"""What callers and colleagues bring is text at the desk, never markup."""

import pytest
from playwright.async_api import expect

from tests.browser.agent_at_desk import AgentAtDesk
from tests.browser.conftest import Arrive
from tests.browser.organisation import caller_of, number_of
from tests.telephony.peer import Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

MARKUP = "<img src=x onerror=document.title=1>"


async def nothing_is_markup(agent: AgentAtDesk) -> None:
    assert await agent.page.locator("img[src=x]").count() == 0
    assert await agent.page.title() != "1"


async def test_names_numbers_and_notes_are_text(arrive: Arrive, carrier: Peer) -> None:
    agent = await arrive("dana13")
    await agent.begin()
    customer = await carrier.call(number_of(13), f'"{MARKUP}" <{caller_of(13)}>')
    await expect(agent.offer).to_contain_text(caller_of(13))
    await expect(agent.offer).to_contain_text(MARKUP)
    await agent.accept()
    await expect(agent.call).to_contain_text(MARKUP)
    await expect(agent.part("who")).to_contain_text(MARKUP)
    await nothing_is_markup(agent)
    await agent.button("script.i_said").click()
    await agent.field("answer.label").fill(MARKUP)
    await agent.button("script.next").click()
    await expect(agent.script).to_contain_text(f"What may I do about {MARKUP}?")
    await agent.field("wrap_up.note").fill(MARKUP)
    await nothing_is_markup(agent)
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")

    again = await carrier.call(number_of(13), f'"{MARKUP}" <{caller_of(13)}>')
    await agent.accept()
    history = agent.part("who").get_by_role("heading", name=agent.say("who.history")).locator("xpath=..")
    await expect(history.get_by_text("Desk 13")).to_be_visible()
    await nothing_is_markup(agent)
    await agent.hang_up()
    await carrier.until(lambda: again.ended)
    await agent.finish("Solved")

    strange = await carrier.call(number_of(13), f'"{MARKUP}" <{MARKUP[1:-1]}>')
    await expect(agent.offer).to_be_visible()
    await nothing_is_markup(agent)
    await agent.button("offer.refuse", agent.offer).click()
    await strange.hang_up()
