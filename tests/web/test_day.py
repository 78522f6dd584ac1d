"""An agent's own day: counted from what the floor's read models say, and shown to that agent alone."""

from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.web import create_app
from tests.web.conftest import web_settings
from tests.web.people import account, browser, session

_ENGAGEMENT = """
INSERT INTO engagement (floor, offer, contact, agent, queue, offered_at, connected_at, wrap_up_at, ended_at,
    hold_seconds, asked_as, state)
VALUES ('main', %s, 'c1', 'amal', 'cards', %s, %s, %s, %s, %s, %s, 'ended')
"""
_ACTIVITY = """
INSERT INTO agent_activity (floor, agent, n, presence, began_at, ended_at) VALUES ('main', 'amal', %s, %s, %s, %s)
"""
_CONTACT = """
INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at, agents)
VALUES ('main', 'c1', 'call', 'hotline', '+49301', 'closed', %s, '{amal}')
"""


@pytest.fixture
def worked(organisation: psycopg.Connection) -> datetime:
    """When a day began in which `amal` had two conversations, was asked in one, and was away at lunch."""
    now = moment(WallClock()())
    since = now - timedelta(hours=8)

    def at(minutes: float) -> datetime:
        return since + timedelta(minutes=minutes)

    rows = [
        ("a", at(-60), at(-60), at(-50), at(-49), 0, "lead"),  # yesterday
        ("b", at(10), at(10), at(15), at(16), 60, "lead"),
        ("c", at(20), at(20), at(22), at(24), 0, "lead"),
        ("d", at(30), at(30), None, at(31), 0, "consulted"),
        ("e", at(40), None, None, at(41), 0, "lead"),  # never connected
    ]
    organisation.execute(_CONTACT, (since,))
    for row in rows:
        organisation.execute(_ENGAGEMENT, row)
    for n, row in enumerate((("ready", at(-30), at(60)), ("not_ready", at(60), at(90)), ("signed_out", at(90), None))):
        organisation.execute(_ACTIVITY, (n, *row))
    return since


async def test_a_day_is_what_began_in_it(client: httpx.AsyncClient, worked: datetime) -> None:
    answer = await client.get("/api/agents/amal/day", params={"since": worked.isoformat()})
    assert answer.json() == {
        "conversations": 2,
        "talk_seconds": pytest.approx((4 + 2 + 1) * 60),
        "hold_seconds": pytest.approx(60),
        "wrap_up_seconds": pytest.approx((1 + 2) * 60),
        "ready_seconds": pytest.approx(60 * 60),
        "not_ready_seconds": pytest.approx(30 * 60),
    }


async def test_a_day_without_work_is_all_zero(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/agents/amal/day", params={"since": datetime(2026, 1, 1, tzinfo=UTC).isoformat()})
    assert set(answer.json().values()) == {0}


@pytest.mark.parametrize("since", ["yesterday", "2026-11-25T00:00:00", "0001-01-01T00:00:00+14:00"])
async def test_a_strange_moment_is_answered(client: httpx.AsyncClient, since: str) -> None:
    answer = await client.get("/api/agents/amal/day", params={"since": since})
    assert answer.status_code in (200, 422)


async def test_agents_see_their_own_day_only(
    organisation: psycopg.Connection, web_database: str, worked: datetime
) -> None:
    organisation.execute("INSERT INTO agent (centre, id, name, rules) VALUES ('c', 'chau', 'Chau', '{}')")
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        own = session(organisation, account(organisation, "agent", agent="amal"))
        other = session(organisation, account(organisation, "agent", agent="chau"))
        asked = {"since": worked.isoformat()}
        async with browser(app, own) as mine, browser(app, other) as another:
            seen = await mine.get("/api/agents/amal/day", params=asked)
            refused = await another.get("/api/agents/amal/day", params=asked)
    assert seen.json()["conversations"] == 2
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
