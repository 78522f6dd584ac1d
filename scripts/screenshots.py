"""Retakes every page in five languages, light and dark, on a desk and on a phone, and lets axe look at each.

`make screenshots` serves an installation of its own (real PostgreSQL, Asterisk and web process, the demo's bank) in a
temporary folder, signs in by one-time links, and writes pictures and a contact sheet into ui/screenshots, which git
ignores. It fails when axe finds something. `ONLY=desk,account` takes some pages, `LANGUAGES=fa` some languages.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

import heard
from axe import violations
from chromium import find_chromium
from desk_in_call import SHOWN, called, outside, patient
from markaz import identity, organisation
from markaz.bootstrap import Addresses, NothingRuns, database_url, load_settings, running
from markaz.demo.harness import OutsideWorld
from markaz.identity import CLIENT_ROLES, Role
from markaz.runtime import connect
from markaz.telephony import find_program
from markaz.telephony.asterisk.program import ROOT_VARIABLE
from shots import PAGES, Shot

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "ui/screenshots"
BANK = ROOT / "src/markaz/demo/bank.toml"
LANGUAGES = (("en", "gregory", "latn"), ("ru", "gregory", "latn"), ("ar", "gregory", "arab"),
             ("fa", "persian", "arabext"), ("vi", "gregory", "latn"))  # fmt: skip
ARGUMENTS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"]
THEMES = ("light", "dark")
SIZES = ((1366, 768), (390, 844))
NAMES = ("Amira Hassan", "Grace Okafor")
"""Administrators have most of the pages: two take them."""
AT_ONCE_MAX = 3
UP_SECONDS_MAX = 90
PAGE_MILLISECONDS_MAX = 20_000
SETTLING_SECONDS = 0.05
IDLE_MILLISECONDS_MAX = 3_000


_COMMAND = """async ([method, path, body]) => {
    const answer = await fetch(path, {method, headers: {"Content-Type": "application/json"},
        body: body === null ? undefined : JSON.stringify(body)});
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}"""


async def main() -> None:
    """Take them all; every problem is printed, then the exit code says whether there was one."""
    only, spoken = os.environ.get("ONLY"), os.environ.get("LANGUAGES")
    pages = [one for one in PAGES if not only or one.name in only.split(",")]
    languages = [one for one in LANGUAGES if not spoken or one[0] in spoken.split(",")]
    SHOTS.mkdir(parents=True, exist_ok=True)
    taken: list[str] = []
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="markaz-screenshots-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's own user walks through it
        async with serving(Path(folder)) as (url, world), async_playwright() as playwright:
            async with await connect(database_url(load_settings(Path(folder)))) as connection:
                await heard.seed(connection, Path(folder) / "recordings")
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            at_once = asyncio.Semaphore(AT_ONCE_MAX)

            async def follow(name: str, lane: list[Shot]) -> None:
                async with at_once:
                    for page in lane:
                        link = None if page.role is None else await link_of(Path(folder), page.role, name)
                        try:
                            await take(browser, url, world, page, link, languages, taken, problems)
                        except PlaywrightTimeout as error:
                            problems.append(f"{page.name}: {error}")

            async with asyncio.TaskGroup() as lanes:
                for name, lane in lanes_of(pages):
                    lanes.create_task(follow(name, lane))
            await browser.close()
    order = {page.name: n for n, page in enumerate(pages)}
    write_sheet(sorted(taken, key=lambda name: order[name.rsplit("-", 3)[0]]))
    for problem in problems:
        print(problem)
    print(f"{len(taken)} pictures in {SHOTS.relative_to(ROOT)}; open index.html there")
    sys.exit(1 if problems else 0)


def lanes_of(pages: Sequence[Shot]) -> list[tuple[str, list[Shot]]]:
    """Pages that follow each other, and whose they are: of one person, since the language is that person's."""
    found: dict[tuple[Role | None, str], list[Shot]] = {}
    for n, page in enumerate(pages):
        name = NAMES[n % len(NAMES)] if page.role == "administrator" else NAMES[0]
        found.setdefault((page.role, name), []).append(page)
    return [(name, lane) for (_, name), lane in sorted(found.items(), key=lambda one: -len(one[1]))]


@contextlib.asynccontextmanager
async def serving(home: Path) -> AsyncIterator[tuple[str, OutsideWorld]]:
    """`markaz serve` with the bank, on free ports: the pages' address, and where customers call from."""
    (home / "markaz.toml").write_text("web_port = 0\nsip_port = 0\nhttp_port = 0\nmanager_port = 0\n")
    command = [sys.executable, "-m", "markaz", "--home", str(home)]
    variables = {**os.environ, **asterisk_root()}
    with (home / "serve.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, "serve", stdout=log, stderr=log, env=variables)
    try:
        async with asyncio.timeout(UP_SECONDS_MAX), httpx.AsyncClient() as web:
            while (addresses := where(home)) is None:
                await asyncio.sleep(0.2)
            bank = home / "bank.toml"
            bank.write_text(patient(BANK.read_text()))
            applied = await asyncio.create_subprocess_exec(*command, "apply", str(bank), env=variables)
            if await applied.wait():
                raise SystemExit("the bank could not be applied")
            while not await is_up(web, addresses.web_url):
                await asyncio.sleep(0.2)
        os.environ |= asterisk_root()
        async with outside(find_program(home), home / "outside", addresses.host, addresses.sip_port) as world:
            yield addresses.web_url, world
    except TimeoutError:
        raise SystemExit((home / "serve.log").read_text()) from None
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def asterisk_root() -> dict[str, str]:
    """The private Asterisk of this tree's installation, where it has one: the temporary folder has none."""
    root = Path(os.environ.get("MARKAZ_HOME") or ROOT / ".markaz", "asterisk-root").resolve()
    return {ROOT_VARIABLE: str(root)} if root.is_dir() and ROOT_VARIABLE not in os.environ else {}


def where(home: Path) -> Addresses | None:
    """The addresses of what runs, or None while they are not chosen yet."""
    try:
        return running(load_settings(home))
    except NothingRuns:
        return None


async def is_up(web: httpx.AsyncClient, url: str) -> bool:
    """Whether everything runs."""
    try:
        return (await web.get(f"{url}/health")).status_code == 200
    except httpx.TransportError:
        return False


async def link_of(home: Path, role: Role, name: str) -> str:
    """The token of a link that signs in once, as somebody of that name."""
    settings = load_settings(home)
    async with await connect(database_url(settings)) as connection:
        centre = await organisation.centre_of(connection, settings.floor)
        assert centre is not None
        agent = "amira" if role == "agent" else None
        client = "bank" if role in CLIENT_ROLES else None
        return await identity.make_link(connection, centre, role, name=name, client=client, agent=agent)


async def take(
    browser: Browser,
    url: str,
    world: OutsideWorld,
    shot: Shot,
    link: str | None,
    languages: list[Any],
    taken: list[str],
    problems: list[str],
) -> None:
    """Every language, theme and size of one page, in one session."""
    context = await browser.new_context(base_url=url, permissions=["microphone"] if shot.call else [])
    page = await context.new_page()
    page.set_default_timeout(PAGE_MILLISECONDS_MAX)
    page.on("pageerror", lambda error: problems.append(f"{shot.name}: {error}"))
    page.on(
        "console", lambda told: problems.append(f"{shot.name}: {told.text}") if "Security Policy" in told.text else None
    )
    await page.goto("/sign-in")
    if link is not None:
        await page.evaluate(_COMMAND, ["POST", "/api/session/link", {"token": link}])
    for command in shot.before:
        await page.evaluate(_COMMAND, list(command))
    async with contextlib.AsyncExitStack() as stack:
        if shot.call is not None:
            await page.evaluate(_COMMAND, ["PATCH", "/api/me", {"locale": "en"}])
            await stack.enter_async_context(called(world, page, shot.call))
        for locale, calendar, digits in languages:
            for theme in THEMES:
                chosen = {"locale": locale, "calendar": calendar, "digits": digits, "theme": theme}
                if link is not None:
                    await page.evaluate(_COMMAND, ["PATCH", "/api/me", chosen])
                await page.evaluate("kept => localStorage.setItem('markaz.preferences', JSON.stringify(kept))", chosen)
                for width, height in SIZES:
                    name = f"{shot.name}-{locale}-{theme}-{width}.png"
                    await page.set_viewport_size({"width": width, "height": height})
                    await drawn(page, shot, locale)
                    await page.screenshot(path=SHOTS / name)
                    problems += [f"{name}: {found}" for found in await violations(page)]
                    taken.append(name)
    for command in shot.after:
        await page.evaluate(_COMMAND, list(command))
    await context.close()


async def drawn(page: Page, shot: Shot, locale: str) -> None:
    """Load the page, until it shows what the picture is of."""
    await page.goto(shot.path)
    async with asyncio.timeout(PAGE_MILLISECONDS_MAX / 1000):
        await settled(page, locale)
    if shot.call is not None:
        await page.get_by_test_id(SHOWN[shot.call]).wait_for()


async def settled(page: Page, locale: str) -> None:
    """The page is drawn, in its language and typeface, and nothing is being fetched."""
    await page.wait_for_selector(f"html[lang={locale}] main", state="attached")
    await page.evaluate("document.fonts.ready.then(() => true)")
    with contextlib.suppress(PlaywrightTimeout):  # names come after what they are of; a page that polls is never idle
        await page.wait_for_load_state("networkidle", timeout=IDLE_MILLISECONDS_MAX)
    # Not by `wait_for_function`: what it asks a second time, the pages' policy refuses to evaluate.
    while await page.locator("[data-animate=true], .mantine-Loader-root").count():
        await asyncio.sleep(SETTLING_SECONDS)


def write_sheet(names: list[str]) -> None:
    """All pictures on one page."""
    figures = "\n".join(f'<a href="{name}"><img loading="lazy" src="{name}" alt="">{name}</a>' for name in names)
    style = (
        "body{font:12px sans-serif;display:flex;flex-wrap:wrap;gap:12px}a{width:320px}img{width:100%;border:1px solid}"
    )
    SHOTS.joinpath("index.html").write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{figures}\n")


if __name__ == "__main__":
    asyncio.run(main())
