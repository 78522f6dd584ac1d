"""Faults on purpose: a part of the running centre is killed in the middle of its work, and must come back by itself."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, LiteralString, get_args

import aiohttp
import psycopg

from markaz.bootstrap import Addresses, Settings, read_state, secret
from markaz.demo.harness import OutsideWorld
from markaz.kit.clock import WallClock
from markaz.kit.errors import MarkazError
from markaz.kit.time import moment
from markaz.runtime import connect

FaultKind = Literal["floor", "asterisk", "database"]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
_PROCESSES: Mapping[FaultKind, str] = {"floor": "floor", "asterisk": "asterisk", "database": "postgres"}
BACK_SECONDS_MAX = 30.0
"""How long a part may stay away before the report says that it did not come back."""
WORTH_SECONDS_MAX = 5.0
"""How long a fault is put off while no call is in progress that could notice it."""
POLL_SECONDS = 0.05

_STARTED = """
SELECT EXISTS (SELECT FROM journal WHERE floor = %s AND number > %s AND stimulus->>'type' = 'FloorStarted')
"""
_LAST = "SELECT coalesce(max(number), 0) FROM journal WHERE floor = %s"
AWAY = (psycopg.Error, OSError, aiohttp.ClientError, TimeoutError)


@dataclass(eq=False)
class NothingToKill(MarkazError):
    """The part {part} does not run here: it can't be killed for a fault (is the database one of your own?)."""

    code: ClassVar[str] = "nothing_to_kill"
    part: str


@dataclass(frozen=True, slots=True)
class Blow:
    """A part was killed; `back_seconds` is from then until it did its work again, None when it never did."""

    part: FaultKind
    killed_at: datetime
    back_seconds: float | None


def moments(kinds: Sequence[FaultKind], seconds: float) -> list[tuple[float, FaultKind]]:
    """When which part is killed: evenly spread over a run of `seconds`, none at its ends."""
    return [(seconds * (place + 1) / (len(kinds) + 1), kind) for place, kind in enumerate(kinds)]


class Saboteur:
    """Kills parts of the centre that `serve.json` names, and watches them come back."""

    def __init__(
        self, settings: Settings, addresses: Addresses, database: str, world: OutsideWorld, say: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._addresses = addresses
        self._database = database
        self._world = world
        self._say = say

    async def run(self, plan: Sequence[tuple[float, FaultKind]]) -> list[Blow]:
        """Strike at each moment (seconds from now), but never while an earlier victim is still away.

        Raises `NothingToKill`.
        """
        began = time.monotonic()
        blows: list[Blow] = []
        for at_seconds, kind in plan:
            await asyncio.sleep(began + at_seconds - time.monotonic())
            await self._until(self._is_busy, WORTH_SECONDS_MAX)
            blows.append(await self._strike(kind))
        return blows

    async def _strike(self, kind: FaultKind) -> Blow:
        victim = self._pid(kind)
        if victim is None:
            raise NothingToKill(kind)
        last = await self._last_row() if kind == "floor" else 0
        killed_at, began = moment(WallClock()()), time.monotonic()
        os.kill(victim, signal.SIGKILL)
        if kind == "asterisk":
            self._world.lines_died()

        async def is_back() -> bool:
            return self._pid(kind) not in (None, victim) and await self._works(kind, last)

        is_there = await self._until(is_back, BACK_SECONDS_MAX)
        back_seconds = round(time.monotonic() - began, 2) if is_there else None
        told = "did not come back" if back_seconds is None else f"was back after {back_seconds:.1f} s"
        self._say(f"The {kind} was killed and {told}.")
        return Blow(kind, killed_at, back_seconds)

    async def _works(self, kind: FaultKind, last: int) -> bool:
        """Whether the part does its work: the floor has begun anew, with Asterisk heard; Asterisk has the floor's
        application again; the database answers.
        """
        with contextlib.suppress(*AWAY):
            match kind:
                case "floor":
                    return await self._ask(_STARTED, self._settings.floor, last)
                case "asterisk":
                    return await self._has_application()
                case "database":
                    return await self._ask("SELECT true")
        return False

    async def _ask(self, query: LiteralString, *values: object) -> bool:
        async with asyncio.timeout(BACK_SECONDS_MAX), await connect(self._database) as connection:
            row = await (await connection.execute(query, values)).fetchone()
            return bool(row and row[0])

    async def _last_row(self) -> int:
        async with await connect(self._database) as connection:
            row = await (await connection.execute(_LAST, (self._settings.floor,))).fetchone()
            return row[0] if row is not None else 0

    async def _has_application(self) -> bool:
        user = aiohttp.BasicAuth("markaz", secret(self._settings, "ari"))
        url = f"http://{self._addresses.host}:{self._addresses.http_port}/ari/applications/markaz"
        async with aiohttp.ClientSession(auth=user) as session, session.get(url) as answer:
            return answer.status == 200

    async def _is_busy(self) -> bool:
        return self._world.legs_open > 0

    async def _until(self, is_so: Callable[[], Awaitable[bool]], seconds_max: float) -> bool:
        deadline = time.monotonic() + seconds_max
        while not await is_so():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _pid(self, kind: FaultKind) -> int | None:
        state = read_state(self._settings)
        return state.processes.get(_PROCESSES[kind]) if state is not None else None
