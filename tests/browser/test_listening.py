"""A client hears what a rule drew, says something of it, and both sides see that; another client reaches none of it.

The call is a real one, recorded by Asterisk. Only the days pass faster: the sample of today was committed yesterday
and is sealed tomorrow, by the worker's own functions at moments that the test gives.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, expect

from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.listening import commit_days, seal_days
from markaz.runtime import connect
from tests.browser.agent_at_desk import until
from tests.browser.conftest import Arrive, Enter, Records
from tests.browser.organisation import caller_of, number_of
from tests.telephony.peer import Peer
from tests.web import people
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

DESK = 15
COMMENT = "Why was nothing said here?"
LEVEL_MIN = 0.01
"""Of full scale; silence has none."""
_LEVELS = """async () => {
    const answer = await fetch(document.querySelector("audio").src);
    const sound = await new OfflineAudioContext(2, 8000, 8000).decodeAudioData(await answer.arrayBuffer());
    return Array.from({length: sound.numberOfChannels}, (_, n) => {
        const samples = sound.getChannelData(n);
        return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    });
}"""
_AT = "() => document.querySelector('audio').currentTime"
_ASK = "async ([method, path]) => (await fetch(path, {method, body: method === 'POST' ? '{}' : undefined, " \
       "headers: {'Content-Type': 'application/json'}})).status"  # fmt: skip


async def test_a_client_listens_and_both_sides_see_it(
    arrive: Arrive, enter: Enter, carrier: Peer, records: Records, installation: Installation, browser_database: str
) -> None:
    recording = await a_recorded_call(arrive, carrier, records, installation)
    day = await a_sealed_day(browser_database)
    client = await enter("client_owner", f"/listen?project=sales&day={day}")
    await client.button("draw.do").click()
    await expect(client.button("check.do")).to_be_visible()
    await client.button("check.do").click()
    await expect(client.page.get_by_text(client.say("check.holds.list"))).to_be_visible()
    await expect(client.page.get_by_text(client.say("check.holds.commitment"))).to_be_visible()
    row = client.page.get_by_role("list", name=client.say("listen.drawn")).get_by_role("button").filter(
        has_text=caller_of(DESK)
    )  # fmt: skip
    await row.click()
    await hears(client.page, client.page.get_by_test_id("player"), client.say("player.play"))
    await client.field("comment.text").fill(COMMENT)
    await client.page.get_by_role("button", name=client.say("comment.write").split("{")[0].strip()).click()
    await expect(client.page.get_by_role("list", name=client.say("comment.title"))).to_contain_text(COMMENT)

    manager = await enter("manager", f"/audit?subject=recording:{recording}")
    table = manager.page.get_by_role("table")
    await expect(table).to_contain_text(manager.say("audit.did.recording.played"))
    await expect(table).to_contain_text(manager.say("audit.did.recording.commented"))
    await expect(table).to_contain_text("Name of client_owner")
    supervisor = await enter("supervisor", "/contacts")
    await finds_by_typing(supervisor, caller_of(DESK))
    await supervisor.page.get_by_role("row").filter(has_text=caller_of(DESK)).first.click()
    panel = supervisor.page.get_by_role("complementary")
    await expect(panel).to_contain_text(COMMENT)
    await expect(panel).to_contain_text(f"Dana {DESK}")
    await hears(supervisor.page, panel.get_by_test_id("player"), supervisor.say("player.play"))

    await nobody_else_reaches_it(enter, browser_database, recording, day, await client.page.evaluate(_SOURCE))


async def finds_by_typing(supervisor: Any, caller: str) -> None:
    """Too few digits ask nothing; a number as a complaint says it, in Persian digits too, leaves its contact alone."""
    page = supervisor.page
    field = supervisor.field("contacts.customer")
    row = page.get_by_role("row").filter(has_text=caller)
    written = f"0{caller[3:6]} {caller[6:]}"
    persian = written.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for typed in (written, persian):
        async with page.expect_response(lambda got: "/api/contacts?" in got.url and "customer=" in got.url):
            await field.fill(typed)
        await expect(row.first).to_be_visible()
        await expect(field).to_have_value(typed)
    await field.fill("0")
    await expect(page.get_by_text(re.compile(r"\b3\b.*digits"))).to_be_visible()


_SOURCE = "() => new URL(document.querySelector('audio').src).search"


async def a_recorded_call(arrive: Arrive, carrier: Peer, records: Records, installation: Installation) -> str:
    """Both speak for some seconds, and the file is judged; the recording's id."""
    agent = await arrive(f"dana{DESK}")
    await agent.begin()
    customer = await carrier.call(number_of(DESK), caller_of(DESK))
    await agent.accept()
    await customer.hum("440")
    await agent.hears()
    await agent.hears()
    await agent.hang_up()
    await carrier.until(lambda: customer.ended)
    await agent.finish("Solved")
    contact = (await records(caller_of(DESK)))["contact"]
    (recording,) = await installation.rows(
        "SELECT recording, state, problem FROM recording WHERE contact = %(contact)s", contact=contact
    )
    assert recording["state"] == "present", recording
    return recording["recording"]


async def a_sealed_day(database: str) -> str:
    """All of the project is heard; its list of today is sealed as if tomorrow had come."""
    now = moment(WallClock()())
    today = now.date()
    async with await connect(database) as worker:
        await worker.execute(
            "INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by) "
            "VALUES ('main', 'sales', %s, 10000, 'UTC', 'x', 'A manager')",
            (today,),
        )
        await commit_days(worker, "main", now=now - timedelta(days=1), half=lambda: "5f" * 32)
        tomorrow = datetime.combine(today, datetime.min.time(), UTC) + timedelta(days=1, minutes=20)
        assert await seal_days(worker, "main", now=tomorrow) == 1
    return today.isoformat()


async def hears(page: Page, player: Any, play: str) -> None:
    """The sound advances in the page, and each side is on its own channel."""
    await player.get_by_role("button", name=play, exact=True).click()

    async def advanced() -> bool:
        return await page.evaluate(_AT) > 1

    await until(advanced, lambda: page.evaluate(_AT))
    levels = await page.evaluate(_LEVELS)
    assert len(levels) == 2, levels
    assert min(levels) > LEVEL_MIN, "the customer on the left, the agent on the right"


async def nobody_else_reaches_it(enter: Enter, database: str, recording: str, day: str, play: str) -> None:
    """Another client, with every address, and the play that the first one had."""
    stranger = await enter("client_owner")
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO client (centre, id, name, rules) "
            """VALUES ('whole', 'other', 'Other', '{"id": "other", "name": "Other"}') ON CONFLICT DO NOTHING"""
        )
        person = people.account(owner, "client_owner", centre="whole", client="other")
        token = people.session(owner, person)
    await stranger.context.add_cookies([{"name": "markaz_session", "value": token, "url": stranger.url}])
    at, sample = f"/api/recordings/{recording}", "/api/projects/sales/sample"
    addresses = [
        ("GET", at), ("GET", f"{at}/sound{play}"), ("GET", f"{at}/waveform"), ("GET", f"{at}/comments"),
        ("GET", f"{at}/plays"), ("POST", f"{at}/plays"), ("GET", f"{sample}?day={day}"), ("GET", f"{sample}/days"),
        ("GET", f"{sample}/terms"), ("GET", f"{sample}.csv?day={day}"),
    ]  # fmt: skip
    for method, path in addresses:
        assert await stranger.page.evaluate(_ASK, [method, path]) == 404, path
