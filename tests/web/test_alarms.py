"""Alarms on the web's copy of the floor: one row whoever looks, told to those who may see it, taken over by people."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from markaz import routing
from markaz.alarms import Alarm, open_alarms
from markaz.bootstrap import installation_key
from markaz.bootstrap.settings import Settings
from markaz.kit.time import instant
from markaz.runtime import Core, Reported, connect
from markaz.web import create_app
from markaz.web.live.alarming import Alarming
from markaz.web.live.figures import Figures
from markaz.web.live.hub import Hub
from markaz.web.live.sight import CENTRE, Sight, all_seen
from markaz.web.live.values import AlarmValue
from markaz.web.live.views import Views
from markaz.web.watching import enter_as
from tests.web.conftest import FLOOR, Moving, client_of, web_settings
from tests.web.people import account, browser, session
from tests.web.test_assigning import audited


class Looking:
    """A web process' alarms, over a floor that is told by hand and a clock that stands still."""

    def __init__(self, database: str, key: str) -> None:
        self.clock = Moving()
        self.core = Core()
        self.hub = Hub()
        self.alarming = Alarming(database, FLOOR, enter_as(key), self.hub, self, self._now)  # pyright: ignore[reportArgumentType]
        self._database = database

    @property
    def state(self) -> routing.FloorState:
        return self.core.floor.state

    def _now(self) -> int:
        return instant(self.clock())

    async def tell(self, *stimuli: routing.Stimulus) -> None:
        for one in stimuli:
            self.core.handle(self._now(), one)
        self.hub.begin(Views(self.core, Figures(), Reported("connected")).values, 1)
        self.hub.set_stale(False)

    async def look(self, seconds: float = 0) -> list[tuple[str, str]]:
        """What is up, that much later."""
        self.clock.pass_seconds(seconds)
        async with await connect(self._database) as connection:
            await self.alarming.look(connection)
        return [(one.kind, one.subject) for one in self.told]

    @property
    def told(self) -> list[AlarmValue]:
        return [one for one in all_seen(CENTRE, self.hub.values).values() if isinstance(one, AlarmValue)]


HOUSE = (
    routing.ProjectConfigured(routing.ProjectRules(id="hotline")),
    routing.QueueConfigured(routing.QueueRules(id="cards", project="hotline")),
    routing.AgentConfigured(routing.AgentProfile(id="amal", queues={"cards": 1})),
    routing.ContactArrived("c1", "voice", "hotline", "+491"),
    routing.ContactQueued("c1", "cards"),
)


@pytest.fixture
async def looking(web_database: str, key: dict[str, str], settings: Settings) -> Looking:
    looking = Looking(web_database, installation_key(settings, "web-floor"))
    await looking.tell(*HOUSE)
    return looking


@pytest.fixture
async def quiet(web_database: str, key: dict[str, str]) -> AsyncIterator[FastAPI]:
    """A web process that follows no floor, and so raises and ends no alarm."""
    app = create_app(web_settings(web_database))
    async with app.router.lifespan_context(app):
        yield app


async def up(database: str) -> list[Alarm]:
    async with await connect(database) as connection:
        return await open_alarms(connection, FLOOR)


async def test_two_processes_see_one_alarm_rise_and_end(
    looking: Looking, database: str, web_database: str, settings: Settings
) -> None:
    other = Looking(web_database, installation_key(settings, "web-floor"))
    other.clock = looking.clock
    await other.tell(*HOUSE)
    assert await looking.look() == []
    assert await other.look() == []
    assert await looking.look(61) == await other.look()
    assert sorted(one.kind for one in await up(database)) == ["longest_wait", "nobody_ready"]
    assert len(other.told) == 2
    for one in (looking, other):
        await one.tell(routing.CustomerLeft("c1"))
    await looking.look(1)
    await looking.look(30)
    assert await up(database) == []
    await other.look()
    assert other.told == []


async def test_agents_and_clients_see_no_alarm(looking: Looking) -> None:
    await looking.look()
    await looking.look(61)
    assert looking.told
    for sight in (Sight("agent", agent="amal"), Sight("client", projects=frozenset({"hotline"}))):
        assert not [one for one in all_seen(sight, looking.hub.values).values() if isinstance(one, AlarmValue)]


async def test_a_copy_that_is_stale_raises_nothing(looking: Looking) -> None:
    looking.hub.set_stale(True)
    await looking.look()
    assert await looking.look(600) == []


async def test_an_alarm_is_taken_over_and_given_back(
    looking: Looking, quiet: FastAPI, organisation: psycopg.Connection[Any], database: str
) -> None:
    await looking.look()
    await looking.look(61)
    one = next(alarm for alarm in await up(database) if alarm.kind == "longest_wait")
    sid, mona = (account(organisation, role, centre="c") for role in ("supervisor", "manager"))
    async with browser(quiet, session(organisation, sid)) as first:
        taken = await first.post(f"/api/alarms/{one.id}/take")
        assert (taken.status_code, taken.json()["taken_by"]) == (200, sid)
        assert audited(organisation) == ("alarm.taken", f"alarm:{one.id}", {"kind": "longest_wait", "of": "cards"})
        await looking.look()
        assert [alarm.taken_by for alarm in looking.told if alarm.kind == "longest_wait"] == [sid]
        async with browser(quiet, session(organisation, mona)) as second:
            for command in ("take", "give-back"):
                refused = await second.post(f"/api/alarms/{one.id}/{command}")
                assert (refused.status_code, refused.json()["code"]) == (409, "alarm_over")
        back = await first.post(f"/api/alarms/{one.id}/give-back")
        assert back.json()["taken_by"] is None
        unknown = await first.post("/api/alarms/nothing/take")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "alarm_unknown")
        listed = (await first.get("/api/alarms")).json()
        assert one.id in {alarm["id"] for alarm in listed}


async def test_a_centres_rule_is_in_force_at_the_next_look(
    quiet: FastAPI, key: dict[str, str], looking: Looking
) -> None:
    async with client_of(quiet) as client:
        client.headers.update(key)
        usual = {rule["kind"]: rule for rule in (await client.get("/api/alarm-rules")).json()}
        assert usual["longest_wait"]["limit"] == 60
        refused = await client.put("/api/alarm-rules/longest_wait", json={"limit": -1})
        assert (refused.status_code, refused.json()["code"]) == (422, "alarm_rule_invalid")
        await client.put("/api/alarm-rules/longest_wait", json={"limit": 5})
        await client.put("/api/alarm-rules/nobody_ready", json={"enabled": False})
    await looking.look()
    assert await looking.look(6) == [("longest_wait", "cards")]
    assert looking.told[0].parameters == {"seconds": 6.0, "waiting": 1.0}
