"""Raises and ends alarms by what this process' copy of the floor shows, and tells pages which are up.

Every web process looks, once a second: the database lets one row in for each cause (`alarm_up`), and ending twice ends
once. What is up is read back, so that pages of all processes see the same, and who has taken it.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from markaz import alarms, routing
from markaz.kit.errors import MarkazError
from markaz.kit.time import Instant, moment
from markaz.runtime import DATABASE_AWAY, connect
from markaz.web.live.hub import Hub
from markaz.web.live.replica import Replica
from markaz.web.live.values import AgentValue, AlarmValue, AnyValue, FloorValue, QueueValue

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
LOOK_SECONDS_MAX = 5.0
"""A look that takes longer is given up, and its connection with it."""
ID_BYTES = 9

Enter = Callable[[psycopg.AsyncConnection[Any]], Awaitable[None]]


class Alarming:
    """The alarms of one floor, as one web process sees them."""

    def __init__(
        self, url: str, floor: str, enter: Enter, hub: Hub, replica: Replica, clock: Callable[[], Instant]
    ) -> None:
        self._url = url
        self._floor = floor
        self._enter = enter
        self._hub = hub
        self._replica = replica
        self._clock = clock
        self._watch = alarms.Watch()

    async def run(self) -> None:
        """Until cancelled. While the database is away, what was told stays."""
        while True:
            try:
                async with await connect(self._url) as connection:
                    while True:
                        async with asyncio.timeout(LOOK_SECONDS_MAX):
                            await self.look(connection)
                        await asyncio.sleep(LOOK_SECONDS)
            except (*DATABASE_AWAY, TimeoutError, MarkazError) as error:
                logger.warning("Alarms wait for the database: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Once: what became so or is over is stored, and what is up is told."""
        state = None if self._hub.is_stale else self._replica.state
        seen = None if state is None else floor_seen(self._clock(), self._hub.values, state)
        async with connection.transaction():
            await self._enter(connection)
            up = await alarms.open_alarms(connection, self._floor)
            if seen is not None:
                rules = alarms.in_force(await alarms.rules_of(connection, floor=self._floor))
                self._watch.up = {one.cause for one in up}
                for said in self._watch.step(rules, seen):
                    await self._store(connection, said)
                up = await alarms.open_alarms(connection, self._floor)
        self._hub.set_alarms({one.id: self._value(one, seen) for one in up})

    async def _store(self, connection: psycopg.AsyncConnection[Any], said: alarms.Risen | alarms.Ended) -> None:
        match said:
            case alarms.Risen(cause=cause, parameters=parameters):
                id_ = secrets.token_urlsafe(ID_BYTES)
                await alarms.rise(connection, self._floor, id_, cause, parameters)
            case alarms.Ended(cause=cause):
                await alarms.end(connection, self._floor, cause)

    def _value(self, one: alarms.Alarm, seen: alarms.FloorSeen | None) -> AlarmValue:
        return AlarmValue(
            kind=one.kind,
            subject=one.subject,
            parameters=one.parameters,
            cure=None if seen is None else alarms.cure_of(one.kind, one.subject, seen),
            risen_at=one.risen_at,
            taken_by=one.taken_by,
            taken_name=one.taken_name,
            taken_at=one.taken_at,
        )


def floor_seen(at: Instant, values: dict[str, AnyValue], state: routing.FloorState) -> alarms.FloorSeen:
    """The floor for the rules of alarms. `able` is said of queues where somebody waits alone."""
    queues: dict[str, alarms.QueueSeen] = {}
    agents: dict[str, AgentValue] = {}
    is_away = False
    for key, value in values.items():
        name = key.partition("/")[2]
        match value:
            case QueueValue():
                queues[name] = alarms.QueueSeen(
                    waiting=value.waiting,
                    waiting_since=value.waiting_since,
                    offered=value.recent.offered,
                    service_level=value.recent.service_level,
                    project=value.project,
                    paused_since=value.paused_since,
                )
            case AgentValue():
                agents[name] = value
            case FloorValue():
                is_away = value.silent or value.telephony != "connected"
            case _:
                pass
    wanted = {name: state.queues[name].rules.skills for name, one in queues.items() if one.waiting}
    return alarms.FloorSeen(
        at=moment(at),
        queues=queues,
        agents={name: _agent_seen(name, value, state, wanted) for name, value in agents.items()},
        is_telephony_away=is_away,
    )


def _agent_seen(
    name: str, value: AgentValue, state: routing.FloorState, wanted: dict[str, dict[str, int]]
) -> alarms.AgentSeen:
    able: set[str] = set()
    if value.state == "ready" and wanted:
        skills = state.agents[name].profile.skills
        able = {
            queue for queue, least in wanted.items() if all(skills.get(one, 0) >= level for one, level in least.items())
        }
    return alarms.AgentSeen(state=value.state, since=value.since, queues=frozenset(value.queues), able=frozenset(able))
