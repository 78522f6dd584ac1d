"""What Today shows beside the live state: names, targets, and what happened, each client its own."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz.bootstrap import Settings
from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import account, browser, session


@pytest.fixture
async def app(web_database: str, organisation: psycopg.Connection[Any], settings: Settings) -> AsyncIterator[FastAPI]:
    organisation.execute("""
        INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}');
        INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'goods', 'Goods', 'shop', '{}');
        INSERT INTO queue (centre, id, name, project, rules) VALUES
            ('c', 'cards', 'Cards', 'hotline', '{"target_seconds": 10}'), ('c', 'sales', 'Sales', 'goods', '{}');
        INSERT INTO contact (floor, contact, channel, state, arrived_at, project, customer) VALUES
            ('main', 'slow', 'voice', 'closed', now(), 'hotline', '+491'),
            ('main', 'quick', 'voice', 'closed', now(), 'hotline', '+492'),
            ('main', 'theirs', 'voice', 'closed', now(), 'goods', '+493');
        INSERT INTO queue_visit (floor, contact, n, queue, entered_at, left_at, ended, wait_seconds) VALUES
            ('main', 'slow', 1, 'cards', now(), now(), 'answered', 31),
            ('main', 'quick', 1, 'cards', now(), now(), 'answered', 30),
            ('main', 'theirs', 1, 'sales', now(), now(), 'abandoned', 90);
    """)
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        yield app


async def test_a_client_is_told_what_happened_to_its_projects_alone(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    manager = session(organisation, account(organisation, "manager"))
    async with browser(app, manager) as client:
        for project in ("hotline", "goods"):
            await client.post(f"/api/projects/{project}/pause", json={"reason": f"training of {project}"})
        await client.post("/api/requests", json={"kind": "data", "words": "Branches?", "project": "goods"})
        everything = (await client.get("/api/today")).json()
    assert {one["kind"] for one in everything["happened"]} == {"paused", "long_wait", "asked"}
    assert [one["name"] for one in everything["projects"]] == ["Goods", "Hotline"]
    viewer = session(organisation, account(organisation, "client_viewer", client="bank"))
    async with browser(app, viewer) as client:
        mine = (await client.get("/api/today")).json()
    assert [(one["kind"], one["project"], one["words"], one["seconds"]) for one in mine["happened"]] == [
        ("paused", "hotline", "training of hotline", None),
        ("long_wait", "hotline", None, 31.0),
    ]
    assert mine["queues"] == [{"id": "cards", "name": "Cards", "project": "hotline", "target_seconds": 10}]
    assert "oods" not in str(mine)


async def test_the_day_begins_with_midnight_in_the_centres_zone(
    app: FastAPI, organisation: psycopg.Connection[Any]
) -> None:
    organisation.execute("UPDATE centre SET zone = 'Asia/Tehran'")
    organisation.execute("UPDATE queue_visit SET entered_at = date_trunc('day', now(), 'Asia/Tehran') - interval '1 s'")
    async with browser(app, session(organisation, account(organisation, "manager"))) as client:
        told = (await client.get("/api/today")).json()
    assert (told["zone"], told["happened"]) == ("Asia/Tehran", [])
    assert told["began_at"].endswith("20:30:00Z")
