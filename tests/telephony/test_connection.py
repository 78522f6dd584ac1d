"""What happens to calls when we are away, come back, or another of us takes over."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from markaz.flows import SURVEY_STEP, ContactEntered, PromptFinished, SpeakPrompt, StopPrompt
from markaz.routing import (
    AgentLeft,
    CheckContact,
    ConnectContact,
    ContactSeen,
    ConversationStarted,
    CustomerLeft,
    ElsewhereFailed,
    KeepWaiting,
    MessageLeft,
    OfferAccepted,
    OfferFailed,
    ReleaseAgent,
    TakeMessage,
)
from markaz.telephony import Beliefs, BelievedContact, BelievedOffer, TrunkSettings
from markaz.telephony.asterisk.translate import MessagePromptEnded
from tests.telephony.centre import anything
from tests.telephony.conftest import Floor
from tests.telephony.hearing import tone_prompt

pytestmark = pytest.mark.asyncio(loop_scope="session")

STACK_BYTES = 496 * 1_024
"""Asterisk's thread stacks on 64 bits (AST_STACKSIZE in include/asterisk/utils.h)."""
LONG_NAME = 60_000
"""A little less than Asterisk reads in one message of a WebSocket."""


async def playing(floor: Floor, playback: str) -> None:
    async with asyncio.timeout(5):
        while not (await floor.centre.telephony._ari.request("GET", "playbacks", playback)).ok:
            pass


async def test_a_lost_connection_is_made_again_and_the_call_goes_on(floor: Floor) -> None:
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    ari = floor.centre.telephony._ari
    await ari.drop()
    async with asyncio.timeout(10):
        await ari.connected.wait()
    assert not customer.ended
    assert not phone.ended
    await customer.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told == CustomerLeft(contact, "hung_up"))
    await floor.centre.until(lambda: offer in floor.centre.ledger.ends)


async def test_who_hangs_up_while_we_are_away_is_missed_when_we_are_back(floor: Floor) -> None:
    contact, customer = await floor.caller()
    await floor.centre.telephony.stop()
    await customer.hang_up()
    await floor.peer.until(lambda: customer.ended)
    await floor.centre.telephony.start()
    await floor.centre.told(CustomerLeft, lambda told: told == CustomerLeft(contact, "hung_up"))


async def test_a_successor_takes_who_is_gone_for_one_who_hung_up_unless_asterisk_is_younger(floor: Floor) -> None:
    contact, customer = await floor.caller()
    await floor.centre.telephony.stop()
    await customer.hang_up()
    await floor.peer.until(lambda: customer.ended)
    first, successor = floor.centre.telephony, floor.centre.connection()
    before = f"{1:012x}{contact[12:]}"  # it came long before this Asterisk was started
    floor.centre.beliefs = Beliefs(
        contacts={one: BelievedContact("waiting", "support", has_leg=True) for one in (contact, before)}
    )
    try:
        await successor.start()
        await successor.reconcile()
        await floor.centre.told(CustomerLeft, lambda told: told == CustomerLeft(contact, "hung_up"))
        await floor.centre.told(CustomerLeft, lambda told: told == CustomerLeft(before, "fault"))
    finally:
        await successor.stop()
        floor.centre.beliefs = anything()
        await first.start()


async def test_imperatives_wait_for_the_connection(floor: Floor) -> None:
    contact, customer = await floor.caller()
    await floor.centre.telephony._ari.drop()
    floor.centre.perform(KeepWaiting(contact, "support"))
    async with asyncio.timeout(10):
        while True:
            waiting = [bridge for bridge in (await floor.centre.lists())[1] if bridge["id"] == "waiting-support"]
            if waiting and waiting[0]["channels"]:
                break
    assert not customer.ended


async def test_a_successor_finds_every_leg_again(floor: Floor) -> None:
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    unknown, _ = await floor.caller()
    await floor.centre.telephony.stop()
    first, successor = floor.centre.telephony, floor.centre.connection()
    floor.centre.telephony = successor
    floor.centre.beliefs = Beliefs(
        contacts={contact: BelievedContact("in_conversation", "support", has_leg=True)},
        offers={
            offer: BelievedOffer(contact, agent, "in_conversation"),
            "gone.1": BelievedOffer("gone", "x", "offered"),
        },
    )
    floor.centre.stimuli.clear()
    try:
        await successor.start()
        await successor.reconcile()
        await floor.centre.told(OfferFailed, lambda told: told == OfferFailed("gone.1", "fault"))
        again = await floor.centre.told(ContactEntered)
        assert again.contact == unknown
        await phone.hang_up()
        await floor.centre.told(AgentLeft, lambda told: told == AgentLeft(contact, agent, "hung_up"))
        await customer.hang_up()
        await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)
        for _ in range(2):  # the floor does not take the unknown one: two looks end it
            await successor.reconcile()
        await floor.centre.told(CustomerLeft, lambda told: told.contact == unknown)
    finally:
        await successor.stop()
        floor.centre.telephony = first
        floor.centre.beliefs = anything()
        await first.start()


async def test_a_prompt_that_a_process_before_us_began_holds_nothing_up(floor: Floor, tmp_path: Path) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "endless", 700, 60))
    contact, _ = await floor.caller()
    floor.centre.perform(SpeakPrompt(contact, "endless", 3))
    await playing(floor, f"{contact}.p3")
    first, successor = floor.centre.telephony, floor.centre.connection()
    await first.stop()
    floor.centre.telephony = successor
    try:
        await successor.start()
        floor.centre.perform(StopPrompt(contact), KeepWaiting(contact, "support"))
        async with asyncio.timeout(3):
            while not any(
                one["id"] == "waiting-support" and one["channels"] for one in (await floor.centre.lists())[1]
            ):
                pass
    finally:
        await successor.stop()
        floor.centre.telephony = first
        await first.start()


async def test_a_surveys_prompt_that_a_process_before_us_began_is_stopped_when_it_is_spoken_again(
    floor: Floor, tmp_path: Path
) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "endless", 700, 60))
    contact, _ = await floor.caller()
    floor.centre.perform(SpeakPrompt(contact, "endless", SURVEY_STEP + 1))
    await playing(floor, f"{contact}.p{SURVEY_STEP + 1}")
    first, successor = floor.centre.telephony, floor.centre.connection()
    await first.stop()
    floor.centre.telephony = successor
    successor.set_prompts(tone_prompt(tmp_path, "endless", 700, 60))
    try:
        await successor.start()
        floor.centre.perform(SpeakPrompt(contact, "endless", SURVEY_STEP + 2))
        await floor.centre.told(PromptFinished, lambda told: told == PromptFinished(contact, SURVEY_STEP + 1))
        await playing(floor, f"{contact}.p{SURVEY_STEP + 2}")
    finally:
        await successor.stop()
        floor.centre.telephony = first
        await first.start()


async def test_an_agent_whom_the_floor_gave_up_while_the_connection_was_lost_hears_nobody(floor: Floor) -> None:
    agent = await floor.phone()
    contact, customer = await floor.caller()
    offer, phone = await floor.offer(contact, agent)
    await phone.answer()
    await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    await floor.centre.telephony._ari.drop()
    floor.centre.perform(ConnectContact(contact, offer, agent, "support", False), ReleaseAgent(contact, offer, agent))
    await floor.peer.until(lambda: phone.ended)
    floor.centre.perform(CheckContact(contact))
    await floor.centre.told(ContactSeen, lambda told: told.contact == contact)
    assert ConversationStarted not in [type(one) for one in floor.centre.about(contact)]
    assert not customer.ended


async def test_a_prompt_is_begun_once_though_the_connection_was_lost_with_its_answer(
    floor: Floor, tmp_path: Path
) -> None:
    floor.centre.telephony.set_prompts(tone_prompt(tmp_path, "endless", 700, 60))
    contact, _ = await floor.caller()
    floor.centre.perform(SpeakPrompt(contact, "endless", 1))
    await playing(floor, f"{contact}.p1")
    floor.centre.perform(SpeakPrompt(contact, "endless", 1), CheckContact(contact))
    await floor.centre.told(ContactSeen, lambda told: told.contact == contact)
    assert PromptFinished not in [type(one) for one in floor.centre.about(contact)]
    await playing(floor, f"{contact}.p1")


async def test_a_caller_is_treated_kindly_when_nobody_is_there(floor: Floor) -> None:
    await floor.centre.telephony.stop()
    try:
        call = await floor.peer.call("4930999", "4915190")
        await floor.peer.until(lambda: call.answered)
        await call.sing("500")
        folder = floor.centre.settings.recordings / "unattended"
        async with asyncio.timeout(40):
            while not any(path.stat().st_size > 16_000 for path in folder.glob("*.wav")):
                await call.rtp_sent()
        await call.hang_up()
        assert [path.name.split("_")[:2] for path in folder.glob("*.wav")] == [["4930999", "4915190"]]
        assert [path.stat().st_mode & 0o777 for path in folder.glob("*.wav")] == [0o640]
    finally:
        await floor.centre.telephony.start()


async def test_a_caller_who_came_while_we_were_away_is_taken_over(floor: Floor) -> None:
    await floor.centre.telephony.stop()
    call = await floor.peer.call("4930998", "4915191")
    await floor.peer.until(lambda: call.answered)
    await floor.centre.telephony.start()
    entered = await floor.centre.told(ContactEntered, lambda told: told.number == "4930998", seconds=20)
    assert entered.customer == "4915191"
    [channel] = [one["id"] for one in (await floor.centre.lists())[0]]
    asked = ("GET", "channels", channel, "variable")
    tries = await floor.centre.telephony._ari.request(*asked, query={"variable": "TRIES"})
    assert tries.body["value"] == "0", "it was fetched before the dialplan tried again by itself"


async def test_a_contact_that_is_elsewhere_with_nobody_comes_back(floor: Floor) -> None:
    contact, _ = await floor.caller()
    floor.centre.beliefs = Beliefs(contacts={contact: BelievedContact("elsewhere", "support", has_leg=True)})
    try:
        await floor.centre.telephony.reconcile()
        assert ElsewhereFailed not in [type(one) for one in floor.centre.about(contact)]
        await floor.centre.telephony.reconcile()
        await floor.centre.told(ElsewhereFailed, lambda told: told == ElsewhereFailed(contact, "fault"))
    finally:
        floor.centre.beliefs = anything()


async def test_a_message_that_nobody_records_is_over(floor: Floor) -> None:
    contact, _ = await floor.caller()
    floor.centre.beliefs = Beliefs(contacts={contact: BelievedContact("leaving_message", "support", has_leg=True)})
    try:
        for _ in range(2):
            await floor.centre.telephony.reconcile()
        await floor.centre.told(MessageLeft, lambda told: told == MessageLeft(contact, 0.0))
    finally:
        floor.centre.beliefs = anything()


async def test_a_message_goes_on_while_it_is_looked_at_and_its_end_is_found_out(floor: Floor) -> None:
    contact, call = await floor.caller()
    telephony = floor.centre.telephony
    floor.centre.beliefs = Beliefs(contacts={contact: BelievedContact("leaving_message", "support", has_leg=True)})
    try:
        floor.centre.perform(TakeMessage(contact, 30))
        await floor.recording(contact)
        start = await call.rtp_sent()
        await call.sing("500")
        while await call.rtp_sent() < start + 80:
            await telephony.reconcile()
        assert MessageLeft not in [type(one) for one in floor.centre.about(contact)]
        await telephony.stop()
        await call.hush()
        await call.press("#")
        path = floor.centre.settings.recordings / floor.centre.ledger.rows[contact].path
        async with asyncio.timeout(10):
            while path.read_bytes()[40:44] == bytes(4):  # the length of the sound, written when the file is closed
                await call.rtp_sent()
        await telephony.start()
        for _ in range(2):
            await telephony.reconcile()
        left = await floor.centre.told(MessageLeft, lambda told: told.contact == contact)
        assert left.seconds > 1
        assert contact in floor.centre.ledger.ends
    finally:
        floor.centre.beliefs = anything()


async def test_a_message_is_recorded_though_the_connection_was_lost_when_it_was_to_begin(floor: Floor) -> None:
    contact, _ = await floor.caller()
    telephony = floor.centre.telephony
    telephony._board.customers[contact].message_seconds_max = 30
    await telephony._ari.drop()
    telephony._performer.take(MessagePromptEnded(contact))
    await floor.recording(contact)
    telephony._board.customers[contact].message_seconds_max = 30
    telephony._performer.take(MessagePromptEnded(contact))  # again, as after an answer that was lost
    telephony.perform([CheckContact(contact)])
    await floor.centre.told(ContactSeen, lambda told: told.contact == contact)
    assert MessageLeft not in [type(one) for one in floor.centre.about(contact)]
    await floor.recording(contact)


async def test_a_trunk_that_asterisk_refuses_keeps_nobody_from_the_others(
    floor: Floor, caplog: pytest.LogCaptureFixture
) -> None:
    known = floor.centre.settings.trunks
    refused = TrunkSettings(id="refused", host="host.invalid", match=("not/an/address",))
    good = TrunkSettings(id="third", host="127.0.0.3", match=("127.0.0.3",))
    try:
        await floor.centre.telephony.set_trunks((*known, refused, good))
        assert "127.0.0.3/32" in await floor.centre.server.cli("pjsip show identifies")
        assert "Asterisk refused the identify trunk-refused" in caplog.text
        await floor.centre.telephony._ari.drop()
        async with asyncio.timeout(10):
            await floor.centre.telephony._ari.connected.wait()
    finally:
        await floor.centre.telephony.set_trunks(known)


async def test_a_trunk_is_added_and_removed_while_calls_run(floor: Floor) -> None:
    _, call = await floor.caller()
    known = floor.centre.settings.trunks
    second = TrunkSettings(id="second", host="127.0.0.2", port=5062, match=("127.0.0.2",), prefixes=("44",))
    await floor.centre.telephony.set_trunks((*known, second))
    assert "127.0.0.2/32" in await floor.centre.server.cli("pjsip show identifies")
    await floor.centre.telephony.set_trunks(known)
    shown = await floor.centre.server.cli("pjsip show endpoints")
    assert "trunk-second" not in shown
    assert "trunk-carrier" in shown
    assert not call.ended


async def test_lists_larger_than_a_threads_stack_leave_asterisk_alive(floor: Floor) -> None:
    """As with some hundreds of channels: a WebSocket's message lies on the stack of the thread that sends it."""
    callers = [await floor.caller() for _ in range(STACK_BYTES // LONG_NAME + 1)]
    ari = floor.centre.telephony._ari
    channels, _ = await floor.centre.lists()
    for channel in channels:
        query = {"variable": "CALLERID(name)", "value": "x" * LONG_NAME}
        answer = await ari.request("POST", "channels", channel["id"], "variable", query=query)
        assert answer.ok, answer.message
    channels, _ = await floor.centre.lists()
    assert len(msgspec.json.encode(channels)) > STACK_BYTES
    await floor.centre.telephony.reconcile()
    assert not any(customer.ended for _, customer in callers)
