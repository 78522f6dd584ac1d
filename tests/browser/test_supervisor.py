"""A supervisor at the floor's page: sees a call begin, hears it, whispers, joins, takes over; moves agents; has alarms.

The agents have plain telephones with a tone of their own, so that the far ends can tell them from the supervisor, whose
microphone is the browser's.
"""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.agent_at_desk import AgentAtDesk, until
from tests.browser.conftest import AGENT_TONE, SCREEN, Arrive, Enter
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


async def supervise(arrive: Arrive, chromium: Browser, seat: str) -> AgentAtDesk:
    """A supervisor with an agent's seat, at the floor's page."""
    context = await chromium.new_context(viewport=SCREEN)
    await context.add_init_script(WATCH)
    supervisor = await arrive(seat, context=context, role="supervisor", path="/floor")
    await expect(card(supervisor, seat)).to_be_visible()
    return supervisor


def card(supervisor: AgentAtDesk, agent: str) -> Locator:
    return supervisor.page.locator(f"[data-agent={agent}]")


async def ready(installation: Installation, carrier: Peer, agent: str) -> None:
    """With a plain telephone."""
    await installation.sign_in(carrier, agent)
    await installation.ask(agent, "ready")


async def test_a_call_is_seen_at_once_heard_whispered_to_joined_and_taken_over(
    installation: Installation, carrier: Peer, arrive: Arrive, chromium: Browser, tmp_path: Path
) -> None:
    dana, seat = f"dana{HEARD}", f"eli{HEARD}"
    sid = await supervise(arrive, chromium, seat)
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
    installation: Installation, carrier: Peer, arrive: Arrive, chromium: Browser, enter: Enter
) -> None:
    eli, seat, queue = f"eli{DRAINED}", f"dana{DRAINED}", f"desk{DRAINED}"
    answer = await installation.web.put("/api/alarm-rules/nobody_ready", json={"after_seconds": 1, "clear_seconds": 1})
    assert answer.is_success, answer.text
    sid = await supervise(arrive, chromium, seat)
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


async def test_what_a_supervisor_says_is_read_at_the_desk(installation: Installation, arrive: Arrive) -> None:
    dana = await arrive(f"dana{DRAINED}")
    await dana.begin()
    await installation.ask(dana.agent, "not-ready", reason="training", note="Come and see me.")
    await expect(dana.page.get_by_test_id("note")).to_have_text("Come and see me.")
    await dana.go_ready()
    await expect(dana.page.get_by_test_id("note")).to_have_count(0)


async def test_a_project_is_paused_and_goes_on(enter: Enter) -> None:
    mona = await enter("manager", "/floor")
    row = mona.page.locator("[data-queue=first0]")
    await expect(row).to_be_visible()
    await mona.page.keyboard.press("Alt+KeyZ")
    panel = mona.page.get_by_role("complementary")
    await panel.get_by_label(mona.say("floor.pause.project"), exact=True).first.click()
    await mona.page.get_by_role("option", name="Orders").click()
    await mona.field("floor.pause.reason", panel).fill("Being retrained")
    await panel.get_by_role("radio", name=mona.say("floor.pause.to.callback")).check()
    await mona.button("floor.pause.do", panel).click()
    await expect(row).to_contain_text("Being retrained")
    await row.locator("[data-row]").click()
    await mona.button("floor.resume", mona.page.get_by_role("complementary")).click()
    await expect(row).not_to_contain_text("Being retrained")
