"""A whole installation, a carrier with customers, and Chromium with a microphone that sings."""

import asyncio
import secrets
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Playwright, ViewportSize, async_playwright

from chromium import find_chromium
from markaz.bootstrap import database_url, load_settings
from markaz.identity import CLIENT_ROLES, Role, ensure_key, new_key
from markaz.kit.ports import free_ports
from markaz.runtime import connect
from markaz.telephony import AsteriskProgram
from tests.browser.agent_at_desk import AgentAtDesk
from tests.browser.desk import Desk
from tests.browser.organisation import desks
from tests.browser.person import Person
from tests.conftest import copied_database
from tests.telephony.peer import Peer, ports_of, running
from tests.web import people
from tests.whole.installation import Installation
from tests.whole.organisation import document

ROOT = Path(__file__).parents[2]
RTP = {"markaz": 25_200, "carrier": 25_600}
AGENT_TONE = 660
RATE = 48_000
SCREEN: ViewportSize = {"width": 1366, "height": 768}

FAILED = pytest.StashKey[bool]()

Open = Callable[..., Awaitable[Desk]]
Arrive = Callable[..., Awaitable[AgentAtDesk]]
Enter = Callable[..., Awaitable[Person]]
Records = Callable[..., Awaitable[dict[str, Any]]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser_database(postgres_url: str, template_database: str) -> Iterator[str]:
    with copied_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="session")
def browser_ports() -> dict[str, dict[str, int]]:
    return ports_of(RTP)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def trunk(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Where customers call from."""
    async with running(asterisk_program, tmp_path_factory.mktemp("carrier"), browser_ports, "carrier") as peer:
        yield peer


@pytest_asyncio.fixture(loop_scope="session")
async def carrier(trunk: Peer) -> AsyncIterator[Peer]:
    """Whose customers hang up at the end of the test, however it ends: nobody waits in the next one."""
    yield trunk
    for call in trunk.calls.values():
        if not call.ended:
            await trunk.ari.request("DELETE", "channels", call.channel)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    browser_database: str,
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Installation]:
    assert asterisk_program.version  # built before anybody waits for the parts
    home = tmp_path_factory.mktemp("browser")
    installation = Installation(home, browser_database, browser_ports["markaz"])
    with (home / "markaz.toml").open("a") as file:
        file.write('webhook_networks = ["127.0.0.0/8"]\n')  # a client's page may be one of this machine
    (home / "centre.toml").write_text(document(browser_ports["carrier"]["sip"], 1) + desks())
    try:
        await installation.start()
        await installation.run("apply", str(home / "centre.toml"))
        await installation.until(lambda view: view.agents and view.queues)
        yield installation
    finally:
        await installation.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phone_script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The phone as a browser runs it, built from ui/src/phone."""
    built = tmp_path_factory.mktemp("phone") / "page.js"
    bundler = ROOT / "ui" / "node_modules" / ".bin" / "rolldown"
    command = (str(bundler), "tests/browser/phone_page.ts", "--file", str(built), "--format", "iife")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"NODE_PATH": str(ROOT / "ui" / "node_modules"), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return built.read_text()


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears: a tone in short pulses, for one without end is filtered away as noise."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    at = np.arange(RATE * 4) / RATE
    is_on = (at % 0.25) < 0.2
    samples = (np.sin(2 * np.pi * AGENT_TONE * at) * is_on * 12_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def debugging_port() -> int:
    return free_ports("tcp")[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(playwright: Playwright, voice: Path, debugging_port: int) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(
        executable_path=find_chromium(),
        # What is hidden is slowed down, as it is for people.
        ignore_default_args=[
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
        ],
        args=[
            "--no-sandbox",
            f"--remote-debugging-port={debugging_port}",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={voice}",
            "--autoplay-policy=no-user-gesture-required",
            "--allow-loopback-in-peer-connection",
            # A page that a test makes up comes from nowhere, for the browser: it may not speak to 127.0.0.1.
            "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks,"
            "LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebRTC",
        ],
    )
    yield browser
    await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs(playwright: Playwright, chromium: Browser, debugging_port: int) -> AsyncIterator[BrowserContext]:
    """A context whose tabs hide each other; those of others are all told that they are seen."""
    assert chromium.is_connected()
    browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{debugging_port}", no_defaults=True)
    yield browser.contexts[0]
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_desk(
    installation: Installation,
    chromium: Browser,
    phone_script: str,
    browser_database: str,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Open]:
    """Sit an agent down at a page of their own: `await open_desk("ann0")`."""
    url = f"http://127.0.0.1:{browser_ports['markaz']['web']}"
    desks: list[Desk] = []

    async def sit_down(agent: str, *, microphone: bool = True) -> Desk:
        with psycopg.connect(browser_database, autocommit=True) as connection:
            person = people.account(connection, "agent", centre="whole", agent=agent)
            token = people.session(connection, person)
        context = await chromium.new_context(permissions=["microphone"] if microphone else [])
        await context.add_cookies([{"name": "markaz_session", "value": token, "url": url}])
        desk = await Desk(context, url, agent, phone_script).open()
        desks.append(desk)
        return desk

    yield sit_down
    for desk in desks:
        await desk.ask("sign-out")
        await desk.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(
    request: pytest.FixtureRequest,
    installation: Installation,
    chromium: Browser,
    browser_database: str,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Arrive]:
    """Bring an agent to the real desk: `await arrive("dana0")`; without a session they have to sign in there."""
    url = f"http://127.0.0.1:{browser_ports['markaz']['web']}"
    here: list[AgentAtDesk] = []

    async def come(
        agent: str,
        *,
        microphone: bool = True,
        signed_in: bool = True,
        context: BrowserContext | None = None,
        role: Role = "agent",
        path: str = "/desk",
    ) -> AgentAtDesk:
        context = context or await chromium.new_context(viewport=SCREEN)
        if microphone:
            await context.grant_permissions(["microphone"], origin=url)
        email = await invite(browser_database, role, agent=agent, into=(context, url) if signed_in else None)
        at_desk = AgentAtDesk(context, url, agent=agent, email=email)
        await at_desk.open(path)
        here.append(at_desk)
        return at_desk

    yield come
    await tell_of(request, here)
    for at_desk in here:
        await installation.ask(at_desk.agent, "sign-out")
        await at_desk.context.close()
        assert not at_desk.faults, at_desk.faults


@pytest_asyncio.fixture(loop_scope="session")
async def enter(
    request: pytest.FixtureRequest,
    installation: Installation,
    chromium: Browser,
    browser_database: str,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Enter]:
    """Bring somebody with a role, or nobody yet (None), to a page: `await enter("administrator", "/audit")`."""
    assert installation
    url = f"http://127.0.0.1:{browser_ports['markaz']['web']}"
    here: list[Person] = []

    async def come(role: Role | None, path: str = "/", *, agent: str | None = None) -> Person:
        context = await chromium.new_context(viewport=SCREEN)
        email = role and await invite(browser_database, role, agent=agent, into=(context, url))
        person = Person(context, url, email=email or "")
        await person.open(path)
        here.append(person)
        return person

    yield come
    await tell_of(request, here)
    for person in here:
        await person.context.close()
        assert not person.faults, person.faults


async def tell_of(request: pytest.FixtureRequest, here: Sequence[Person]) -> None:
    """After a test that failed: what each of its pages shows."""
    if not request.node.stash.get(FAILED, False):
        return
    for person in here:
        shown = await person.page.locator("body").aria_snapshot()
        print(f"{person.email} at {person.page.url}:\n{shown}")


async def invite(database: str, role: Role, *, agent: str | None, into: tuple[BrowserContext, str] | None) -> str:
    """The e-mail of a new account, signed in to the pages at an address `into` a context where one is given."""
    email = f"{role}-{secrets.token_hex(3)}@shop.example"
    client = "shop" if role in CLIENT_ROLES else None
    with psycopg.connect(database, autocommit=True) as connection:
        person = people.account(
            connection, role, centre="whole", agent=agent, client=client, email=email, password=people.PASSWORD
        )
        if into is not None:
            context, url = into
            token = people.session(connection, person)
            await context.add_cookies([{"name": "markaz_session", "value": token, "url": url}])
    return email


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def records(installation: Installation) -> AsyncIterator[Records]:
    """A contact's record as a reader of all contacts gets it: a caller's newest, or with `is_id` a certain one."""
    key = new_key()
    async with await connect(database_url(load_settings(installation.home))) as connection:
        await ensure_key(connection, key, centre="whole", name="Reader", scopes=["contacts.read"])
    headers = {"Authorization": f"Bearer {key}"}

    async def newest(caller: str, *, is_id: bool = False) -> dict[str, Any]:
        await installation.settled()
        contact = caller
        if not is_id:
            found = await installation.web.get("/api/contacts", params={"customer_whole": caller}, headers=headers)
            contact = found.json()["contacts"][0]["contact"]
        return (await installation.web.get(f"/api/contacts/{contact}", headers=headers)).json()

    yield newest
