"""Every POST may be repeated with its `Idempotency-Key`, and no request takes a second connection."""

from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from markaz.identity import Role
from markaz.web import app as putting_together
from markaz.web import create_app
from markaz.web.idempotency import REPLAYED, Once
from tests.web.conftest import web_settings
from tests.web.people import browser, session
from tests.web.walk.test_endpoints import NOT_SENT, ask, table_of_the_page, walked

EXCEPT = {
    "POST /api/session": "nobody is signed in for whom an answer could be kept; it sets cookies",
    "POST /api/session/second-factor": "the same, and a code counts once",
    "POST /api/session/link": "the same, and a link counts once",
    "POST /api/invitations/{invitation}": "the same, and an invitation counts once",
    "POST /api/reports/preview": "it reads, does nothing, and holds no transaction in which an answer could be kept",
}
"""What does not honour the key, and why."""
MINE = {"project": "hotline", "user": "client_viewer", "invitation": "i client_viewer", "key": "k c"}
ASKING: tuple[tuple[Role, str], ...] = (("administrator", "x"), ("agent", "amal"), ("supervisor", "cyrus"))


def posts(app: FastAPI) -> list[str]:
    return [one for one in walked(app) if one.startswith("POST ")]


def test_every_post_is_once_or_says_why_not(app: FastAPI) -> None:
    routes = [one.original_route for one in iter_route_contexts(app.routes)]
    not_once = {
        f"POST {route.path}"
        for route in routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ()) and not isinstance(route, Once)
    }
    assert not_once <= set(EXCEPT), "let its router have route_class=Once"
    assert set(EXCEPT) <= set(posts(app)), "what is excepted is there"


@pytest.mark.parametrize(("role", "agent"), ASKING)
async def test_a_repeat_gets_the_first_answer(
    app: FastAPI, owner: psycopg.Connection[Any], role: Role, agent: str
) -> None:
    owner.execute("UPDATE account SET agent = 'cyrus' WHERE id = 'supervisor'")
    page, done = table_of_the_page(), 0
    for endpoint in posts(app):
        if endpoint in EXCEPT or role not in page[endpoint][1]:
            continue
        async with browser(app, session(owner, role)) as client:
            malformed = await ask(client, endpoint, MINE | {"agent": agent}, **{"Idempotency-Key": "a b"})
            assert (malformed.status_code, malformed.json()["code"]) == (400, "idempotency_key_malformed"), endpoint
            key = {"Idempotency-Key": endpoint.replace(" ", "-")}
            first = await ask(client, endpoint, MINE | {"agent": agent}, **key)
            again = await ask(client, endpoint, MINE | {"agent": agent}, **key)
        if first.status_code < 400:
            assert REPLAYED not in first.headers
            assert again.headers.get(REPLAYED) == "true", f"{endpoint}: {again.status_code} {again.text}"
            assert (again.status_code, again.text) == (first.status_code, first.text), endpoint
            done += 1
    assert done >= 4, "enough of them could be done at all"


@pytest.mark.parametrize(("role", "agent"), ASKING)
async def test_no_request_takes_a_second_connection(
    web_database: str, owner: psycopg.Connection[Any], role: Role, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a pool of one, who holds one and asks for another waits in vain."""
    monkeypatch.setattr(putting_together, "CONNECTIONS_MAX", 1)
    app = create_app(web_settings(web_database))
    page = table_of_the_page()
    async with app.router.lifespan_context(app):
        for endpoint in walked(app):
            if role not in page[endpoint][1] or endpoint in NOT_SENT:
                continue
            async with browser(app, session(owner, role)) as client:
                answer = await ask(client, endpoint, MINE | {"agent": agent, "session": "x", "provider": "x"})
            assert '"database_away"' not in answer.text, endpoint
