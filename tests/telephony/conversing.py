"""Conversations between people with a tone each, and others who come into them."""

from collections.abc import Awaitable, Callable

from markaz.routing import (
    ConversationStarted,
    HoldCustomer,
    JoinConversation,
    OfferAccepted,
    OfferContact,
    Supervise,
    SupervisionStarted,
)  # fmt: skip
from tests.telephony.centre import in_seconds
from tests.telephony.conftest import Floor
from tests.telephony.hearing import TONES, Ears
from tests.telephony.peer import Call

CUSTOMER, ANN, BEN, OUTSIDE = TONES[:4]
"""The tone (Hz) by which each is known."""


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


async def names(floor: Floor) -> str:
    return " ".join(channel["id"] for channel in (await floor.centre.lists())[0])


async def bridges(floor: Floor) -> str:
    return " ".join(bridge["id"] for bridge in (await floor.centre.lists())[1])


async def bridge_of(floor: Floor, contact: str) -> str:
    customer = floor.centre.telephony._board.customers[contact].channel
    found = [bridge["id"] for bridge in (await floor.centre.lists())[1] if customer in bridge["channels"]]
    return found[0] if found else ""


async def eventually(ask: Callable[[], Awaitable[str]], holds: Callable[[str], bool]) -> None:
    for _ in range(300):  # each round is an answer of Asterisk's, not a sleep
        if holds(await ask()):
            return
    raise AssertionError("it did not come true")
