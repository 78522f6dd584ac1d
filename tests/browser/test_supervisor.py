"""A supervisor at the floor's page: sees a call begin, hears it, whispers, joins, takes over; moves agents; has alarms.

The agents have plain telephones with a tone of their own, so that the far ends can tell them from the supervisor, whose
microphone is the browser's.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.browser.agent_at_desk import AgentAtDesk, until
from tests.browser.conftest import AGENT_TONE, SCREEN, Enter, invite
from tests.browser.organisation import caller_of, number_of
from tests.telephony.hearing import Ears
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

CUSTOMER_TONE = 440
OTHER_TONE = 880
HEARD, DRAINED = 18, 19
"""Whose desks the tests are about."""
SHOWN_MILLISECONDS_MAX = 1_000
OFFERED = """
SELECT min(at) / 1000.0 AS at FROM journal
WHERE outputs::text LIKE '%%"EngagementMoved"%%' AND outputs::text LIKE %(agent)s AND outputs::text LIKE '%%offered%%'
"""
WATCH = """
window.firstShown = {};
new MutationObserver(() => {
    for (const card of document.querySelectorAll("[data-agent]")) {
        window.firstShown[`${card.dataset.agent} ${card.dataset.state}`] ??= Date.now();
    }
}).observe(document, {subtree: true, childList: true, attributes: true});
"""
"""When a card first showed a state, by the page's clock."""

Supervise = Callable[[str], Awaitable[AgentAtDesk]]


@pytest_asyncio.fixture(loop_scope="session")
async def supervise(
    installation: Installation, chromium: Browser, browser_database: str, browser_ports: dict[str, dict[str, int]]
) -> AsyncIterator[Supervise]:
    """Bring a supervisor with an agent's seat to the floor's page: `await supervise("eli18")`."""
    url = f"http://127.0.0.1:{browser_ports['markaz']['web']}"
    here: list[AgentAtDesk] = []

    async def come(seat: str) -> AgentAtDesk:
        context = await chromium.new_context(viewport=SCREEN)
        await context.grant_permissions(["microphone"], origin=url)
        await context.add_init_script(WATCH)
        email = await invite(browser_database, "supervisor", agent=seat, into=(context, url))
        supervisor = AgentAtDesk(context, url, agent=seat, email=email)
        here.append(supervisor)
        await supervisor.open("/floor")
        await expect(supervisor.page.locator(f"[data-agent={seat}]")).to_be_visible()
        return supervisor

    yield come
    for supervisor in here:
        await installation.ask(supervisor.agent, "sign-out")
        await supervisor.context.close()
        assert not supervisor.faults, supervisor.faults


def card(supervisor: AgentAtDesk, agent: str) -> Locator:
    return supervisor.page.locator(f"[data-agent={agent}]")


async def ready(installation: Installation, carrier: Peer, agent: str) -> None:
    """With a plain telephone."""
    await installation.sign_in(carrier, agent)
    await installation.ask(agent, "ready")


async def test_a_call_is_seen_at_once_heard_whispered_to_joined_and_taken_over(
    installation: Installation, carrier: Peer, supervise: Supervise, tmp_path: Path
) -> None:
    dana, seat = f"dana{HEARD}", f"eli{HEARD}"
    sid = await supervise(seat)
    await ready(installation, carrier, dana)
    await expect(card(sid, dana)).to_have_attribute("data-state", "ready")
    customer = await carrier.call(number_of(HEARD), caller_of(HEARD))
    phone = await carrier.rings(f"agent-{dana}")
    await expect(card(sid, dana)).to_have_attribute("data-state", "offered")
    shown = (await sid.page.evaluate("window.firstShown"))[f"{dana} offered"]
    [row] = await installation.rows(OFFERED, agent=f'%"{dana}"%')
    assert 0 <= shown - float(row["at"]) < SHOWN_MILLISECONDS_MAX
    await phone.answer()
    await expect(card(sid, dana)).to_have_attribute("data-state", "in_conversation")
    await expect(card(sid, dana)).to_contain_text(caller_of(HEARD))
    ears = Ears(tmp_path)
    await ears.listen(customer=customer, dana=phone)
    await customer.hum(str(CUSTOMER_TONE))
    await phone.hum(str(OTHER_TONE))
    await ears.until("customer", {OTHER_TONE})

    await card(sid, dana).click()
    await sid.button("hear.listen").click()
    await sid.talks()
    await sid.hears()
    await ears.until("customer", {OTHER_TONE})
    await ears.until("dana", {CUSTOMER_TONE})

    await sid.button("hear.whisper").click()
    await ears.until("dana", {CUSTOMER_TONE, AGENT_TONE})
    await ears.until("customer", {OTHER_TONE})

    await sid.button("hear.barge").click()
    await ears.until("customer", {OTHER_TONE, AGENT_TONE})

    await sid.button("hear.take_over").click()
    await carrier.until(lambda: phone.ended)
    await ears.until("customer", {AGENT_TONE})
    await sid.hears()
    await customer.hang_up()
    await carrier.until(lambda: customer.ended)
    await expect(card(sid, seat)).to_have_attribute("data-state", "wrapping_up")
    await sid.page.goto(f"{sid.url}/desk")
    await sid.finish("Solved")


async def test_an_alarm_is_taken_over_and_ends_when_an_agent_is_moved_and_the_queue_drains(
    installation: Installation, carrier: Peer, supervise: Supervise, enter: Enter
) -> None:
    eli, seat, queue = f"eli{DRAINED}", f"dana{DRAINED}", f"desk{DRAINED}"
    answer = await installation.web.put("/api/alarm-rules/nobody_ready", json={"after_seconds": 1, "clear_seconds": 1})
    assert answer.is_success, answer.text
    sid = await supervise(seat)
    mona = await enter("manager", "/floor")
    await ready(installation, carrier, eli)
    customer = await carrier.call(number_of(DRAINED), caller_of(DRAINED))

    alarm, others = (
        one.page.locator("[data-alarm=nobody_ready]").filter(has_text=f"Desk {DRAINED}") for one in (sid, mona)
    )
    await expect(alarm).to_be_visible()
    await sid.button("floor.alarm.take", alarm).click()
    await expect(alarm).to_have_attribute("data-mine", "true")
    await expect(others).to_contain_text("sees to it")

    row = sid.page.locator(f"[data-queue={queue}]")
    await expect(row.locator("[data-label=Waiting]")).to_have_text("1")
    await row.locator("[data-row]").click()
    await sid.button("floor.bring.do", sid.page.locator(f"[data-person={eli}]")).click()
    phone = await carrier.rings(f"agent-{eli}")
    await phone.answer()
    await expect(row.locator("[data-label=Waiting]")).to_have_text("0")
    await expect(card(sid, eli)).to_have_attribute("data-state", "in_conversation")
    await expect(card(sid, eli).get_by_label(sid.say("floor.moved"))).to_be_visible()
    await expect(alarm).to_have_count(0)
    await expect(others).to_have_count(0)

    await customer.hang_up()
    await carrier.until(lambda: customer.ended)
    await installation.ask(eli, "wrap-up", disposition="solved")
    await card(sid, eli).click()
    await sid.button("floor.move.back").click()
    await expect(card(sid, eli).get_by_label(sid.say("floor.moved"))).to_have_count(0)

    async def is_answered() -> bool:
        [visit] = await installation.rows("SELECT ended FROM queue_visit WHERE queue = %(queue)s", queue=queue)
        return visit["ended"] == "answered"

    await until(
        is_answered, lambda: installation.rows("SELECT * FROM queue_visit WHERE queue = %(queue)s", queue=queue)
    )
    await installation.ask(eli, "sign-out")
