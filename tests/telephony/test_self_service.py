"""What callers hear while no agent talks to them: prompts, music, messages, callbacks, numbers outside."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from markaz.flows import PromptFailed, PromptFinished, SpeakPrompt, StopPrompt
from markaz.routing import (
    AnnouncePlace,
    ConnectContact,
    ConversationStarted,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    DialCustomer,
    ElsewhereAnswered,
    ElsewhereFailed,
    EndContact,
    KeepWaiting,
    MessageLeft,
    OfferAccepted,
    PlayPrompt,
    PromiseCallback,
    SendToNumber,
    TakeMessage,
)
from markaz.telephony.recordings import judge
from tests.telephony.conftest import Floor
from tests.telephony.hearing import heard, tone, tone_prompt

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_prompt_is_heard_to_its_end(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "hello", 700, 0.5))
    contact, call = await floor.caller()
    await call.monitor(tmp_path / "heard.raw")
    floor.centre.perform(SpeakPrompt(contact, "hello", 7))
    await floor.centre.told(PromptFinished, lambda told: told == PromptFinished(contact, 7))
    await call.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)
    assert tone((await heard(tmp_path / "heard.raw", seconds_min=0.4))[800:, 0]) == pytest.approx(700, abs=10)


async def test_a_new_prompt_stops_the_one_before(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(
        tone_prompt(tmp_path, "endless", 700, 60) | tone_prompt(tmp_path, "short", 900, 0.2)
    )
    contact, _ = await floor.caller()
    floor.centre.perform(SpeakPrompt(contact, "endless", 1), SpeakPrompt(contact, "short", 2))
    await floor.centre.told(PromptFinished, lambda told: told == PromptFinished(contact, 2), seconds=5)
    floor.centre.perform(SpeakPrompt(contact, "endless", 3), StopPrompt(contact))
    await floor.centre.told(PromptFinished, lambda told: told == PromptFinished(contact, 3), seconds=5)


async def test_why_a_project_is_paused_is_heard_to_its_end_before_the_promise(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "paused", 700, 1.5))
    contact, call = await floor.caller()
    await call.monitor(tmp_path / "heard.raw")
    floor.centre.perform(
        KeepWaiting(contact, "support"), PlayPrompt(contact, "paused"), PromiseCallback(contact, "4930")
    )
    await floor.peer.until(lambda: call.ended, seconds=15)
    sound_heard = await heard(tmp_path / "heard.raw", seconds_min=4)
    seconds_of_tone = [
        second
        for second in range(len(sound_heard) // 8_000)
        if abs(tone(sound_heard[second * 8_000 : (second + 1) * 8_000, 0]) - 700) < 10
    ]
    assert seconds_of_tone
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)


async def test_a_prompt_that_is_not_there(floor: Floor) -> None:
    contact, _ = await floor.caller()
    floor.centre.perform(SpeakPrompt(contact, "never made", 1))
    failed = await floor.centre.told(PromptFailed, lambda told: told.contact == contact)
    assert failed.step == 1


async def test_the_place_is_announced_over_the_music_which_goes_on(floor: Floor, tmp_path: Path) -> None:
    contact, call = await floor.caller()
    await call.monitor(tmp_path / "heard.raw")
    floor.centre.perform(KeepWaiting(contact, "support"))
    async with asyncio.timeout(10):
        while await call.rtp_received() < 30:
            pass
        before = await call.rtp_received()
        floor.centre.perform(AnnouncePlace(contact, "support", 3, None))
        while await call.rtp_received() < before + 200:  # about 4 s: the announcement and what follows
            pass
    assert [bridge["channels"] for bridge in (await floor.centre.lists())[1] if bridge["id"] == "waiting-support"] != [
        []
    ]
    await call.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)
    sound_heard = (await heard(tmp_path / "heard.raw", seconds_min=4))[:, 0].astype(float)
    music, speech, after = sound_heard[:4_000], sound_heard[8_000:20_000], sound_heard[-4_000:]
    assert np.abs(speech).max() > 2 * np.abs(music).max()
    assert 0 < np.abs(after).max() < 2 * np.abs(music).max()


async def test_the_last_words_are_said_before_the_end(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "closed", 600, 0.5))
    contact, call = await floor.caller()
    await call.monitor(tmp_path / "heard.raw")
    floor.centre.perform(EndContact(contact, "closed", "closed"))
    await floor.peer.until(lambda: call.ended)
    assert tone((await heard(tmp_path / "heard.raw", seconds_min=0.4))[800:, 0]) == pytest.approx(600, abs=10)


async def test_a_message_is_recorded_and_in_the_ledger(floor: Floor) -> None:
    contact, call = await floor.caller()
    floor.centre.perform(TakeMessage(contact, 30))
    await call.sing("500")
    await floor.recording(contact)
    async with asyncio.timeout(10):
        start = await call.rtp_sent()
        while await call.rtp_sent() < start + 80:
            pass
    await call.hang_up()
    left = await floor.centre.told(MessageLeft, lambda told: told.contact == contact)
    assert left.seconds >= 1
    row = floor.centre.ledger.rows[contact]
    path = floor.centre.settings.recordings / row.path
    assert path.stat().st_mode & 0o777 == 0o640
    found = judge(path, conversation_seconds=left.seconds)
    assert found.state == "present"
    assert found.seconds == pytest.approx(left.seconds, abs=1.1)
    await floor.centre.until(lambda: contact in floor.centre.ledger.ends)


async def test_who_hangs_up_before_the_tone_leaves_no_message(floor: Floor) -> None:
    contact, call = await floor.caller()
    floor.centre.perform(KeepWaiting(contact, "support"), TakeMessage(contact, 30))
    await floor.peer.until(lambda: call.answered)
    await call.hang_up()
    left = await floor.centre.told(MessageLeft, lambda told: told.contact == contact)
    assert left.seconds == 0
    assert contact not in floor.centre.ledger.rows


async def test_a_promised_callback_is_kept(floor: Floor) -> None:
    contact, call = await floor.caller()
    floor.centre.perform(PromiseCallback(contact, "491511234"))
    await floor.peer.until(lambda: call.ended, seconds=15)
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)
    agent = await floor.phone()
    offer, phone = await floor.offer(contact, agent)
    await phone.answer()
    await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    floor.centre.perform(DialCustomer(contact, "491511234", offer, 1))
    customer = await floor.peer.rings("491511234")
    assert customer.caller == "4930123456"
    await customer.answer()
    await floor.centre.told(CustomerReached, lambda told: told.contact == contact)
    floor.centre.perform(ConnectContact(contact, offer, agent, "support", record=True))
    await floor.centre.told(ConversationStarted, lambda told: told.offer == offer)
    assert offer in floor.centre.ledger.rows
    await customer.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)


async def test_a_customer_who_does_not_take_the_callback(floor: Floor) -> None:
    agent = await floor.phone()
    offer, phone = await floor.offer("promised", agent)
    await phone.answer()
    await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    floor.centre.perform(DialCustomer("promised", "491511235", offer, 1))
    customer = await floor.peer.rings("491511235")
    await customer.hang_up("busy")
    missed = await floor.centre.told(CustomerMissed, lambda told: told.contact == "promised")
    assert missed.cause == "busy"


async def test_a_number_outside_is_joined_and_ends_with_either_side(floor: Floor) -> None:
    contact, call = await floor.caller()
    floor.centre.perform(KeepWaiting(contact, "support"), SendToNumber(contact, "4940777", "overflow", "backup"))
    outside = await floor.peer.rings("4940777")
    assert outside.caller == call.caller
    await outside.answer()
    await floor.centre.told(ElsewhereAnswered, lambda told: told.contact == contact)
    await outside.hang_up()
    await floor.peer.until(lambda: call.ended)
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)


@pytest.mark.parametrize("number", ["0014900", "900123", "49;phone-context=evil", "sip:4930@evil"])
async def test_a_number_that_no_trunk_may_dial_is_not_dialled(floor: Floor, number: str) -> None:
    contact, _ = await floor.caller()
    floor.centre.perform(SendToNumber(contact, number, "transfer"))
    failed = await floor.centre.told(ElsewhereFailed, lambda told: told.contact == contact)
    assert failed.cause == "unreachable"
    assert len((await floor.centre.lists())[0]) == 1
