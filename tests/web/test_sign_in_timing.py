"""How long a refusal takes tells nobody whether there is such an account."""

import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import PASSWORD, account, browser

TRIES = 9
RATIO_MAX = 2.0
"""Far above the noise of a busy machine, far below what a sign-in without proof would be: tenfold."""


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any]) -> AsyncIterator[FastAPI]:
    account(organisation, "agent", id="amal", email="amal@example.org", agent="amal", password=PASSWORD)
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        yield app


async def seconds_of(app: FastAPI, email: str, address: str) -> float:
    """Of one attempt, each from another network, or their number would be refused."""
    async with browser(app, address=address) as one:
        began = time.perf_counter()
        answer = await one.post("/api/session", json={"email": email, "password": "correct horse battery stable"})
        took = time.perf_counter() - began
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    return took


async def test_an_unknown_person_and_a_wrong_password_take_equally_long(app: FastAPI) -> None:
    took: dict[str, list[float]] = {"amal@example.org": [], "nobody@example.org": []}
    for n in range(TRIES):
        for m, email in enumerate(took):
            took[email].append(await seconds_of(app, email, f"198.{18 + m}.{n}.1"))
    wrong, unknown = (median(one) for one in took.values())
    assert max(wrong, unknown) / min(wrong, unknown) < RATIO_MAX, took
