"""One installation for the session, with a carrier that plays customers and phones, and another centre beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from markaz.telephony import AsteriskProgram
from tests.conftest import copied_database
from tests.telephony.peer import Peer, ports_of, running
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
    return ports_of(RTP)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def carrier(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    whole_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Where customers call from, and agents' phones are."""
    async with running(asterisk_program, tmp_path_factory.mktemp("carrier"), whole_ports, "carrier") as peer:
        yield peer


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def west(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    whole_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Another centre's exchange."""
    async with running(asterisk_program, tmp_path_factory.mktemp("west"), whole_ports, "west") as peer:
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
