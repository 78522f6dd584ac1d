"""What a customer answers by keypad after a real call is on the supervisor's and the client's open pages at once."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from axe import violations
from tests.browser.conftest import Arrive, Enter, Records
from tests.browser.organisation import CARE_NUMBER
from tests.browser.person import Person
from tests.telephony.peer import Call, Peer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]

CALLER = "+491514200"
KEY = "4"
PRESSES_MAX = 20
BETWEEN_PRESSES_SECONDS = 1.0


def newest(person: Person) -> Locator:
    return person.page.get_by_role("group", name=person.say("feedback.newest")).locator("tbody tr").first


async def answers(customer: Call) -> None:
    """Press the key like somebody who does not know when the question is over, until the call is."""
    for _ in range(PRESSES_MAX):
        if customer.ended:
            return
        await customer.press(KEY)
        await asyncio.wait([asyncio.create_task(gone(customer))], timeout=BETWEEN_PRESSES_SECONDS)
    raise AssertionError("the survey never ended")


async def gone(customer: Call) -> None:
    await customer.peer.until(lambda: customer.ended, seconds=BETWEEN_PRESSES_SECONDS * 2)


async def test_an_answer_arrives_on_both_sides_while_the_agent_wraps_up(
    arrive: Arrive, enter: Enter, carrier: Peer, records: Records
) -> None:
    supervisor = await enter("supervisor", "/feedback")
    client = await enter("client_owner", "/feedback")
    for person in (supervisor, client):
        await expect(person.heading("nav.feedback")).to_be_visible()
        await expect(newest(person).filter(has_text="Care line")).to_have_count(0)
    agent = await arrive("fay")
    await agent.begin()
    customer = await carrier.call(CARE_NUMBER, CALLER)
    await agent.accept()
    await customer.hum("440")
    await agent.hears()
    await customer.hush()
    await agent.hang_up()
    assert not customer.ended, "the customer is asked"
    await answers(customer)
    for person in (supervisor, client):
        await expect(newest(person)).to_contain_text("Care line")
        await expect(newest(person)).to_contain_text(KEY)
        await expect(newest(person)).to_contain_text("How was it?")
        assert await violations(person.page) == []
        await person.page.get_by_role("combobox", name=person.say("feedback.queue")).click()
        await person.page.get_by_role("option", name="Care line").click()
        await expect(person.page).to_have_url(f"{person.url}/feedback?queue=care")
        await expect(newest(person)).to_contain_text("Care line")
        async with person.page.expect_download() as taking:
            await person.page.get_by_role("button", name="CSV").click()
        sheet = await (await taking.value).path()
        assert f",{KEY},2" in sheet.read_text(), "the key, and the moment of the answer beside it"
    await expect(newest(supervisor)).to_contain_text("Fay")
    await expect(newest(client)).not_to_contain_text("Fay")
    await agent.finish(None)
    contact = await records(CALLER)
    assert contact["outcome"] == "answered"
    await newest(supervisor).get_by_role("link").click()
    await expect(supervisor.page).to_have_url(f"{supervisor.url}/contacts?open={contact['contact']}")
