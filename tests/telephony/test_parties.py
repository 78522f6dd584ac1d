"""Attended transfer, conference, supervision and the pause of recordings: real calls, heard at every far end."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from markaz.routing import (
    AgentLeft,
    CallParty,
    ConversationStarted,
    CustomerLeft,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    OfferAccepted,
    OfferContact,
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
    SupervisionStarted,
)  # fmt: skip
from markaz.telephony import Beliefs, BelievedContact, BelievedOffer
from tests.telephony.centre import in_seconds
from tests.telephony.conftest import Floor
from tests.telephony.hearing import SPAN, TONES, Ears, heard, stereo, tone, tones
from tests.telephony.peer import Call

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUSTOMER, ANN, BEN, OUTSIDE = TONES[:4]
"""The tone (Hz) by which each is known."""


class Everything(dict[str, Any]):
    """Whatever is asked for is believed to be in a conversation: these tests are the floor."""

    def __init__(self, believed: object) -> None:
        super().__init__()
        self._believed = believed

    def get(self, key: str, default: object = None) -> Any:
        return self._believed


@pytest.fixture(autouse=True)
def believed(floor: Floor) -> Iterator[None]:
    """Or the reconciler would end, in the middle of a test, what no floor knows of."""
    contact = BelievedContact("in_conversation", "support", True)
    offer = BelievedOffer("", "", "in_conversation")
    floor.centre.beliefs = Beliefs(Everything(contact), Everything(offer))
    yield
    floor.centre.beliefs = Beliefs()


async def guest(floor: Floor, contact: str, number: int, *, answer: bool = True) -> tuple[str, str, Call]:
    """Another agent's phone rings for a part in the contact: agent, offer, the phone."""
    agent = await floor.phone()
    offer = f"{contact}.{number}"
    floor.centre.perform(OfferContact(offer, contact, agent, "support", "voice", in_seconds(15), "+49", "consulted"))
    phone = await floor.peer.rings(f"{agent}-phone")
    if answer:
        await phone.answer()
        await floor.centre.told(OfferAccepted, lambda told: told.offer == offer)
    return agent, offer, phone


async def talking(floor: Floor, ears: Ears) -> tuple[str, str, str, Call, Call]:
    """Ann and a customer talk, each with a tone: contact, offer, agent, the customer's leg, Ann's phone."""
    agent = await floor.phone()
    contact, offer, customer, phone = await floor.conversation(agent)
    await ears.listen(customer=customer, ann=phone)
    await customer.hum(str(CUSTOMER))
    await phone.hum(str(ANN))
    await ears.until("customer", {ANN})
    await ears.until("ann", {CUSTOMER})
    return contact, offer, agent, customer, phone


async def consulting(floor: Floor, ears: Ears) -> tuple[str, str, str, Call, Call, str, str, Call]:
    """Ann consults Ben, the customer hears music."""
    contact, offer, ann, customer, phone = await talking(floor, ears)
    floor.centre.perform(HoldCustomer(contact))
    ben, offer_ben, phone_ben = await guest(floor, contact, 2)
    await ears.listen(ben=phone_ben)
    await phone_ben.hum(str(BEN))
    floor.centre.perform(JoinConversation(contact, offer_ben, ben))
    await floor.centre.told(ConversationStarted, lambda told: told.offer == offer_ben)
    await ears.until("ann", {BEN})
    await ears.until("ben", {ANN})
    assert await ears.tones("customer") == set(), "the customer hears neither of them"
    return contact, offer, ann, customer, phone, ben, offer_ben, phone_ben


async def test_an_attended_transfer(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, customer, phone, ben, offer_ben, phone_ben = await consulting(floor, ears)
    floor.centre.perform(
        ResumeCustomer(contact), StartRecording(contact, offer_ben, ben, "support"), ReleaseAgent(contact, offer, ann)
    )
    await floor.peer.until(lambda: phone.ended)
    await ears.until("customer", {BEN})
    await ears.until("ben", {CUSTOMER})
    await phone_ben.hang_up()
    await floor.centre.told(AgentLeft, lambda told: (told.contact, told.agent) == (contact, ben))
    ledger = floor.centre.ledger
    await floor.centre.until(lambda: {offer, offer_ben} <= ledger.ends.keys())
    assert [ledger.rows[one].agent for one in (offer, offer_ben)] == [ann, ben]
    folder = floor.centre.settings.recordings
    sides = await heard(folder / ledger.rows[offer_ben].path.replace(".wav", ".raw"), seconds_min=1.0)
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


async def supervised(floor: Floor, ears: Ears, mode: str) -> tuple[str, str, str, str, str, Call]:
    """Ben supervises Ann: contact, Ann's offer, Ann, Ben's offer, Ben, his phone."""
    contact, offer, ann, *_ = await talking(floor, ears)
    ben, offer_ben, phone_ben = await guest(floor, contact, 2)
    await ears.listen(ben=phone_ben)
    await phone_ben.hum(str(BEN))
    floor.centre.perform(Supervise(contact, offer_ben, ben, offer, mode))  # pyright: ignore[reportArgumentType]
    await floor.centre.told(SupervisionStarted, lambda told: told.offer == offer_ben)
    await ears.until("ben", {CUSTOMER, ANN})
    return contact, offer, ann, offer_ben, ben, phone_ben


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
    await _eventually(lambda: _names(floor), lambda names: "snoop" not in names)
    await _eventually(lambda: _bridges(floor), lambda names: "supervision" not in names)


async def test_an_agent_who_leaves_first_leaves_no_ear_behind(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, offer, ann, offer_ben, ben, _ = await supervised(floor, ears, "listen")
    floor.centre.perform(ReleaseAgent(contact, offer, ann))
    await _eventually(lambda: _names(floor), lambda names: "snoop" not in names)
    floor.centre.perform(ReleaseAgent(contact, offer_ben, ben))
    await _eventually(lambda: _bridges(floor), lambda names: "supervision" not in names)


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
    middle = sides[began + 4_000 : ended - 4_000]
    assert np.abs(middle).max(initial=0) < 50, "something was kept that was not to be"
    assert (tone(sides[:began, 0]), tone(sides[ended + 4_000 :, 1])) == pytest.approx((ANN, CUSTOMER), abs=5)


async def test_what_was_asked_for_while_nobody_was_there_is_mended(floor: Floor, tmp_path: Path):
    """The floor decided and died: its successor sees a customer who should hear music, and one who should not."""
    ears = Ears(tmp_path)
    contact, offer, ann, *_ = await talking(floor, ears)
    offers = {offer: BelievedOffer(contact, ann, "consulting")}
    floor.centre.beliefs = Beliefs({contact: BelievedContact("on_hold", "support", True, is_on_music=True)}, offers)
    for _ in range(2):
        await floor.centre.telephony.reconcile()
    await ears.until("customer", set())
    offers = {offer: BelievedOffer(contact, ann, "in_conversation")}
    floor.centre.beliefs = Beliefs({contact: BelievedContact("in_conversation", "support", True)}, offers)
    for _ in range(2):
        await floor.centre.telephony.reconcile()
    await ears.until("customer", {ANN})


async def test_a_held_customer_waits_again_when_the_agent_is_cut_off(floor: Floor, tmp_path: Path):
    ears = Ears(tmp_path)
    contact, *_ = await consulting(floor, ears)
    floor.centre.perform(KeepWaiting(contact, "support"))
    await _eventually(lambda: _bridge_of(floor, contact), lambda bridge: bridge == "waiting-support")


async def _names(floor: Floor) -> str:
    return " ".join(channel["id"] for channel in (await floor.centre.lists())[0])


async def _bridges(floor: Floor) -> str:
    return " ".join(bridge["id"] for bridge in (await floor.centre.lists())[1])


async def _bridge_of(floor: Floor, contact: str) -> str:
    customer = floor.centre.telephony._board.customers[contact].channel
    found = [bridge["id"] for bridge in (await floor.centre.lists())[1] if customer in bridge["channels"]]
    return found[0] if found else ""


async def _eventually(ask: Callable[[], Awaitable[str]], holds: Callable[[str], bool]) -> None:
    for _ in range(300):  # each round is an answer of Asterisk's, not a sleep
        if holds(await ask()):
            return
    raise AssertionError("it did not come true")
