"""The session expires in the middle of a call: the call goes on, and the same person signs in over the page."""

from pathlib import Path

import psycopg
import pytest
from playwright.async_api import expect

from tests.browser.conftest import AGENT_TONE, Arrive, Records
from tests.browser.organisation import CHOICE, caller_of, number_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Peer
from tests.web.people import PASSWORD

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CUSTOMER_TONE = 440
LINE_MILLISECONDS_MAX = 45_000
BEFORE, AFTER = "Typed before, ", "and after the session ended."


async def test_a_session_that_expires_in_a_call_takes_nothing_away(
    arrive: Arrive, carrier: Peer, records: Records, browser_database: str, tmp_path: Path
) -> None:
    agent = await arrive("dana7")
    await agent.begin()
    customer = await carrier.call(number_of(7), caller_of(7))
    await agent.accept()
    await customer.hum(str(CUSTOMER_TONE))
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await agent.button("script.i_said").click()
    await agent.field("answer.label").fill("5")
    await agent.button("script.next").click()
    await agent.field("wrap_up.note").press_sequentially(BEFORE)
    await expect(agent.part("now").get_by_text(agent.say("saving.saved"))).to_be_visible()

    with psycopg.connect(browser_database, autocommit=True) as connection:
        connection.execute(
            "UPDATE session SET ends_at = now() FROM account WHERE account = account.id AND email = %s", (agent.email,)
        )
    await agent.field("wrap_up.note").press_sequentially(AFTER)
    asked = agent.page.get_by_role("dialog", name=agent.say("again.title"))
    await expect(asked).to_be_visible()
    await expect(agent.script).to_be_attached()
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})

    await asked.get_by_label(agent.say("sign_in.password")).first.fill(PASSWORD)
    await agent.page.keyboard.press("Enter")
    await expect(asked).to_have_count(0)
    await agent.talks()
    await expect(agent.call).to_contain_text(caller_of(7))
    await expect(agent.script).to_contain_text(CHOICE.format(order="5"))
    await expect(agent.field("wrap_up.note")).to_have_value(BEFORE + AFTER)
    await expect(agent.part("now").get_by_text(agent.say("saving.saved"))).to_be_visible()
    await agent.hears()
    await ears.until("customer", {AGENT_TONE})
    # The phone's socket ended with the session too, and comes back in its own time.
    await expect(agent.page.get_by_text(agent.say("line.lost"))).to_have_count(0, timeout=LINE_MILLISECONDS_MAX)
    await agent.button("call.hold").click()
    await expect(agent.call).to_contain_text(agent.say("call.held"))
    await agent.button("call.resume").click()
    await expect(agent.call).not_to_contain_text(agent.say("call.held"))
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")
    record = await records(caller_of(7))
    assert [note["text"] for note in record["notes"]] == [BEFORE + AFTER]
    assert [visit["ended"] for visit in record["queue_visits"]] == ["answered"], "it has been one conversation"
