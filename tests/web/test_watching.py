"""What a socket shows is what its session or key may see, and no longer than that."""

import contextlib
from datetime import timedelta
from typing import LiteralString

import psycopg
import pytest
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed

from markaz.bootstrap import Settings, installation_key
from markaz.identity import token_hash
from markaz.web import create_app
from markaz.web.live.hub import Hub
from markaz.web.live.sight import CENTRE, Sight
from tests.web import people
from tests.web.conftest import web_settings
from tests.web.live.serving import page, served

KEYS = {
    "mk_centre": (None, ["floor.see"]),
    "mk_client": ("bank", ["floor.see"]),
    "mk_other": (None, ["contacts.read"]),
}


@pytest.fixture
async def app(web_database: str, key: dict[str, str], settings: Settings, organisation: psycopg.Connection) -> FastAPI:
    with organisation.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO api_key (id, token, centre, client, name, scopes) VALUES (%s, %s, 'c', %s, %s, %s)",
            [(token, token_hash(token), client, token, scopes) for token, (client, scopes) in KEYS.items()],
        )
    organisation.execute("""
        INSERT INTO account (id, centre, name, email, roles, agent)
        VALUES ('u1', 'c', 'Amal', 'amal@example.org', '{agent}', 'amal')
    """)
    organisation.execute(
        "INSERT INTO session (id, token, account, how, address, browser, ends_at) "
        "VALUES ('s1', %s, 'u1', 'password', '', '', now() + %s)",
        (token_hash("session-token"), timedelta(hours=1)),
    )
    floor_key = installation_key(settings, "web-floor")
    return create_app(web_settings(web_database, floor_key=floor_key))


SEEN = [
    ("mk_centre", CENTRE),
    ("mk_client", Sight("client", projects=frozenset({"hotline"}), client="bank")),
    ("session-token", Sight("agent", agent="amal")),
]


@pytest.mark.parametrize(("token", "sight"), SEEN, ids=[token for token, _ in SEEN])
async def test_what_may_be_seen(app: FastAPI, token: str, sight: Sight) -> None:
    hub: Hub = app.state.live.hub
    async with served(app) as address, page(address, token) as one:
        await one.take()
        assert [watcher.sight for watcher in hub.watchers] == [sight]


@pytest.mark.parametrize("token", ["mk_other", "mk_none", "no-session", "x"])
async def test_who_may_not_is_told_so(app: FastAPI, token: str) -> None:
    async with served(app) as address, page(address, token) as one:
        with pytest.raises(ConnectionClosed):
            await one.take()
        assert one.socket.close_code == 4401


@pytest.mark.parametrize("role", ["administrator", "supervisor", "agent"])
async def test_another_centres_people_follow_nothing_here(
    app: FastAPI, organisation: psycopg.Connection, role: str
) -> None:
    organisation.execute("INSERT INTO centre (id, name) VALUES ('d', 'Another')")
    token = people.session(organisation, people.account(organisation, role, centre="d"))
    async with served(app) as address, page(address, token) as one:
        with pytest.raises(ConnectionClosed):
            await one.take()
        assert one.socket.close_code == 4401


async def test_one_person_follows_on_so_many_pages_at_once(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markaz.web.live.endpoint.WATCHING_OF_ONE_MAX", 1)
    async with (
        served(app) as address, page(address, "session-token") as first, page(address, "session-token") as second,
        page(address, "mk_centre") as another,
    ):  # fmt: skip
        await first.take()
        await another.take()
        with pytest.raises(ConnectionClosed):
            await second.take()
        assert second.socket.close_code == 1013


@pytest.mark.parametrize("end", ["DELETE FROM session", "UPDATE account SET roles = '{planner}'"])
async def test_a_session_that_ends_or_changes_ends_its_socket(
    app: FastAPI, organisation: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, end: LiteralString
) -> None:
    if "DELETE" not in end:  # the end of a session tells itself
        monkeypatch.setattr("markaz.web.live.endpoint.RECHECK_SECONDS", 0.05)
    async with served(app) as address, page(address, "session-token") as one:
        await one.take()
        organisation.execute(end)
        with contextlib.suppress(ConnectionClosed):
            while await one.take():
                pass
        assert one.socket.close_code == 4401


async def test_looking_does_not_prolong_a_session(
    app: FastAPI, organisation: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation.execute("UPDATE session SET seen_at = now() - interval '3 hours'")
    before = organisation.execute("SELECT seen_at FROM session").fetchone()
    async with served(app) as address, page(address, "session-token") as one:
        await one.take()
        assert organisation.execute("SELECT seen_at FROM session").fetchone() == before
