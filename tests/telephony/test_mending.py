"""What was asked for and did not come to be: a floor that decided and died, a manager that refused, an event unheard.

The reconciler compares what the floor believes with a real Asterisk, and the far ends hear what came of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from markaz.routing import (
    CallParty,
    ConnectContact,
    ConversationStarted,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    PartyAnswered,
    PartyFailed,
    PauseRecording,
    RecordingPauseFailed,
    ReleaseAgent,
    ResumeCustomer,
    ResumeRecording,
    Supervise,
)  # fmt: skip
from markaz.telephony import Beliefs, BelievedContact, BelievedOffer
from tests.telephony.centre import anything
from tests.telephony.conftest import Floor
from tests.telephony.conversing import (
    ANN,
    BEN,
    CUSTOMER,
    OUTSIDE,
    bridge_of,
    bridges,
    consulting,
    eventually,
    guest,
    names,
    supervised,
    talking,
)  # fmt: skip
from tests.telephony.hearing import SPAN, Ears, heard, stereo, tones
from tests.telephony.peer import Call

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def look_twice(floor: Floor, contact: BelievedContact, offers: dict[str, BelievedOffer]) -> None:
    """The floor believes this; what two looks in a row see is mended."""
    (name,) = {offer.contact for offer in offers.values()}
    floor.centre.beliefs = Beliefs({name: contact}, offers)
    for _ in range(2):
        await floor.centre.telephony.reconcile()
    floor.centre.beliefs = anything()


@asynccontextmanager
async def successor(floor: Floor) -> AsyncIterator[None]:
    """The floor's telephony dies; another one's takes over."""
    first = floor.centre.telephony
    await first.stop()
    yield
    second = floor.centre.telephony
    await second.stop()
    floor.centre.telephony = first
    await first.start()


async def take_over(floor: Floor) -> None:
    floor.centre.telephony = floor.centre.connection()
    await floor.centre.telephony.start()


async def test_a_customer_hears_music_or_the_agent_as_was_decided(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, *_ = await talking(floor, ears)
    consults = {offer: BelievedOffer(contact, ann, "consulting")}
    await look_twice(floor, BelievedContact("on_hold", "support", True, is_on_music=True), consults)
    await ears.until("customer", set())
    talks = {offer: BelievedOffer(contact, ann, "in_conversation")}
    await look_twice(floor, BelievedContact("in_conversation", "support", True), talks)
    await ears.until("customer", {ANN})


async def test_who_was_to_join_and_did_not(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, *_ = await talking(floor, ears)
    ben, offer_ben, phone_ben = await guest(floor, contact, 2)
    await phone_ben.hum(str(BEN))
    both = {
        offer: BelievedOffer(contact, ann, "in_conversation"),
        offer_ben: BelievedOffer(contact, ben, "in_conversation", "joined"),
    }
    await look_twice(floor, BelievedContact("in_conversation", "support", True, lead=offer), both)
    await ears.until("customer", {ANN, BEN})


async def test_a_conference_that_is_over_is_forgotten(floor: Floor, tmp_path: Path):
    """Its bridge outlives it, and the next agent talks elsewhere: who joins then must come to where they are."""
    ears = Ears(tmp_path)
    contact, offer, ann, _, _, ben, offer_ben, _ = await consulting(floor, ears)
    floor.centre.perform(
        ResumeCustomer(contact), ReleaseAgent(contact, offer_ben, ben), ReleaseAgent(contact, offer, ann)
    )
    floor.centre.perform(KeepWaiting(contact, "support"))
    await eventually(lambda: bridges(floor), lambda there: f"conference-{contact}" in there)
    waits = {"none.1": BelievedOffer(contact, "nobody", "wrapping_up")}
    await look_twice(floor, BelievedContact("waiting", "support", True), waits)
    eva, offer_eva, phone_eva = await guest(floor, contact, 3)
    await ears.listen(eva=phone_eva)
    await phone_eva.hum(str(ANN))
    floor.centre.perform(ConnectContact(contact, offer_eva, eva, "support", False))
    await floor.centre.told(ConversationStarted, lambda told: told.offer == offer_eva)
    talks = {offer_eva: BelievedOffer(contact, eva, "in_conversation")}
    await look_twice(floor, BelievedContact("in_conversation", "support", True, lead=offer_eva), talks)
    await ears.until("eva", {CUSTOMER})
    floor.centre.perform(HoldCustomer(contact))
    dan, offer_dan, phone_dan = await guest(floor, contact, 4)
    await phone_dan.hum(str(BEN))
    floor.centre.perform(JoinConversation(contact, offer_dan, dan))
    await ears.until("eva", {BEN})
    floor.centre.perform(ResumeCustomer(contact))
    await ears.until("eva", {BEN, CUSTOMER})
    await ears.until("customer", {ANN, BEN})


async def test_a_recording_that_was_not_begun_begins(floor: Floor, tmp_path: Path):
    """And one that goes on is found going on, by whoever takes over, and is not begun again."""
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent, record=False)
    ears = Ears(tmp_path)
    await ears.listen(customer=customer)
    await customer.hum(str(CUSTOMER))
    await phone.hum(str(ANN))
    await ears.until("customer", {ANN})
    believed = BelievedContact("in_conversation", "support", True, lead=offer, is_recorded=True)
    talks = {offer: BelievedOffer(contact, agent, "in_conversation")}
    ledger, folder = floor.centre.ledger, floor.centre.settings.recordings
    async with successor(floor):
        await take_over(floor)
        assert offer not in ledger.rows
        await look_twice(floor, believed, talks)
        await floor.centre.until(lambda: offer in ledger.rows)
        path = (folder / ledger.rows[offer].path).with_suffix(".raw")
        await heard(path, seconds_min=1.0)
    row = ledger.rows.pop(offer)
    async with successor(floor):
        await take_over(floor)
        began = len(stereo(path))
        await look_twice(floor, believed, talks)
        assert offer not in ledger.rows, "it was begun again, and what was kept is lost"
        sides = await heard(path, seconds_min=began / 8_000 + 1.0)
        assert (tones(sides[-SPAN:, 0]), tones(sides[-SPAN:, 1])) == ({ANN}, {CUSTOMER})
        ledger.rows[offer] = row
        await phone.hang_up()
        await floor.centre.until(lambda: offer in ledger.ends)


async def test_a_pause_is_had_and_ended_however_it_was_lost(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, *_ = await talking(floor, ears)
    ledger = floor.centre.ledger
    path = (floor.centre.settings.recordings / ledger.rows[offer].path).with_suffix(".raw")
    talks = {offer: BelievedOffer(contact, ann, "in_conversation")}
    believed = BelievedContact("in_conversation", "support", True, lead=offer, is_recorded=True, is_paused=True)
    await look_twice(floor, believed, talks)
    await floor.centre.until(lambda: ledger.pauses[-1:] == [(offer, True)])
    async with successor(floor):  # who takes over does not know, and the floor has decided to go on
        await take_over(floor)
        believed = BelievedContact("in_conversation", "support", True, lead=offer, is_recorded=True)
        await look_twice(floor, believed, talks)
        await floor.centre.until(lambda: ledger.pauses[-1:] == [(offer, False)])
        began = len(stereo(path))
        sides = await heard(path, seconds_min=began / 8_000 + 1.0)
        assert (tones(sides[-SPAN:, 0]), tones(sides[-SPAN:, 1])) == ({ANN}, {CUSTOMER})
        floor.centre.perform(PauseRecording(contact, offer))
        await floor.centre.until(lambda: ledger.pauses[-1:] == [(offer, True)])
        began = len(stereo(path))
        sides = await heard(path, seconds_min=began / 8_000 + 1.0)
        assert np.abs(sides[-SPAN:]).max() < 50


async def test_a_pause_that_the_manager_refuses_is_told(floor: Floor, tmp_path: Path):
    """The customer must not say a card number into a recording that goes on; then the recording is whole."""
    contact, offer, *_ = await talking(floor, Ears(tmp_path))
    manager, ledger = floor.centre.telephony._manager, floor.centre.ledger
    address = manager._address
    await manager.stop()
    manager._address = replace(address, secret="another")
    floor.centre.perform(PauseRecording(contact, offer))
    await floor.centre.told(RecordingPauseFailed, lambda told: told.offer == offer)
    assert (offer, True) not in ledger.pauses
    await manager.stop()
    manager._address = address
    floor.centre.perform(ResumeRecording(contact, offer))
    await floor.centre.until(lambda: (offer, False) in ledger.pauses)


async def test_a_number_outside_that_answered_unheard_joins(floor: Floor, tmp_path: Path):
    """It is there and alone: the floor died with the news."""
    ears = Ears(tmp_path)
    contact, offer, ann, *_ = await talking(floor, ears)
    party, outside = await dialled(floor, contact)
    await outside.answer()
    await outside.hum(str(OUTSIDE))
    await ears.until("ann", {CUSTOMER, OUTSIDE})
    async with successor(floor):
        await take_over(floor)
        ari = floor.centre.telephony._ari
        await ari.request("POST", "bridges", await bridge_of(floor, contact), "removeChannel", query={"channel": party})
        floor.centre.stimuli.clear()
        believed = BelievedContact("on_hold", "support", True, is_on_music=True, party=(party, "dialled"), lead=offer)
        await look_twice(floor, believed, {offer: BelievedOffer(contact, ann, "consulting")})
        await floor.centre.told(PartyAnswered, lambda told: told.party == party)
        await ears.until("ann", {OUTSIDE})


async def test_a_number_outside_that_answered_nobody_is_accounted(floor: Floor, tmp_path: Path):
    """Asterisk cuts who answers while no floor is there; the agent learns it, and may dial again."""
    contact, offer, ann, *_ = await talking(floor, Ears(tmp_path))
    party, outside = await dialled(floor, contact)
    async with successor(floor):
        await outside.answer()
        await floor.peer.until(lambda: outside.ended)
        await take_over(floor)
        believed = BelievedContact("on_hold", "support", True, is_on_music=True, party=(party, "dialled"), lead=offer)
        await look_twice(floor, believed, {offer: BelievedOffer(contact, ann, "consulting")})
        told = await floor.centre.told(PartyFailed, lambda told: told.party == party)
        assert told.cause == "fault"


async def dialled(floor: Floor, contact: str) -> tuple[str, Call]:
    """A number outside rings for the contact: the party, the phone."""
    party = f"{contact}~p2"
    floor.centre.perform(CallParty(contact, party, "4930881"))
    return party, await floor.peer.rings("4930881")


async def test_a_supervisor_who_hears_nothing_hears_again(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, offer_ben, ben, _ = await supervised(floor, ears, "listen")
    async with successor(floor):
        await take_over(floor)
        offers = {
            offer: BelievedOffer(contact, ann, "in_conversation"),
            offer_ben: BelievedOffer(contact, ben, "supervising", "listen"),
        }
        believed = BelievedContact("in_conversation", "support", True, lead=offer)
        ari = floor.centre.telephony._ari
        for name in (await names(floor)).split():
            if "snoop" in name:
                await ari.request("DELETE", "channels", name)
        await ears.until("ben", set())
        await look_twice(floor, believed, offers)
        await ears.until("ben", {CUSTOMER, ANN})
        floor.centre.perform(Supervise(contact, offer_ben, ben, offer, "whisper"))
        await ears.until("ann", {CUSTOMER, BEN})
