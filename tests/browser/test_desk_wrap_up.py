"""What an agent enters in the wrap-up counts once, with a page that is closed, and with two that are open."""

from datetime import time

import pytest
from playwright.async_api import expect

from tests.browser.agent_at_desk import AgentAtDesk, until
from tests.browser.conftest import Arrive, Records
from tests.browser.organisation import HURRIED, HURRY_SECONDS, caller_of, number_of
from tests.telephony.peer import Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

DESK = 16
NOTE = "Wants to hear of the white one."
NEXT = "send the list of prices"
BACK = "+49151999"


async def in_wrap_up(agent: AgentAtDesk, carrier: Peer, desk: int) -> None:
    await agent.begin()
    customer = await carrier.call(number_of(desk), caller_of(desk))
    await agent.accept()
    await customer.hang_up()
    await carrier.until(lambda: customer.ended)
    await expect(agent.wrap_up).to_be_visible()


async def saved(agent: AgentAtDesk) -> None:
    await expect(agent.part("now").get_by_text(agent.say("saving.saved"))).to_be_visible()


async def test_a_page_that_is_closed_loses_nothing(arrive: Arrive, carrier: Peer, records: Records) -> None:
    agent = await arrive(f"dana{HURRIED}")
    await in_wrap_up(agent, carrier, HURRIED)
    await agent.wrap_up.get_by_role("button", name="Promised").click()
    await agent.field("wrap_up.note").fill(NOTE)
    await agent.field("wrap_up.next_action").fill(NEXT)
    await agent.page.get_by_role("checkbox", name=agent.say("wrap_up.callback")).check()
    await agent.wrap_up.get_by_role("combobox", name=agent.say("callback.day")).click()
    await agent.page.get_by_role("option").nth(1).click()
    await agent.type_time("callback.time", time(10, 30), agent.wrap_up)
    await agent.field("callback.number", agent.wrap_up).fill(BACK)
    await saved(agent)
    await agent.page.close()

    async def called_back() -> bool:
        return (await records(caller_of(HURRIED)))["promised_in"] is not None

    async def seen() -> object:
        return await records(caller_of(HURRIED))

    await until(called_back, seen, HURRY_SECONDS + 20)
    promised = await records(caller_of(HURRIED))
    assert (promised["state"], [note["text"] for note in promised["notes"]]) == ("postponed", [NEXT])
    about = await records(promised["promised_in"], is_id=True)
    assert [one["disposition"] for one in about["engagements"]] == ["promised"]
    assert {(note["kind"], note["text"]) for note in about["notes"]} == {("note", NOTE), ("next_action", NEXT)}


async def test_two_pages_enter_and_finish_one_wrap_up(arrive: Arrive, carrier: Peer, records: Records) -> None:
    agent = await arrive(f"dana{DESK}")
    await in_wrap_up(agent, carrier, DESK)
    first = agent.page
    await agent.field("wrap_up.note").fill(NOTE)
    await saved(agent)
    await agent.open("/desk")
    await expect(agent.field("wrap_up.note")).to_have_value(NOTE)
    await agent.field("wrap_up.next_action").fill(NEXT)
    await saved(agent)
    second, agent.page = agent.page, first
    await agent.wrap_up.get_by_role("button", name="Solved").click()
    await saved(agent)
    await expect(agent.field("wrap_up.next_action")).to_have_value(NEXT)
    await agent.button("wrap_up.finish", agent.wrap_up).click()
    await expect(agent.wrap_up).to_have_count(0)
    agent.page = second
    await expect(agent.wrap_up).to_have_count(0)
    record = await records(caller_of(DESK))
    assert [one["disposition"] for one in record["engagements"]] == ["solved"]
    assert sorted(note["text"] for note in record["notes"]) == sorted([NOTE, NEXT])
