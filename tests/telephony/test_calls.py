"""Real calls between two Asterisks: ringing, talking, holding, passing on, hanging up."""

import asyncio
from pathlib import Path

import pytest

from markaz.flows import DigitPressed, RefuseNumber
from markaz.routing import (
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    CheckContact,
    ConnectContact,
    ContactSeen,
    ConversationStarted,
    CustomerLeft,
    EndContact,
    HoldBegan,
    HoldEnded,
    KeepWaiting,
    OfferAccepted,
    OfferContact,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    ReleaseAgent,
    TransferRequested,
    WithdrawOffer,
)
from markaz.telephony.asterisk.switchboard import Leg
from tests.telephony.centre import in_seconds
from tests.telephony.conftest import Floor
from tests.telephony.hearing import heard, seconds, tone

pytestmark = pytest.mark.asyncio(loop_scope="session")

TALK_FRAMES = 60
"""RTP packets (20 ms each) that make a conversation worth listening to."""


async def talk(*calls: object) -> None:
    """Let the legs hear each other for a while."""
    async with asyncio.timeout(10):
        for call in calls:
            while await call.rtp_received() < TALK_FRAMES:  # type: ignore[attr-defined]
                pass


async def test_both_hear_each_other_and_are_recorded_apart(floor: Floor, tmp_path: Path) -> None:
    agent = await floor.phone()
    contact, customer = await floor.caller()
    floor.centre.perform(KeepWaiting(contact, "support"))
    offer, phone = await floor.offer(contact, agent)
    assert phone.caller == customer.caller
    await phone.answer()
    await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    floor.centre.perform(ConnectContact(contact, offer, agent, "support", True))
    await floor.centre.told(ConversationStarted, lambda told: told.offer == offer)
    await customer.sing("440")
    await phone.monitor(tmp_path / "phone.raw")
    await talk(phone)
    await customer.hush()
    await customer.monitor(tmp_path / "customer.raw")
    await phone.sing("1000")
    await talk(customer)
    floor.centre.perform(EndContact(contact, "test"), ReleaseAgent(contact, offer, agent))
    await floor.peer.until(lambda: customer.ended and phone.ended)
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)

    assert tone((await heard(tmp_path / "customer.raw", seconds_min=1))[2_000:, 0]) == pytest.approx(1_000, abs=10)
    assert tone((await heard(tmp_path / "phone.raw", seconds_min=1))[2_000:8_000, 0]) == pytest.approx(440, abs=10)
    row = floor.centre.ledger.rows[offer]
    assert (row.contact, row.agent, row.queue) == (contact, agent, "support")
    await floor.centre.until(lambda: offer in floor.centre.ledger.ends)
    lasted = (floor.centre.ledger.ends[offer] - row.expected_at).total_seconds()
    path = (floor.centre.settings.recordings / row.path).with_suffix(".raw")
    recorded = await heard(path, seconds_min=lasted - 0.5)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o640, 0o750)
    assert seconds(recorded) == pytest.approx(lasted, abs=0.5)
    assert tone(recorded[2_000 : len(recorded) // 3, 1]) == pytest.approx(440, abs=10)
    assert tone(recorded[-len(recorded) // 3 :, 0]) == pytest.approx(1_000, abs=10)
    told = [type(one).__name__ for one in floor.centre.about(contact)]
    assert told == ["ContactEntered", "OfferPlaced", "OfferAccepted", "ConversationStarted", "CustomerLeft"]
    assert not [bridge for bridge in (await floor.centre.lists())[1] if contact in bridge["id"]]


async def test_keys_are_told_one_by_one(floor: Floor) -> None:
    contact, customer = await floor.caller()
    await customer.press("1#")
    await floor.centre.told(DigitPressed, lambda told: told == DigitPressed(contact, "#"))
    pressed = [one.digit for one in floor.centre.about(contact) if isinstance(one, DigitPressed)]
    assert pressed == ["1", "#"]


async def test_a_refused_offer(floor: Floor) -> None:
    agent = await floor.phone()
    contact, _ = await floor.caller()
    offer, phone = await floor.offer(contact, agent)
    await phone.hang_up("busy")
    await floor.centre.told(OfferRefused, lambda told: told.offer == offer)


async def test_an_offer_that_the_floor_withdraws_stops_ringing_and_says_nothing_more(floor: Floor) -> None:
    agent = await floor.phone()
    contact, _ = await floor.caller()
    offer, phone = await floor.offer(contact, agent)
    floor.centre.perform(WithdrawOffer(offer, contact, agent, "no_answer"))
    await floor.peer.until(lambda: phone.ended)
    floor.centre.perform(CheckContact(contact))
    await floor.centre.told(ContactSeen, lambda told: told.contact == contact)
    told = [type(one) for one in floor.centre.about(contact)]
    assert OfferPlaced in told
    assert OfferFailed not in told


async def test_an_offer_to_a_phone_that_is_not_there(floor: Floor) -> None:
    contact, _ = await floor.caller()
    agent = await floor.phone(given="wrong")
    for number, who in enumerate((agent, "nobody"), start=1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await floor.offer(contact, who, number=number)
        failed = await floor.centre.told(OfferFailed, lambda told, n=number: told.offer == f"{contact}.{n}")
        assert failed.cause == "unreachable"
    await floor.peer.unregister(f"{agent}-phone")


async def test_a_phone_that_signs_off_is_told_once(floor: Floor) -> None:
    agent = await floor.phone()
    await floor.peer.registered(f"{agent}-phone")
    await floor.peer.unregister(f"{agent}-phone")
    await floor.centre.told(AgentPhoneLost, lambda told: told.agent == agent)
    said = [one for one in floor.centre.stimuli if getattr(one, "agent", None) == agent]
    assert said == [AgentPhoneFound(agent), AgentPhoneLost(agent)]


async def test_a_phone_whose_sign_in_ended_cannot_register_again(floor: Floor) -> None:
    agent = await floor.phone()
    await floor.centre.telephony.remove_phone(agent)
    contact, _ = await floor.caller()
    floor.centre.perform(OfferContact(f"{contact}.1", contact, agent, "support", "voice", in_seconds(5), "+4930"))
    failed = await floor.centre.told(OfferFailed, lambda told: told.offer == f"{contact}.1")
    assert failed.cause == "unreachable"
    assert f"{agent}-phone" not in await floor.centre.server.cli("pjsip show endpoints")


async def test_a_phone_that_rings_for_nobody_is_silenced(floor: Floor) -> None:
    agent = await floor.phone()
    contact, customer = await floor.caller()
    _, phone = await floor.offer(contact, agent)
    await customer.hang_up()
    await floor.peer.until(lambda: phone.ended)
    await floor.centre.told(CustomerLeft, lambda told: told == CustomerLeft(contact, "hung_up"))


async def test_hold_and_the_agent_hanging_up(floor: Floor) -> None:
    agent = await floor.phone()
    contact, _, _, phone = await floor.conversation(agent, record=False)
    await phone.ask("POST", "hold")
    await floor.centre.told(HoldBegan, lambda told: told == HoldBegan(contact, agent))
    await phone.ask("DELETE", "hold")
    await floor.centre.told(HoldEnded, lambda told: told == HoldEnded(contact, agent))
    await phone.hang_up()
    await floor.centre.told(AgentLeft, lambda told: told == AgentLeft(contact, agent, "hung_up"))
    holds = [one for one in floor.centre.about(contact) if isinstance(one, HoldBegan | HoldEnded)]
    assert len(holds) == 2


async def test_the_agent_is_still_recorded_after_a_hold(floor: Floor) -> None:
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    await phone.ask("POST", "hold")
    await floor.centre.told(HoldBegan, lambda told: told == HoldBegan(contact, agent))
    await phone.ask("DELETE", "hold")
    await floor.centre.told(HoldEnded, lambda told: told == HoldEnded(contact, agent))
    await phone.sing("1000")
    held = await customer.rtp_received()
    async with asyncio.timeout(10):
        while await customer.rtp_received() < held + TALK_FRAMES:
            pass
    floor.centre.perform(EndContact(contact, "test"), ReleaseAgent(contact, offer, agent))
    await floor.peer.until(lambda: customer.ended and phone.ended)
    path = (floor.centre.settings.recordings / floor.centre.ledger.rows[offer].path).with_suffix(".raw")
    recorded = await heard(path, seconds_min=1)
    assert tone(recorded[-4_000:, 0]) == pytest.approx(1_000, abs=10)


@pytest.mark.parametrize(
    ("target", "kind", "meant"), [("queue-sales", "queue", "sales"), ("4940123", "number", "4940123")]
)
async def test_a_blind_transfer_becomes_the_floors_decision(floor: Floor, target: str, kind: str, meant: str) -> None:
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    await phone.refer(target)
    requested = await floor.centre.told(TransferRequested, lambda told: told.contact == contact)
    assert (requested.agent, requested.kind, requested.target) == (agent, kind, meant)
    floor.centre.perform(KeepWaiting(contact, "sales"), ReleaseAgent(contact, offer, agent))
    await floor.peer.until(lambda: phone.ended)
    assert not customer.ended
    second = await floor.phone()
    offer, phone = await floor.offer(contact, second, number=2)
    await phone.answer()
    await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    floor.centre.perform(ConnectContact(contact, offer, second, "sales", True))
    await floor.centre.told(ConversationStarted, lambda told: told.offer == offer)
    assert set(floor.centre.ledger.rows) >= {f"{contact}.1", f"{contact}.2"}
    await floor.centre.until(lambda: f"{contact}.1" in floor.centre.ledger.ends)
    assert f"{contact}.2" not in floor.centre.ledger.ends


async def test_a_transfer_to_another_agents_extension(floor: Floor) -> None:
    agent, other = await floor.phone(), await floor.phone()
    contact, _, _, phone = await floor.conversation(agent, record=False)
    await phone.refer(f"7{other.removeprefix('agent')}")
    await floor.centre.told(TransferRequested, lambda told: told == TransferRequested(contact, agent, "agent", other))


async def test_a_number_that_nobody_configured_is_refused(floor: Floor) -> None:
    contact, call = await floor.caller(answer=False)
    floor.centre.perform(RefuseNumber(contact, call.dialled))
    await floor.peer.until(lambda: call.ended)
    assert call.cause == 1


async def test_an_agent_who_is_gone_before_the_recording_began_leaves_none_to_expect(floor: Floor) -> None:
    recorder = floor.centre.telephony._performer._recorder
    name = "PJSIP/gone-00000000"
    agent = Leg(channel="gone.1", role="agent", contact="gone", offer="gone.1", agent="anna", name=name)
    await recorder.start(agent, "support")
    assert "gone.1" not in floor.centre.ledger.rows
