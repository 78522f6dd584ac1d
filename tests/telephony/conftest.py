"""One Markaz Asterisk and one peer Asterisk for the session; each test has contacts and agents of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from markaz.flows import AnswerContact, ContactEntered
from markaz.routing import AgentPhoneFound, ConnectContact, ConversationStarted, OfferAccepted, OfferContact
from markaz.telephony import AsteriskProgram, PromptPress, find_espeak
from tests.telephony.centre import Centre, in_seconds, named_ports
from tests.telephony.peer import Call, Peer

RTP_CENTRE, RTP_PEER = 23_000, 23_400
_numbers = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prompts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Markaz says by itself, spoken once."""
    folder = tmp_path_factory.mktemp("prompts")
    await PromptPress(espeak=find_espeak(folder), folder=folder).prepare()
    return folder


@pytest.fixture(scope="session")
def ports() -> tuple[dict[str, int], dict[str, int]]:
    """The centre's and the peer's."""
    names = [f"{whose} {name}" for whose in ("centre", "peer") for name in ("sip", "http", "manager")]
    found = named_ports(*names)
    centre, peer = (
        {name.split()[1]: port for name, port in found.items() if whose in name} for whose in ("centre", "peer")
    )
    return {**centre, "rtp": RTP_CENTRE}, {**peer, "rtp": RTP_PEER}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def peer(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    ports: tuple[dict[str, int], dict[str, int]],
) -> AsyncIterator[Peer]:
    peer = Peer(asterisk_program, tmp_path_factory.mktemp("peer"), ports=ports[1], markaz_sip_port=ports[0]["sip"])
    try:
        await peer.start()
        yield peer
    finally:
        await peer.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def centre(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    ports: tuple[dict[str, int], dict[str, int]],
    prompts_folder: Path,
) -> AsyncIterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    (folder / "prompts").symlink_to(prompts_folder)
    centre = Centre(asterisk_program, folder, ports=ports[0], peer_sip_port=ports[1]["sip"])
    try:
        await centre.server.start()
        await centre.telephony.start()
        yield centre
    finally:
        await centre.telephony.stop()
        await centre.server.stop()


class Floor:
    """What tests do with a centre and a peer, in the words of the floor."""

    def __init__(self, centre: Centre, peer: Peer) -> None:
        self.centre = centre
        self.peer = peer
        self._callers: dict[str, str] = {}

    async def phone(self, *, password: str = "right", given: str = "right") -> str:
        """A new agent whose phone is provisioned with `password` and registers with `given`; the agent's id."""
        agent = f"agent{next(_numbers)}"
        await self.centre.telephony.provision_phone(
            agent, username=f"{agent}-phone", password=password, extension=f"7{agent.removeprefix('agent')}"
        )
        await self.peer.register(f"{agent}-phone", given)
        if password == given:
            await self.centre.told(AgentPhoneFound, lambda told: told.agent == agent)
        return agent

    async def caller(self, *, answer: bool = True) -> tuple[str, Call]:
        """A customer calls; the contact's id and the customer's leg, answered."""
        number, customer = f"4930{next(_numbers)}", f"49151{next(_numbers)}"
        call = await self.peer.call(number, customer)
        entered = await self.centre.told(ContactEntered, lambda told: told.number == number)
        assert entered.customer == customer
        self._callers[entered.contact] = customer
        if answer:
            self.centre.perform(AnswerContact(entered.contact))
            await self.peer.until(lambda: call.answered)
        return entered.contact, call

    async def offer(self, contact: str, agent: str, *, number: int = 1, seconds: float = 15) -> tuple[str, Call]:
        """The contact is offered to the agent; the offer and the leg at the ringing phone."""
        offer = f"{contact}.{number}"
        self.centre.perform(
            OfferContact(offer, contact, agent, "support", "voice", in_seconds(seconds), self._callers.get(contact, ""))
        )
        return offer, await self.peer.rings(f"{agent}-phone")

    def message(self, contact: str) -> str:
        """The name under which a message is being recorded."""
        row = self.centre.ledger.rows.get(contact)
        return row.path.removesuffix(".wav") if row is not None else "none"

    async def recording(self, contact: str) -> None:
        """Wait until the contact's message is being recorded."""
        ari = self.centre.telephony._ari
        async with asyncio.timeout(10):
            await ari.connected.wait()
            while (await ari.request("GET", "recordings", "live", self.message(contact))).status != 200:
                pass

    async def conversation(self, agent: str, *, record: bool = True) -> tuple[str, str, Call, Call]:
        """A customer talks to the agent: contact, offer, the customer's leg and the phone's."""
        contact, customer = await self.caller()
        offer, phone = await self.offer(contact, agent)
        await phone.answer()
        await self.centre.told(OfferAccepted, lambda told: told.offer == offer)
        self.centre.perform(ConnectContact(contact, offer, agent, "support", record))
        await self.centre.told(ConversationStarted, lambda told: told.offer == offer)
        return contact, offer, customer, phone


@pytest_asyncio.fixture(loop_scope="session")
async def floor(centre: Centre, peer: Peer) -> AsyncIterator[Floor]:
    """The test's floor. Afterwards no channel of its calls may be left."""
    yield Floor(centre, peer)
    for call in list(peer.calls.values()):
        if not call.ended:
            await peer.ari.request("DELETE", "channels", call.channel)
    await peer.until(lambda: all(call.ended for call in peer.calls.values()))
    peer.calls.clear()
    peer.incoming.clear()
    await _eventually(lambda: _no_channels(centre))


async def _no_channels(centre: Centre) -> bool:
    return not (await centre.lists())[0]


async def _eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(200):  # each round is an answer of Asterisk's, not a sleep
        if await condition():
            return
    raise AssertionError("it did not come true")
