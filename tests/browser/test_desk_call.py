"""An agent's whole way with a customer at the real pages, by the buttons and by the keyboard alone."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.agent_at_desk import AgentAtDesk, until
from tests.browser.conftest import AGENT_TONE, Arrive, Records
from tests.browser.organisation import CHOICE, GOODBYE, LATE, QUESTION, SORRY, caller_of, number_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Call, Peer
from tests.web.people import PASSWORD

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CUSTOMER_TONE = 440
ORDER = "8812"
NOTE = "Ordered on Monday.\nWants a call."


async def test_an_agent_signs_in_and_serves_a_customer(
    arrive: Arrive, carrier: Peer, records: Records, tmp_path: Path
) -> None:
    agent = await arrive("dana0", signed_in=False)
    await agent.sign_in(PASSWORD)
    await agent.begin()
    customer = await carrier.call(number_of(0), caller_of(0))
    await expect(agent.offer).to_contain_text(caller_of(0))
    await expect(agent.offer).to_contain_text("Desk 0")
    await expect(agent.script).to_contain_text("Good day, this is Dana 0 of Sales.")
    await agent.accept()
    await hear_each_other(agent, customer, tmp_path)
    await follow_the_script(agent)
    await agent.field("wrap_up.note").fill(NOTE)
    await agent.button("call.hold").click()
    await expect(agent.call).to_contain_text(agent.say("call.held"))
    await held(customer, tmp_path)
    await agent.button("call.resume").click()
    await expect(agent.call).not_to_contain_text(agent.say("call.held"))
    await agent.hears()
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await expect(agent.field("wrap_up.note")).to_have_value(NOTE)
    await agent.finish("Solved")
    await expect(agent.heading("idle.ready")).to_be_visible()
    await is_recorded(await records(caller_of(0)), agent)


async def test_the_keyboard_alone_does_it_all(arrive: Arrive, carrier: Peer, records: Records) -> None:
    agent = await arrive("dana1", signed_in=False)
    keys = agent.page.keyboard
    await expect(agent.field("sign_in.email")).to_be_focused()
    await keys.type(agent.email)
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await expect(agent.button("presence.start").first).to_be_visible()
    await keys.press("Alt+KeyR")
    await expect(agent.button("idle.test.do")).to_be_enabled()
    await keys.press("Alt+KeyR")
    await expect(agent.heading("idle.ready")).to_be_visible()
    customer = await carrier.call(number_of(1), caller_of(1))
    await expect(agent.offer).to_be_visible()
    await keys.press("Enter")
    await agent.talks()
    await customer.hum(str(CUSTOMER_TONE))
    await agent.hears()
    await keys.press("Alt+KeyS")
    await expect(agent.script).to_contain_text(QUESTION)
    await expect(agent.field("answer.label")).to_be_focused()
    await keys.type(ORDER)
    await keys.press("Enter")
    await expect(agent.script).to_contain_text(CHOICE.format(order=ORDER))
    await keys.press("Tab")
    await expect(agent.script.get_by_role("button", name=LATE)).to_be_focused()
    await keys.press("Enter")
    await expect(agent.script).to_contain_text(SORRY.format(order=ORDER))
    await keys.press("Alt+KeyS")
    await expect(agent.script).to_contain_text(GOODBYE)
    await keys.press("Alt+KeyH")
    await expect(agent.call).to_contain_text(agent.say("call.held"))
    await keys.press("Alt+KeyH")
    await expect(agent.call).not_to_contain_text(agent.say("call.held"))
    await agent.hears()
    await keys.press("Alt+KeyN")
    await expect(agent.field("wrap_up.note")).to_be_focused()
    for n, line in enumerate(NOTE.splitlines()):
        if n > 0:
            await keys.press("Enter")
        await keys.type(line)
    await keys.press("Alt+KeyX")
    await expect(agent.wrap_up).to_be_visible()
    await carrier.until(lambda: customer.ended)
    await keys.press("Alt+Digit1")
    await expect(agent.wrap_up.get_by_role("button", name="Solved")).to_have_attribute("aria-pressed", "true")
    await keys.press("Alt+KeyW")
    await expect(agent.wrap_up).to_have_count(0)
    await is_recorded(await records(caller_of(1)), agent)


async def hear_each_other(agent: AgentAtDesk, customer: Call, folder: Path) -> None:
    """RTP is counted both ways at both ends, and each hears the other's tone."""
    ears = Ears(folder)
    await ears.listen(customer=customer)
    await customer.hum(str(CUSTOMER_TONE))
    before = await customer.rtp_received(), await customer.rtp_sent()
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})

    async def counted() -> tuple[int, int]:
        return await customer.rtp_received() - before[0], await customer.rtp_sent() - before[1]

    async def enough() -> bool:
        return min(await counted()) >= 50

    await until(enough, counted)


async def held(customer: Call, folder: Path) -> None:
    """The customer hears music, and not the agent."""
    ears = Ears(folder)
    await ears.listen(customer_on_hold=customer)
    await ears.until("customer_on_hold", set())


async def follow_the_script(agent: AgentAtDesk) -> None:
    await agent.button("script.i_said").click()
    await expect(agent.script).to_contain_text(QUESTION)
    await agent.field("answer.label").fill(ORDER)
    await agent.button("script.next").click()
    await expect(agent.script).to_contain_text(CHOICE.format(order=ORDER))
    await agent.script.get_by_role("button", name=LATE).click()
    await expect(agent.script).to_contain_text(SORRY.format(order=ORDER))
    await agent.button("script.next").click()
    await expect(agent.script).to_contain_text(GOODBYE)
    await expect(agent.script.get_by_text(agent.say("script.said"))).to_have_count(1)


async def is_recorded(record: dict, agent: AgentAtDesk) -> None:
    """The contact's record has its result, its note and what was done in the script."""
    assert [(one["agent"], one["disposition"]) for one in record["engagements"]] == [(agent.agent, "solved")]
    assert [note["text"] for note in record["notes"]] == [NOTE]
    events = record["form"]["values"]["events"]
    assert [(one["type"], one["step"]) for one in events] == [
        ("said", "hello"), ("answered", "order"), ("chose", "what"), ("said", "sorry"),
    ]  # fmt: skip
    assert (events[1]["value"], events[2]["option"]) == (ORDER, LATE)
