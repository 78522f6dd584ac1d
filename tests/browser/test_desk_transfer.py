"""Two agents at the real pages: each with a customer, and customers passed on from one to the other."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.agent_at_desk import AgentAtDesk
from tests.browser.conftest import AGENT_TONE, Arrive
from tests.browser.organisation import caller_of, number_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Call, Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CUSTOMER_TONE = 440
NOTE = "Asked for the white one."


async def two_at_their_desks(arrive: Arrive, n: int) -> tuple[AgentAtDesk, AgentAtDesk]:
    """The agent of desk `n` and the colleague, both ready."""
    dana, eli = await asyncio.gather(arrive(f"dana{n}"), arrive(f"eli{n}"))
    await asyncio.gather(dana.begin(), eli.begin())
    return dana, eli


async def talk(agent: AgentAtDesk, carrier: Peer, n: int) -> Call:
    customer = await carrier.call(number_of(n), caller_of(n))
    await agent.accept()
    await customer.hum(str(CUSTOMER_TONE))
    return customer


async def find(agent: AgentAtDesk, colleague: str) -> None:
    """Open the transfer and type whom it is for."""
    await agent.button("call.transfer").click()
    await agent.field("transfer.to").fill(colleague)


async def over(customer: Call, carrier: Peer, *agents: AgentAtDesk) -> None:
    """The customer hangs up, and every agent ends the wrap-up."""
    await customer.hang_up()
    await carrier.until(lambda: customer.ended)
    for agent in agents:
        await agent.finish("Solved")


async def test_two_agents_at_once_have_a_customer_each(arrive: Arrive, carrier: Peer, tmp_path: Path) -> None:
    first, second = await asyncio.gather(arrive("dana2"), arrive("dana3"))
    await asyncio.gather(first.begin(), second.begin())
    customers = [await talk(first, carrier, 2), await talk(second, carrier, 3)]
    ears = Ears(tmp_path)
    await ears.listen(first=customers[0], second=customers[1])
    await asyncio.gather(first.hears(), second.hears())
    await expect(first.call).to_contain_text(caller_of(2))
    await expect(second.call).to_contain_text(caller_of(3))
    await first.hang_up()
    await carrier.until(lambda: customers[0].ended)
    await second.hears()
    await ears.until("second", {AGENT_TONE})
    await first.finish("Solved")
    await over(customers[1], carrier, second)


async def test_a_customer_is_passed_on_to_a_queue_with_all_that_was_typed(
    arrive: Arrive, carrier: Peer, tmp_path: Path
) -> None:
    dana, eli = await two_at_their_desks(arrive, 4)
    customer = await talk(dana, carrier, 4)
    await dana.button("script.i_said").click()
    await dana.field("wrap_up.note").fill(NOTE)
    await expect(dana.part("now").get_by_text(dana.say("saving.saved"))).to_be_visible()
    await dana.field("answer.label").fill("77")
    await dana.button("script.next").click()
    await find(dana, "Help 4")  # before a pause in typing has sent the answer
    await dana.page.keyboard.press("Enter")
    await eli.accept()
    await expect(dana.wrap_up).to_be_visible()
    await expect(eli.script).to_contain_text("What may I do about 77?")
    await expect(eli.part("who")).to_contain_text(NOTE)
    await expect(eli.field("wrap_up.note")).to_have_value("")
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await eli.hears()
    await ears.until("customer", {AGENT_TONE})
    await over(customer, carrier, eli, dana)


async def test_a_colleague_is_asked_first_joins_and_takes_the_customer(
    arrive: Arrive, carrier: Peer, tmp_path: Path
) -> None:
    dana, eli = await two_at_their_desks(arrive, 5)
    customer = await talk(dana, carrier, 5)
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await find(dana, "Eli 5")
    await dana.page.keyboard.press("Control+Enter")
    await eli.accept()
    await ears.until("customer", set())
    await asyncio.gather(dana.hears(), eli.hears())
    await dana.button("call.back").click()
    await expect(dana.button("call.transfer")).to_be_visible()
    await ears.until("customer", {AGENT_TONE})
    await expect(eli.call).to_have_count(0)
    await expect(eli.heading("idle.ready")).to_be_visible()
    await find(dana, "Eli 5")
    await dana.button("transfer.ask_first").click()
    await eli.accept()
    await dana.button("call.conference").click()
    await ears.until("customer", {AGENT_TONE})
    await asyncio.gather(dana.hears(), eli.hears())
    for quiet in (dana, eli):  # both are heard: either alone, and nobody while both are quiet
        await quiet.button("call.mute").click()
        await ears.until("customer", {AGENT_TONE} if quiet is dana else set())
    for quiet in (dana, eli):
        await quiet.button("call.unmute").click()
    await dana.button("call.complete").click()
    await expect(dana.wrap_up).to_be_visible()
    await eli.hears()
    await ears.until("customer", {AGENT_TONE})
    await expect(eli.script).to_contain_text("Good day, this is Eli 5")
    await over(customer, carrier, eli, dana)
