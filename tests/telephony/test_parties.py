"""Attended transfer, conference, supervision and the pause of recordings: real calls, heard at every far end."""

from pathlib import Path

import pytest

from markaz.routing import (
    AgentLeft,
    CallParty,
    CustomerLeft,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    OfferRefused,
    PartyAnswered,
    PartyFailed,
    PartyLeft,
    PauseRecording,
    ReleaseAgent,
    ReleaseParty,
    ResumeCustomer,
    ResumeRecording,
    StartRecording,
    Supervise,
)  # fmt: skip
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
from tests.telephony.hearing import SPAN, Ears, heard, longest_silence, stereo, tone, tones

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_attended_transfer(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, customer, phone, ben, offer_ben, phone_ben = await consulting(floor, ears)
    floor.centre.perform(
        ResumeCustomer(contact), StartRecording(contact, offer_ben, ben, "support"), ReleaseAgent(contact, offer, ann)
    )
    await floor.peer.until(lambda: phone.ended)
    await ears.until("customer", {BEN})
    await ears.until("ben", {CUSTOMER})
    ledger = floor.centre.ledger
    await floor.centre.until(lambda: offer_ben in ledger.rows)
    path = floor.centre.settings.recordings / ledger.rows[offer_ben].path.replace(".wav", ".raw")
    await heard(path, seconds_min=1.0)
    await phone_ben.hang_up()
    await floor.centre.told(AgentLeft, lambda told: (told.contact, told.agent) == (contact, ben))
    await floor.centre.until(lambda: {offer, offer_ben} <= ledger.ends.keys())
    assert [ledger.rows[one].agent for one in (offer, offer_ben)] == [ann, ben]
    sides = stereo(path)
    left, right = tones(sides[-SPAN:, 0]), tones(sides[-SPAN:, 1])
    assert (left, right) == ({BEN}, {CUSTOMER}), "left the agent, right the customer"
    await customer.hang_up()


async def test_a_refused_consultation_returns_to_the_agent(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, *_ = await talking(floor, ears)
    floor.centre.perform(HoldCustomer(contact))
    await ears.until("customer", set())
    _, offer_ben, phone_ben = await guest(floor, contact, 2, answer=False)
    await phone_ben.hang_up("busy")
    await floor.centre.told(OfferRefused, lambda told: told.offer == offer_ben)
    floor.centre.perform(ResumeCustomer(contact))
    await ears.until("customer", {ANN})
    await ears.until("ann", {CUSTOMER})


async def test_a_conference_and_one_who_leaves_it(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, _, ann, customer, phone, *_ = await consulting(floor, ears)
    floor.centre.perform(ResumeCustomer(contact))
    await ears.until("customer", {ANN, BEN})
    await ears.until("ann", {CUSTOMER, BEN})
    await ears.until("ben", {CUSTOMER, ANN})
    await phone.hang_up()
    await floor.centre.told(AgentLeft, lambda told: (told.contact, told.agent) == (contact, ann))
    await ears.until("customer", {BEN})
    await customer.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)


async def test_a_number_outside_is_consulted_and_joins(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, *_ = await talking(floor, ears)
    floor.centre.perform(HoldCustomer(contact), CallParty(contact, f"{contact}~p2", "4930777"))
    outside = await floor.peer.rings("4930777")
    await outside.answer()
    await floor.centre.told(PartyAnswered, lambda told: told.contact == contact)
    await ears.listen(outside=outside)
    await outside.hum(str(OUTSIDE))
    await ears.until("ann", {OUTSIDE})
    await ears.until("outside", {ANN})
    floor.centre.perform(ResumeCustomer(contact))
    await ears.until("outside", {ANN, CUSTOMER})
    floor.centre.perform(ReleaseParty(contact, f"{contact}~p2"))
    await floor.peer.until(lambda: outside.ended)
    await ears.until("customer", {ANN})
    assert not [told for told in floor.centre.about(contact) if isinstance(told, PartyLeft)], "we asked for it"


async def test_a_number_outside_that_refuses_or_hangs_up(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, *_ = await talking(floor, ears)
    floor.centre.perform(CallParty(contact, f"{contact}~p2", "4930778"))
    outside = await floor.peer.rings("4930778")
    await outside.hang_up("busy")
    failed = await floor.centre.told(PartyFailed, lambda told: told.contact == contact)
    assert (failed.party, failed.cause) == (f"{contact}~p2", "busy")
    floor.centre.perform(CallParty(contact, f"{contact}~p3", "4930779"))
    outside = await floor.peer.rings("4930779")
    await outside.answer()
    await floor.centre.told(PartyAnswered, lambda told: told.party == f"{contact}~p3")
    await outside.hang_up()
    await floor.centre.told(PartyLeft, lambda told: told.party == f"{contact}~p3")
    floor.centre.perform(CallParty(contact, f"{contact}~p4", "900123"))
    failed = await floor.centre.told(PartyFailed, lambda told: told.party == f"{contact}~p4")
    assert failed.cause == "unreachable", "no trunk may dial it"


@pytest.mark.parametrize(("mode", "heard_by_ann"), [("listen", {CUSTOMER}), ("whisper", {CUSTOMER, BEN})])
async def test_a_supervisor_listens_or_whispers(floor: Floor, tmp_path: Path, mode: str, heard_by_ann: set[int]):
    ears = Ears(tmp_path)
    contact, offer, *_ = await supervised(floor, ears, mode)
    await ears.until("ann", heard_by_ann)
    assert await ears.tones("customer") == {ANN}, "the customer never hears it"
    row = floor.centre.ledger.rows[offer]
    sides = await heard(floor.centre.settings.recordings / row.path.replace(".wav", ".raw"), seconds_min=2.0)
    assert BEN not in tones(sides[-SPAN:, 1]), "nor is it in the recording that the client may hear"
    await _hang_up_all(floor, contact)


async def _hang_up_all(floor: Floor, contact: str) -> None:
    for call in list(floor.peer.calls.values()):
        if not call.ended:
            await call.hang_up()
    await floor.centre.told(CustomerLeft, lambda told: told.contact == contact)


async def test_a_supervisor_changes_the_mode_barges_in_and_takes_over(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, offer_ben, ben, _ = await supervised(floor, ears, "listen")
    floor.centre.perform(Supervise(contact, offer_ben, ben, offer, "whisper"))
    await ears.until("ann", {CUSTOMER, BEN})
    floor.centre.perform(JoinConversation(contact, offer_ben, ben))
    await ears.until("customer", {ANN, BEN})
    await ears.until("ben", {CUSTOMER, ANN})
    floor.centre.perform(Supervise(contact, offer_ben, ben, offer, "listen"))
    await ears.until("customer", {ANN})
    await ears.until("ben", {CUSTOMER, ANN})
    row = floor.centre.ledger.rows[offer]
    sides = stereo((floor.centre.settings.recordings / row.path).with_suffix(".raw"))
    assert (tones(sides[-SPAN:, 0]), tones(sides[-SPAN:, 1])) == ({ANN}, {CUSTOMER}), "the recording goes on as before"
    floor.centre.perform(
        JoinConversation(contact, offer_ben, ben), StartRecording(contact, offer_ben, ben, "support"),
        ReleaseAgent(contact, offer, ann),
    )  # fmt: skip
    await ears.until("customer", {BEN})
    await ears.until("ben", {CUSTOMER})


async def test_a_supervisor_who_leaves_takes_the_ear_along(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, _, _, offer_ben, ben, _ = await supervised(floor, ears, "whisper")
    floor.centre.perform(ReleaseAgent(contact, offer_ben, ben))
    await ears.until("ann", {CUSTOMER})
    await eventually(lambda: names(floor), lambda names: "snoop" not in names)
    await eventually(lambda: bridges(floor), lambda names: "supervision" not in names)


async def test_an_agent_who_leaves_first_leaves_no_ear_behind(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, offer_ben, ben, _ = await supervised(floor, ears, "listen")
    floor.centre.perform(ReleaseAgent(contact, offer, ann))
    await eventually(lambda: names(floor), lambda names: "snoop" not in names)
    floor.centre.perform(ReleaseAgent(contact, offer_ben, ben))
    await eventually(lambda: bridges(floor), lambda names: "supervision" not in names)


async def test_a_pause_is_silence_in_the_recording_and_a_mark_in_the_ledger(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, *_ = await talking(floor, ears)
    ledger = floor.centre.ledger
    path = floor.centre.settings.recordings / ledger.rows[offer].path.replace(".wav", ".raw")
    await heard(path, seconds_min=1.0)
    floor.centre.perform(PauseRecording(contact, offer))
    await floor.centre.until(lambda: (offer, True) in ledger.pauses)
    began = len(stereo(path))
    await heard(path, seconds_min=began / 8_000 + 1.5)
    assert await ears.tones("customer") == {ANN}, "they still hear each other"
    floor.centre.perform(ResumeRecording(contact, offer))
    await floor.centre.until(lambda: (offer, False) in ledger.pauses)
    ended = len(stereo(path))
    sides = await heard(path, seconds_min=ended / 8_000 + 1.5)
    paused, resumed = longest_silence(sides)  # Asterisk writes late when it has much to do
    assert resumed - paused > 8_000, "something was kept that was not to be"
    assert (tone(sides[:paused, 0]), tone(sides[resumed:, 1])) == pytest.approx((ANN, CUSTOMER), abs=5)


async def test_a_held_customer_waits_again_when_the_agent_is_cut_off(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, *_ = await consulting(floor, ears)
    floor.centre.perform(KeepWaiting(contact, "support"))
    await eventually(lambda: bridge_of(floor, contact), lambda bridge: bridge == "waiting-support")
