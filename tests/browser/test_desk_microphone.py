"""The browser refuses the microphone: it is said in clear words, and nobody calls into silence."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.organisation import caller_of, number_of
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

ASKED_AGAIN = "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => null, (error) => error.name)"


async def test_nobody_rings_an_agent_whose_microphone_is_refused(
    arrive: Arrive, carrier: Peer, installation: Installation
) -> None:
    agent = await arrive("dana8", microphone=False)
    await agent.start_shift()
    refused = agent.page.get_by_text(agent.say("trouble.microphone_refused"))
    await expect(refused).to_be_visible()
    customer = await carrier.call(number_of(8), caller_of(8))
    await installation.until(lambda view: any(q.queue == "desk8" and q.waiting == 1 for q in view.queues))
    await agent.button("presence.ready").click()
    await agent.page.get_by_test_id("presence").click()
    await agent.page.get_by_role("menuitem", name=agent.say("presence.ready")).click()
    await agent.page.keyboard.press("Alt+KeyR")
    assert await agent.page.evaluate(ASKED_AGAIN) == "NotAllowedError"  # after what the key asked for was refused
    await expect(refused).to_be_visible()
    await expect(agent.heading("idle.not_ready")).to_be_visible()
    await installation.until(lambda view: any(a.agent == "dana8" and a.presence == "not_ready" for a in view.agents))

    await agent.context.grant_permissions(["microphone"], origin=agent.url)
    await agent.button("trouble.again").click()
    await expect(refused).to_have_count(0)
    await agent.button("presence.ready").click()
    await agent.accept()
    await customer.hum("440")
    await agent.hears()
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")


async def test_a_microphone_that_is_refused_while_it_rings_is_told_beside_the_offer(
    arrive: Arrive, carrier: Peer, installation: Installation
) -> None:
    agent = await arrive("dana9")
    await agent.begin()
    await agent.context.clear_permissions()
    customer = await carrier.call(number_of(9), caller_of(9))
    await agent.button("offer.accept", agent.offer).click()
    await expect(agent.offer).to_contain_text(agent.say("trouble.microphone_refused"))
    await agent.context.grant_permissions(["microphone"], origin=agent.url)
    await agent.accept()
    await customer.hum("440")
    await agent.hears()
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")
