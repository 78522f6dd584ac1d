"""The client's portal: a request goes from one side to the other with the same age, and a real call changes Today."""

import re

import psycopg
import pytest
from playwright.async_api import Locator, expect

from axe import violations
from tests.browser.agent_at_desk import until
from tests.browser.conftest import Enter
from tests.browser.organisation import caller_of
from tests.browser.person import Person
from tests.telephony.peer import Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

WORDS = "Please greet callers by name."
NUMBER, QUEUE = "+49304116", "help16"
"""Nobody serves it here, so that a caller waits."""
SHOWN_SECONDS_MAX = 1.0
WATCH = """cell => { window.changes = []; new MutationObserver(
    () => window.changes.push([Date.now() / 1000, cell.textContent])
).observe(cell, { subtree: true, childList: true, characterData: true }); }"""


async def ask(person: Person, words: str) -> None:
    """Ask for something about the Sales project, by the form."""
    page = person.page
    await person.button("requests.new").first.click()
    await drawer(person).get_by_role("combobox", name=person.say("requests.field.project")).click()
    await page.get_by_role("option", name="Sales").click()
    await person.field("requests.field.words", drawer(person)).fill(words)
    await page.get_by_role("button", name=person.say("requests.send"), exact=True).click()


def row(person: Person, words: str) -> Locator:
    """A request in the list, by its words."""
    return person.page.get_by_role("list", name=person.say("nav.requests")).get_by_role("button", name=words)


def drawer(person: Person) -> Locator:
    return person.page.get_by_role("complementary")


async def age_of(person: Person, words: str) -> int:
    """The age in seconds that the list shows."""
    shown = await row(person, words).locator("time").first.get_attribute("datetime")
    return int(re.sub(r"\D", "", shown or ""))


async def test_a_request_is_answered_and_accepted_and_both_sides_see_the_same(
    enter: Enter, browser_database: str
) -> None:
    client = await enter("client_owner", "/")
    await expect(client.page.get_by_test_id("sentence")).to_be_visible()
    manager = await enter("manager", "/requests")
    await client.page.goto(f"{client.url}/requests")
    await ask(client, WORDS)
    await expect(drawer(client)).to_contain_text(client.say("requests.turn.centre"))
    await expect(row(manager, WORDS)).to_contain_text(manager.say("requests.turn.mine"))
    with psycopg.connect(browser_database, autocommit=True) as connection:
        connection.execute(
            "UPDATE request SET asked_at = asked_at - interval '90 minutes', "
            "turn_since = turn_since - interval '90 minutes'"
        )
    for person in (client, manager):
        await person.page.goto(f"{person.url}/requests")
        await expect(row(person, WORDS)).to_contain_text("1 hr 30 min")
    assert abs(await age_of(client, WORDS) - await age_of(manager, WORDS)) <= 2, "the same age on both sides"

    await row(manager, WORDS).focus()
    await manager.page.keyboard.press("Enter")
    await manager.field("requests.words").fill("From Monday on.")
    await manager.page.keyboard.press("Control+Enter")
    await expect(drawer(manager)).to_contain_text("From Monday on.")
    await expect(row(client, WORDS)).to_contain_text(client.say("requests.turn.mine"))
    await row(client, WORDS).click()
    await expect(drawer(client)).to_contain_text("From Monday on.")
    for person in (client, manager):
        assert await violations(person.page) == []
    await client.button("requests.move.accept", drawer(client)).click()
    await expect(drawer(client)).to_contain_text(client.say("requests.did.accept"))
    await expect(row(manager, WORDS)).to_have_count(0)
    await manager.page.goto(f"{manager.url}/requests?state=done")
    await expect(row(manager, WORDS)).to_contain_text(manager.say("requests.state.accepted"))


async def test_a_request_past_its_time_is_escalated_where_both_see_it(enter: Enter, browser_database: str) -> None:
    client = await enter("client_owner", "/requests")
    manager = await enter("manager", "/requests")
    await ask(client, "Why was I not called back?")
    await expect(drawer(client)).to_contain_text(client.say("requests.due"))
    with psycopg.connect(browser_database, autocommit=True) as connection:
        connection.execute("UPDATE request SET due_at = now() WHERE state = 'asked'")
    for person in (client, manager):
        await expect(row(person, "Why was I not")).to_contain_text(person.say("requests.state.escalated"))
    await expect(drawer(client)).to_contain_text(client.say("requests.side.time"))
    await client.page.goto(f"{client.url}/today")
    await expect(client.page.get_by_text("Escalated: ")).to_be_visible()


async def test_a_real_call_changes_today_within_a_second(
    enter: Enter, carrier: Peer, installation: Installation
) -> None:
    client = await enter("client_owner", "/today")
    waiting = client.page.locator(f"[data-queue={QUEUE}] td").first
    await expect(waiting).to_have_text("0")
    await waiting.evaluate(WATCH)
    customer = await carrier.call(NUMBER, caller_of(16))
    await expect(waiting).to_have_text("1")
    await expect(client.page.get_by_test_id("sentence")).to_contain_text("Help 16", timeout=40_000)
    changes = await client.page.evaluate("window.changes")

    async def entered() -> bool:
        return bool(await installation.rows(VISIT, queue=QUEUE))

    await until(entered, entered)
    (visit,) = await installation.rows(VISIT, queue=QUEUE)
    seconds = next(at for at, shown in changes if shown == "1") - visit["at"]
    print(f"a caller stood in the queue {seconds:.3f} s before the client's page showed it")
    assert seconds < SHOWN_SECONDS_MAX
    await customer.hang_up()
    await expect(waiting).to_have_text("0")


VISIT = "SELECT extract(epoch FROM entered_at)::float8 AS at FROM queue_visit WHERE queue = %(queue)s"
