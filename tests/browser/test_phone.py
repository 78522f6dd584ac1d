"""The phone in a real browser: real SIP, real sound, and what must not end a conversation."""

import asyncio
import time
from pathlib import Path

import pytest

from markaz.runtime import LiveView
from tests.browser.conftest import AGENT_TONE, Open
from tests.browser.desk import Desk
from tests.telephony.hearing import Ears
from tests.telephony.peer import Call, Peer
from tests.whole.installation import Installation

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

CUSTOMER_TONE = 440
RETURN_SECONDS_MAX = 15.0


async def talk(desk: Desk, carrier: Peer, number: str, caller: str) -> Call:
    """The agent takes a customer's call; each has a tone of their own."""
    await desk.ask("ready")
    customer = await carrier.call(number, caller)
    await desk.answer()
    await customer.hum(str(CUSTOMER_TONE))
    return customer


async def contact_of(installation: Installation, agent: str) -> str:
    """The contact that the agent talks to."""

    def found(view: LiveView) -> str | None:
        return next((one.contact for one in view.conversations if any(p.agent == agent for p in one.parts)), None)

    contact = await installation.until(found)
    assert contact is not None
    return contact


async def over(customer: Call, carrier: Peer, desk: Desk) -> None:
    await customer.hang_up()
    await carrier.until(lambda: customer.ended)
    await desk.until("phone.state().call === null")
    await desk.ask("wrap-up")


async def test_an_agent_and_a_customer_hear_each_other(open_desk: Open, carrier: Peer, tmp_path: Path) -> None:
    desk = await open_desk("ann0")
    await desk.start()
    customer = await talk(desk, carrier, "+49301000", "4915100")
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    quality = await desk.hears()
    assert quality["score"] == "good", quality
    assert quality["loss"] < 0.02, quality
    await ears.until("customer", {AGENT_TONE})
    before = await customer.rtp_received(), await customer.rtp_sent()
    await asyncio.wait_for(_more_rtp(customer, before, 50), 10)
    await desk.page.evaluate("phone.mute(true)")
    await ears.until("customer", set())
    await desk.page.evaluate("phone.mute(false)")
    await ears.until("customer", {AGENT_TONE})
    await over(customer, carrier, desk)


async def _more_rtp(call: Call, before: tuple[int, int], packets: int) -> None:
    while await call.rtp_received() < before[0] + packets or await call.rtp_sent() < before[1] + packets:
        pass


async def test_a_page_that_is_loaded_again_gets_the_customer_back(
    open_desk: Open, carrier: Peer, installation: Installation, tmp_path: Path
) -> None:
    desk = await open_desk("ann1")
    await desk.start()
    customer = await talk(desk, carrier, "+49301001", "4915101")
    await desk.hears()
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await ears.until("customer", {AGENT_TONE})
    contact = await contact_of(installation, "ann1")
    began = time.monotonic()
    await desk.page.reload()
    await desk.start()
    await desk.ask("phone/returned", contact=contact)
    await desk.until("phone.state().call?.state === 'talking'")
    talking = time.monotonic() - began
    await ears.until("customer", {AGENT_TONE})
    heard = time.monotonic() - began
    await desk.hears()
    print(f"after a reload: registered and talking in {talking:.1f} s, heard by the customer within {heard:.1f} s")
    assert heard < RETURN_SECONDS_MAX
    assert not customer.ended
    assert await contact_of(installation, "ann1") == contact, "it is the same conversation"
    await over(customer, carrier, desk)
    await installation.settled()
    rows = await installation.rows(
        "SELECT recording, state, problem FROM recording WHERE contact = %(contact)s ORDER BY expected_at",
        contact=contact,
    )
    assert [(row["recording"], row["state"]) for row in rows] == [
        (f"{contact}.1", "present"), (f"{contact}.1~again1", "present"),
    ], rows  # fmt: skip
    visits = await installation.rows("SELECT ended FROM queue_visit WHERE contact = %(contact)s", contact=contact)
    assert [row["ended"] for row in visits] == ["answered"], "the statistics know nothing of it"


async def test_whoever_was_muted_still_is_when_the_phone_is_rung_again(
    open_desk: Open, carrier: Peer, installation: Installation, tmp_path: Path
) -> None:
    desk = await open_desk("ben2")
    await desk.start()
    customer = await talk(desk, carrier, "+49302002", "4915107")
    await desk.hears()
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await ears.until("customer", {AGENT_TONE})
    contact = await contact_of(installation, "ben2")
    await desk.page.evaluate("phone.mute(true)")
    await ears.until("customer", set())
    await desk.page.reload()
    await desk.start()
    await desk.ask("phone/returned", contact=contact)
    await desk.until("phone.state().call?.state === 'talking'")
    await desk.until("phone.state().quality?.level_in > 0.01")
    assert (await desk.state())["call"]["muted"]
    await ears.until("customer", set())
    await desk.page.evaluate("phone.mute(false)")
    await ears.until("customer", {AGENT_TONE})
    await over(customer, carrier, desk)
    next_one = await talk(desk, carrier, "+49302002", "4915108")
    assert not (await desk.state())["call"]["muted"], "another customer is another conversation"
    await over(next_one, carrier, desk)


async def test_two_agents_at_once(open_desk: Open, carrier: Peer) -> None:
    desks = [await open_desk(agent) for agent in ("ann2", "ann3")]
    for desk in desks:
        await desk.start()
    customers = [await talk(desk, carrier, f"+4930100{n}", f"491510{n}") for n, desk in zip((2, 3), desks, strict=True)]
    for desk in desks:
        await desk.hears()
    for customer, desk in zip(customers, desks, strict=True):
        await over(customer, carrier, desk)


async def test_a_lost_network_does_not_end_the_call(open_desk: Open, carrier: Peer, tmp_path: Path) -> None:
    """The phone's socket is cut; the sound goes another way, and goes on."""
    desk = await open_desk("ann4")
    await desk.start()
    customer = await talk(desk, carrier, "+49301004", "4915104")
    await desk.hears()
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await desk.page.evaluate("cut()")
    await desk.until("phone.state().line === 'lost'")
    assert (await desk.state())["call"]["state"] == "talking"
    await ears.until("customer", {AGENT_TONE})
    await desk.until("phone.state().line === 'ready'")
    await desk.hears()
    await desk.until("heard.includes('ready/talking/network_changed') && phone.state().trouble === null")
    await ears.until("customer", {AGENT_TONE})
    assert (await desk.state())["call"]["state"] == "talking"
    await desk.page.evaluate("phone.hangUp()")
    await carrier.until(lambda: customer.ended)
    await desk.ask("wrap-up")


async def test_a_refused_microphone_is_said_and_can_be_mended(open_desk: Open, carrier: Peer) -> None:
    desk = await open_desk("ann5", microphone=False)
    await desk.page.evaluate("phone.prepare()")
    assert (await desk.state())["trouble"] == "microphone_refused"
    await desk.start()
    await desk.ask("ready")
    customer = await carrier.call("+49301005", "4915105")
    await desk.until("phone.state().call?.state === 'ringing'")
    await desk.page.evaluate("phone.answer()")
    await desk.until("phone.state().trouble === 'microphone_refused' && phone.state().call?.state === 'ringing'")
    await desk.context.grant_permissions(["microphone"])
    await desk.answer()
    assert (await desk.state())["trouble"] is None
    await over(customer, carrier, desk)


async def test_another_tab_takes_the_phone_and_the_conversation(
    open_desk: Open, carrier: Peer, installation: Installation
) -> None:
    desk = await open_desk("ben0")
    await desk.start()
    first = desk.page
    customer = await talk(desk, carrier, "+49302000", "4915106")
    contact = await contact_of(installation, "ben0")
    desk.page = await desk.another()
    await desk.start()
    await desk.until("phone.state().line === 'elsewhere' && phone.state().call === null", page=first)
    await desk.ask("phone/returned", contact=contact)
    await desk.until("phone.state().call?.state === 'talking'")
    await desk.hears()
    assert not customer.ended
    await over(customer, carrier, desk)


async def test_a_phone_hears_itself_before_the_shift(open_desk: Open) -> None:
    desk = await open_desk("ben1")
    await desk.start()
    await desk.ask("phone/test")
    await desk.until("phone.state().call?.test && phone.state().call.state === 'talking'")
    await desk.hears()
    await desk.page.evaluate("phone.hangUp()")
    await desk.until("phone.state().call === null")
