"""What changes how one signs in is done once, and with one connection at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from pyotp.totp import TOTP

from markaz.web import app as putting_together
from markaz.web import create_app
from tests.web.conftest import Moving, web_settings
from tests.web.people import PASSWORD, account, browser, session

PRESENT = {"present_password": PASSWORD}


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def app(
    web_database: str, organisation: psycopg.Connection[Any], clock: Moving, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FastAPI]:
    """With a pool of one connection."""
    monkeypatch.setattr(putting_together, "CONNECTIONS_MAX", 1)
    account(organisation, "agent", id="amal", email="amal@example.org", agent="amal", password=PASSWORD)
    app = create_app(web_settings(web_database, clock=clock))
    async with app.router.lifespan_context(app):
        yield app


async def test_a_password_is_changed_with_one_connection(app: FastAPI, organisation: psycopg.Connection[Any]) -> None:
    async with browser(app, session(organisation, "amal")) as one:
        asked = {"password": "forty-two purple giraffes", "name": "Amal B", **PRESENT}
        changed = await one.patch("/api/me", json=asked)
        assert (changed.status_code, changed.json()["user"]["name"]) == (200, "Amal B")
        looks = await asyncio.gather(*(one.patch("/api/me", json={"theme": "dark"}) for _ in range(4)))
        assert {answer.status_code for answer in looks} == {200}


async def test_a_second_factor_is_set_up_and_removed_with_one_connection(
    app: FastAPI, organisation: psycopg.Connection[Any], clock: Moving
) -> None:
    async with browser(app, session(organisation, "amal")) as one:
        begun = [await one.post("/api/me/totp", json=PRESENT, headers={"Idempotency-Key": "b"}) for _ in range(2)]
        assert [answer.status_code for answer in begun] == [200, 200]
        assert begun[0].json() == begun[1].json(), "the secret that the repeat tells is the one that counts"
        code = {"code": TOTP(begun[1].json()["secret"]).at(clock())}
        confirmed = [
            await one.post("/api/me/totp/confirm", json=code, headers={"Idempotency-Key": "c"}) for _ in range(2)
        ]
        assert [answer.status_code for answer in confirmed] == [200, 200]
        assert confirmed[0].json() == confirmed[1].json(), "recovery codes are not lost with an answer"
        removed = await one.request("DELETE", "/api/me/totp", json=PRESENT)
        assert removed.status_code == 204


async def test_one_who_begins_twice_at_once_has_one_secret(
    app: FastAPI, organisation: psycopg.Connection[Any], clock: Moving
) -> None:
    async with browser(app, session(organisation, "amal")) as one:
        asked = [one.post("/api/me/totp", json=PRESENT, headers={"Idempotency-Key": "b"}) for _ in range(4)]
        begun = await asyncio.gather(*asked)
        assert len({answer.text for answer in begun}) == 1, [answer.text for answer in begun]
        code = {"code": TOTP(begun[0].json()["secret"]).at(clock())}
        assert (await one.post("/api/me/totp/confirm", json=code)).status_code == 200
