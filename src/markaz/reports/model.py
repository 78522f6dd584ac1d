"""A report as data: the same numbers whichever way they are printed. Times are seconds; shares are 0 to 1."""

from datetime import datetime
from typing import Literal

import msgspec

from markaz.reports.definition import ServiceLevel
from markaz.reports.intervals import IntervalKind

By = Literal["queue", "project", "agent"]


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Waits in seconds; percentiles interpolate linearly. All None when nobody waited to that end."""

    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    max: float | None = None


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts sent on to another centre, and those of them that it answered."""

    sent: int = 0
    answered: int = 0


class Contacts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of contacts that entered a queue.

    `offered` is the sum of `answered` to `open`; `open` ones still wait. `abandoned` leaves out `abandoned_short`.
    `centres` says how many of the `overflowed` went to which other centre.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    overflowed: int = 0
    voicemail: int = 0
    callback: int = 0
    transferred: int = 0
    refused: int = 0
    lost_to_fault: int = 0
    open: int = 0
    answered_in_time: int = 0
    abandoned_early: int = 0
    service_level: float | None = None
    abandonment: float | None = None
    centres: dict[str, Centre] = {}
    wait_answered: Waits = Waits()
    wait_all: Waits = Waits()


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """What agents did with the offers made in an interval, and the time of those that are finished (`handled`).

    `offers` = `connected` + the sum of `missed` (why -> count) + `ringing`. Who was consulted or supervised was offered
    nothing; `handled` counts them when they served the customer after all. `consult_seconds` is the time that agents
    spent with each other or a number outside while the customer was on hold, on both sides.
    """

    offers: int = 0
    connected: int = 0
    ringing: int = 0
    missed: dict[str, int] = {}
    handled: int = 0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    consult_seconds: float = 0.0
    supervise_seconds: float = 0.0
    handle_mean_seconds: float | None = None


class AgentTime(msgspec.Struct, frozen=True, kw_only=True):
    """Agents' time that fell in an interval.

    `available` is ready or handling, `handling` is from connected to the end of wrap-up, counted once however many
    contacts an agent has; `occupancy` is `handling` / `available`. `not_ready`: reason -> seconds.
    """

    signed_in_seconds: float = 0.0
    ready_seconds: float = 0.0
    available_seconds: float = 0.0
    handling_seconds: float = 0.0
    occupancy: float | None = None
    not_ready: dict[str, float] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one interval (None: the whole period) and one queue, project or agent (`key` None: all).

    `contacts` is None for one agent, `agent_time` for one queue or project: agents are shared between those.
    """

    began_at: datetime | None
    ended_at: datetime | None
    key: str | None
    contacts: Contacts | None
    handling: Handling
    agent_time: AgentTime | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Rows in order of interval and key; totals over keys follow their interval, the whole period comes last."""

    floor: str
    since: datetime
    until: datetime
    zone: str
    interval: IntervalKind
    by: By
    definition: ServiceLevel
    rules: tuple[str, ...]
    rows: tuple[Row, ...]
