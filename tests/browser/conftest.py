"""A whole installation, a carrier with customers, and Chromium with a microphone that sings."""

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from chromium import find_chromium
from markaz.telephony import AsteriskProgram
from tests.browser.desk import Desk
from tests.conftest import copied_database
from tests.telephony.peer import Peer, ports_of, running
from tests.web import people
from tests.whole.installation import Installation
from tests.whole.organisation import document

ROOT = Path(__file__).parents[2]
RTP = {"markaz": 25_200, "carrier": 25_600}
AGENT_TONE = 660
RATE = 48_000

Open = Callable[..., Awaitable[Desk]]


@pytest.fixture(scope="session")
def browser_database(postgres_url: str, template_database: str) -> Iterator[str]:
    with copied_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="session")
def browser_ports() -> dict[str, dict[str, int]]:
    return ports_of(RTP)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def carrier(
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
    browser_ports: dict[str, dict[str, int]],
) -> AsyncIterator[Peer]:
    """Where customers call from."""
    async with running(asterisk_program, tmp_path_factory.mktemp("carrier"), browser_ports, "carrier") as peer:
        yield peer


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
    (home / "centre.toml").write_text(document(browser_ports["carrier"]["sip"], 1))
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
async def chromium(voice: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[
                "--no-sandbox",
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
