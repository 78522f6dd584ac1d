"""How long a refusal takes tells nobody whether there is such an account: the same proof is made for both."""

from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz.identity import Prover
from markaz.identity.passwords import Cost
from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import PASSWORD, account, browser


async def test_an_unknown_person_costs_what_a_wrong_password_costs(
    web_database: str, organisation: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []
    prove = Prover.prove

    async def counted(self: Prover, password: str, cost: Cost) -> bytes:
        asked.append((cost.passes, cost.memory_kib, cost.lanes))
        return await prove(self, password, cost)

    monkeypatch.setattr(Prover, "prove", counted)
    account(organisation, "agent", id="amal", email="amal@example.org", agent="amal", password=PASSWORD)
    app: FastAPI = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app), browser(app) as one:
        for email in ("amal@example.org", "nobody@example.org"):
            wrong = {"email": email, "password": "correct horse battery stable"}
            answer = await one.post("/api/session", json=wrong)
            assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert len(asked) == 2
    assert asked[0] == asked[1]
