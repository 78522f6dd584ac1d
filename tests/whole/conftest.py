"""One installation for the session, with a carrier that plays customers and phones, and another centre beside it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from markaz.telephony import AsteriskProgram
from tests.conftest import copied_database
from tests.telephony.centre import free_ports
from tests.telephony.peer import Peer
from tests.whole.installation import Installation
from tests.whole.organisation import document

RTP = {"markaz": 24_000, "carrier": 24_400, "west": 24_800}


@pytest.fixture(scope="session")
def whole_database(postgres_url: str, template_database: str) -> Iterator[str]:
    """A migrated database that the session keeps."""
    with copied_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="session")
def whole_ports() -> dict[str, dict[str, int]]:
    """The ports of each Asterisk, and of the web process beside ours."""
    names = ("sip", "http", "manager", "web")
    found = free_ports(*(f"{whose} {name}" for whose in RTP for name in names))
    return {whose: {name: found[f"{whose} {name}"] for name in names} | {"rtp": rtp} for whose, rtp in RTP.items()}


async def _peer(
    program: AsteriskProgram, folder: Path, ports: dict[str, dict[str, int]], whose: str
) -> AsyncIterator[Peer]:
    peer = Peer(program, folder, ports=ports[whose], markaz_sip_port=ports["markaz"]["sip"])
    try:
        await peer.start()
        yield peer
    finally:
        await peer.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def carrier(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    whole_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Where customers call from, and agents' phones are."""
    async for peer in _peer(asterisk_program, tmp_path_factory.mktemp("carrier"), whole_ports, "carrier"):
        yield peer


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def west(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    whole_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Another centre's exchange."""
    async for peer in _peer(asterisk_program, tmp_path_factory.mktemp("west"), whole_ports, "west"):
        yield peer


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    whole_database: str,
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    whole_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Installation]:
    """Served, with the organisation of `tests.whole.organisation` applied."""
    assert asterisk_program.version  # built before anybody waits for the parts
    home = tmp_path_factory.mktemp("whole")
    installation = Installation(home, whole_database, whole_ports["markaz"])
    (home / "centre.toml").write_text(document(whole_ports["carrier"]["sip"], whole_ports["west"]["sip"]))
    try:
        await installation.start()
        await installation.run("apply", str(home / "centre.toml"))
        await installation.until(lambda view: view.agents and view.queues)
        yield installation
    finally:
        await installation.stop()
