"""One cell: so many agents, so many callers waiting, so many calls a second; what it costs and how long it takes.

Without callers waiting half of the agents talk, and each call is assigned when it comes. With callers waiting every
agent talks and the queue keeps its length: calls come as fast as agents get free. To begin with, that many calls more
than there are agents are placed, and the first conversations last until the queue is full, then end one by one.
"""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from statistics import quantiles
from time import monotonic
from typing import Final

import msgspec
from bench.acd.sipp import Event, Load
from bench.acd.systems import AppQueue, Markaz, System

from markaz.kit.clock import WallClock
from markaz.kit.time import SECOND

TALK_SECONDS_MAX: Final = 3.0
BUSY_SHARE: Final = 0.5
"""Of the agents, when nobody waits."""
FILL_SECONDS: Final = 17.0
"""How long the queue is being filled. A phone may be silent for 20 s, and nobody here sends sound."""
WARM_SECONDS: Final = 1.0
ASSIGN_SECONDS_MAX: Final = 5.0
"""A call that no phone rings for, this long after it came and an agent was free, has failed."""
END_SECONDS_MAX: Final = 6.0

_numbers = count()


class Milliseconds(msgspec.Struct, frozen=True):
    p50: float
    p95: float
    p99: float


class Cell(msgspec.Struct, frozen=True):
    """A row of the result. `offered` and `failed` are calls; `cpu_ms` is processor time per call by process."""

    system: System
    agents: int
    waiting: int
    rate: int
    offered: int
    failed: int
    cpu_ms_per_call: float
    assign_ms: Milliseconds | None
    assigned_per_second: float
    waiting_seen: int
    cpu_ms: dict[str, float]

    @property
    def is_clean(self) -> bool:
        return self.failed == 0 and self.assign_ms is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` are measured."""

    agents: int
    waiting: int
    rate: int
    seconds: float

    @property
    def talk_seconds(self) -> float:
        if self.waiting:
            return self.agents / self.rate
        return min(TALK_SECONDS_MAX, BUSY_SHARE * self.agents / self.rate)


async def run_cell(system: Markaz | AppQueue, load: Load, plan: Plan) -> Cell:
    """Place the calls, watch, and judge; they are still there afterwards."""
    name = f"c{next(_numbers)}"
    clock = WallClock()
    flow_seconds = WARM_SECONDS + plan.seconds + (0.0 if plan.waiting else 1.0)
    flow = [_customer(plan.talk_seconds) for _ in range(math.ceil(flow_seconds * plan.rate))]
    began = monotonic()
    if plan.waiting:
        await load.call(f"{name}-fill", _filling(plan), rate=_fill_rate(plan))
        await asyncio.sleep(max(0.0, began + FILL_SECONDS - monotonic()))
    calling = await load.call(name, flow, rate=plan.rate)
    await asyncio.sleep(WARM_SECONDS)
    since, before = clock() / SECOND, system.processor()
    await asyncio.sleep(plan.seconds)
    until, used = clock() / SECOND, system.processor().since(before)
    if not plan.waiting:
        with contextlib.suppress(TimeoutError):  # what has not ended by then has failed
            async with asyncio.timeout(1.0 + plan.talk_seconds + END_SECONDS_MAX):
                await calling.wait()
    return judge(system.name, plan, list(load.events()), since=since, until=until, used=used)


def judge(
    system: System, plan: Plan, events: Sequence[Event], *, since: float, until: float, used: dict[str, float]
) -> Cell:
    """The row of a cell that was measured from `since` to `until` (Unix seconds), from what phones and customers saw.

    A call is assigned when the first agent's phone gets its INVITE; it could have been when both the customer had
    called and that agent had hung up the call before. It failed when that took longer than `ASSIGN_SECONDS_MAX`, when
    nobody's phone rang for it (calls in the queue excepted), or when it did not end in order.
    """
    came: dict[str, float] = {}
    rang: dict[str, Event] = {}
    over: set[str] = set()
    free_since: dict[str, float] = {}
    waits: list[float] = []
    late = waiting = 0
    for event in sorted(events, key=lambda event: event.at):
        match event.what:
            case "I":
                came[event.customer] = event.at
            case "B":
                free_since[event.agent] = event.at
            case "E":
                over.add(event.customer)
            case _ if event.customer not in rang:
                rang[event.customer] = event
                wait = event.at - max(came.get(event.customer, event.at), free_since.get(event.agent, 0.0))
                if since <= event.at < until:
                    waits.append(1_000 * max(0.0, wait))
                    late += wait > ASSIGN_SECONDS_MAX
    offered = [customer for customer, at in came.items() if since <= at < until]
    if plan.waiting:
        waiting = sum(at < until and not (one in rang and rang[one].at < until) for one, at in came.items())
        lost = sum(rang[one].at + plan.talk_seconds + END_SECONDS_MAX < until and one not in over for one in rang)
    else:
        lost = sum(one not in rang or one not in over for one in offered)
    assigned = len(waits)
    return Cell(
        system=system,
        agents=plan.agents,
        waiting=plan.waiting,
        rate=plan.rate,
        offered=len(offered),
        failed=late + lost,
        cpu_ms_per_call=round(1_000 * sum(used.values()) / max(1, assigned), 2),
        assign_ms=_milliseconds(waits) if assigned > 1 else None,
        assigned_per_second=round(assigned / (until - since), 1),
        waiting_seen=waiting,
        cpu_ms={name: round(1_000 * seconds / max(1, assigned), 2) for name, seconds in used.items()},
    )


def _customer(talk_seconds: float) -> str:
    return f"{round(1_000 * talk_seconds):05}{next(_numbers):06}"


def _fill_rate(plan: Plan) -> float:
    return (plan.agents + plan.waiting) / FILL_SECONDS


def _filling(plan: Plan) -> list[str]:
    """Calls that keep every agent busy until the queue is full; then the agents get free one after the other."""
    first = [FILL_SECONDS - n / _fill_rate(plan) + n / plan.rate for n in range(plan.agents)]
    return [_customer(seconds) for seconds in (*first, *([plan.talk_seconds] * plan.waiting))]


def _milliseconds(waits: Sequence[float]) -> Milliseconds:
    cuts = quantiles(waits, n=100, method="inclusive")
    return Milliseconds(p50=round(cuts[49], 1), p95=round(cuts[94], 1), p99=round(cuts[98], 1))
