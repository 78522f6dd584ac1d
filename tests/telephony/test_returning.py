"""A phone that comes back to its conversation, and one that is tested: real calls, heard at both ends."""

from pathlib import Path

import pytest

from markaz.routing import (
    AgentLeft,
    AgentRejoined,
    HoldCustomer,
    JoinConversation,
    OfferPlaced,
    PauseRecording,
    ResumeCustomer,
    RingAgain,
    StartRecording,
)
from markaz.telephony import BelievedContact, BelievedOffer
from tests.telephony.centre import in_seconds
from tests.telephony.conftest import Floor
from tests.telephony.conversing import ANN, CUSTOMER, bridge_of, talking
from tests.telephony.hearing import Ears, heard, tones
from tests.telephony.peer import Call
from tests.telephony.test_mending import look_twice, successor, take_over

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ring_again(floor: Floor, contact: str, offer: str, agent: str, *, attempt: int = 1) -> Call:
    """The phone as it rings again."""
    floor.centre.perform(RingAgain(offer, contact, agent, "support", attempt, in_seconds(15), "+49"))
    return await floor.peer.rings(f"{agent}-phone")


async def answer(floor: Floor, phone: Call, offer: str) -> None:
    await phone.answer()
    await floor.centre.told(AgentRejoined, lambda told: told.offer == offer)


async def test_the_conversation_goes_on_with_the_phone_that_came_back(floor: Floor, tmp_path: Path) -> None:
    ears = Ears(tmp_path)
    contact, offer, agent, _, before = await talking(floor, ears)
    phone = await ring_again(floor, contact, offer, agent)
    await floor.peer.until(lambda: before.ended)
    await answer(floor, phone, offer)
    await phone.hum(str(ANN))
    await ears.listen(ann=phone)
    floor.centre.perform(JoinConversation(contact, offer, agent), StartRecording(contact, offer, agent, "support"))
    await ears.until("customer", {ANN})
    await ears.until("ann", {CUSTOMER})
    assert (await bridge_of(floor, contact)).startswith("conversation-"), "nobody else has come in"
    ledger = floor.centre.ledger
    again = f"{offer}~again1"
    await floor.centre.until(lambda: offer in ledger.ends and again in ledger.rows)
    assert ledger.rows[again].agent == agent
    path = (floor.centre.settings.recordings / ledger.rows[again].path).with_suffix(".raw")
    sides = await heard(path, seconds_min=1.0)
    assert (tones(sides[-4_000:, 0]), tones(sides[-4_000:, 1])) == ({ANN}, {CUSTOMER})
    floor.centre.perform(PauseRecording(contact, offer))
    await floor.centre.until(lambda: ledger.pauses[-1:] == [(again, True)])
    about = floor.centre.about(contact)
    assert not [told for told in about if isinstance(told, AgentLeft)], "that the old leg ended is no news"
    assert len([told for told in about if isinstance(told, OfferPlaced)]) == 1, "it is no new offer"
    await phone.hang_up()
    await floor.centre.told(AgentLeft, lambda told: told == AgentLeft(contact, agent, "hung_up"))
    await floor.centre.until(lambda: again in ledger.ends)


async def test_music_for_the_customer_until_the_phone_is_back(floor: Floor, tmp_path: Path) -> None:
    ears = Ears(tmp_path)
    contact, offer, agent, _, _ = await talking(floor, ears)
    phone = await ring_again(floor, contact, offer, agent)
    floor.centre.perform(HoldCustomer(contact))
    await ears.until("customer", set())
    await answer(floor, phone, offer)
    await phone.hum(str(ANN))
    floor.centre.perform(JoinConversation(contact, offer, agent), ResumeCustomer(contact))
    await ears.until("customer", {ANN})
    assert "on-hold" not in await bridge_of(floor, contact)


async def test_only_the_last_page_is_rung_and_silence_is_no_news(floor: Floor, tmp_path: Path) -> None:
    contact, offer, agent, _, _ = await talking(floor, Ears(tmp_path))
    first = await ring_again(floor, contact, offer, agent)
    second = await ring_again(floor, contact, offer, agent, attempt=2)
    await floor.peer.until(lambda: first.ended)
    await second.hang_up("busy")
    third = await ring_again(floor, contact, offer, agent, attempt=3)
    await answer(floor, third, offer)
    assert not [told for told in floor.centre.about(contact) if isinstance(told, AgentLeft)]


async def test_who_takes_over_finds_the_phone_that_came_back(floor: Floor, tmp_path: Path) -> None:
    """It answered, and the floor died with the news."""
    contact, offer, agent, _, _ = await talking(floor, Ears(tmp_path))
    phone = await ring_again(floor, contact, offer, agent)
    await answer(floor, phone, offer)

    def told() -> int:
        return sum(isinstance(one, AgentRejoined) for one in floor.centre.about(contact))

    assert told() == 1
    async with successor(floor):
        await take_over(floor)
        believed = BelievedContact("in_conversation", "support", True)
        await look_twice(floor, believed, {offer: BelievedOffer(contact, agent, "in_conversation", is_away=True)})
        await floor.centre.until(lambda: told() == 2)
        await phone.hang_up()


async def test_a_phone_that_is_tested_hears_itself(floor: Floor, tmp_path: Path) -> None:
    agent = await floor.phone()
    await floor.centre.telephony.test_phone(agent)
    phone = await floor.peer.rings(f"{agent}-phone")
    assert phone.caller == "echo"
    await phone.answer()
    ears = Ears(tmp_path)
    await ears.listen(phone=phone)
    await phone.hum(str(ANN))
    await ears.until("phone", {ANN})
    assert [one["dialplan"]["app_name"] for one in (await floor.centre.lists())[0]] == ["Echo"]
    await phone.hang_up()


async def test_a_phone_in_a_call_is_not_tested(floor: Floor, tmp_path: Path) -> None:
    _, _, agent, _, _ = await talking(floor, Ears(tmp_path))
    before = len(floor.peer.calls)
    await floor.centre.telephony.test_phone(agent)
    await floor.centre.lists()
    assert len(floor.peer.calls) == before
