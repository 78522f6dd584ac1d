"""A report from the read models.

A contact counts in the interval in which it entered the queue, and an offer, with the whole of its talk, hold and
wrap-up, in the interval in which it was made, however long they last; so every contact and every second of handle
time is in exactly one interval, and finished intervals never change. Agents' time is split at the borders.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from markaz.reports import queries
from markaz.reports.definition import ServiceLevel
from markaz.reports.intervals import IntervalKind, interval_starts
from markaz.reports.model import AgentTime, By, Centre, Contacts, Handling, Report, Row, Waits

Cell = tuple[int | None, str | None]
"""An interval, from 1, and a key; None means all."""

Answer = dict[str, Any]

_COUNTED: dict[By, str] = {
    "queue": "Offered: entries into a queue. A contact that overflows or is transferred counts in each it enters.",
    "project": "Offered: contacts that entered a queue. One that overflows from queue to queue counts once, with its "
    "whole wait; one that is transferred counts again.",
    "agent": "Offers are counted for the agent they were made to. Contacts are counted for all agents together: one "
    "that overflows from queue to queue counts once, with its whole wait; one that is transferred counts again.",
}
_ATTRIBUTED = (
    "A contact counts in the interval in which it entered the queue; an offer, with its talk, hold and wrap-up, in "
    "the interval in which it was made. Agents' time is split at the intervals' borders.",
    "Occupancy: time from connected to the end of wrap-up, divided by time ready or so occupied. Agents are shared "
    "between queues and projects, so it is given for agents and for all of them together.",
)


async def report(
    connection: AsyncConnection[Any],
    *,
    floor: str,
    since: datetime,
    until: datetime,
    zone: str,
    interval: IntervalKind,
    by: By,
    definition: ServiceLevel,
) -> Report:
    """The figures of `since` (included) to `until` (excluded), both aware, for every key that occurs in them.

    Reads in the caller's transaction; figures of a period that has not ended agree with each other exactly when
    that is REPEATABLE READ. Raises `UnknownZone`, `PeriodEmpty` or `TooManyIntervals`.
    """
    starts = interval_starts(since, until, zone=zone, kind=interval)
    ends = [*starts[1:], until]
    parameters = {
        "floor": floor, "since": since, "until": until, "starts": starts, "ends": ends,
        "target": definition.target_seconds, "short": definition.short_abandon_seconds,
    }  # fmt: skip

    async def ask(query: LiteralString) -> list[Answer]:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, parameters)
            return await cursor.fetchall()

    stays = queries.STAYS_IN_QUEUE if by == "queue" else queries.STAYS_IN_PROJECT
    centres = await ask(stays + queries.CENTRES)
    contacts = _contacts(await ask(stays + queries.CONTACTS), centres, definition)
    missed = await ask(queries.OFFERS[by] + queries.MISSED)
    handling = _handling(await ask(queries.OFFERS[by] + queries.HANDLING), missed)
    agent_time = _agent_time(await ask(queries.AGENT_TIME))
    if by == "agent":
        contacts = {cell: figures for cell, figures in contacts.items() if cell[1] is None}
    else:
        agent_time = {cell: figures for cell, figures in agent_time.items() if cell[1] is None}

    keys = sorted({key for cells in (contacts, handling, agent_time) for _, key in cells if key is not None})
    rows: list[Row] = []
    for number in [*range(1, len(starts) + 1), None]:
        for key in [*keys, None]:
            cell = (number, key)
            rows.append(
                Row(
                    began_at=None if number is None else starts[number - 1],
                    ended_at=None if number is None else ends[number - 1],
                    key=key,
                    contacts=None if key and by == "agent" else contacts.get(cell, Contacts()),
                    handling=handling.get(cell, Handling()),
                    agent_time=None if key and by != "agent" else agent_time.get(cell, AgentTime()),
                )
            )
    return Report(
        floor=floor, since=since, until=until, zone=zone, interval=interval, by=by, definition=definition,
        rules=(definition.words(), _abandonment_words(definition), _COUNTED[by], *_ATTRIBUTED), rows=tuple(rows),
    )  # fmt: skip


def _abandonment_words(definition: ServiceLevel) -> str:
    short = f"{definition.short_abandon_seconds:g} s"
    return (
        f"Abandonment: contacts that abandoned after more than {short}, divided by contacts offered less those that "
        f"abandoned within {short} (short abandons)."
    )


def _contacts(answers: Sequence[Answer], centres: Sequence[Answer], definition: ServiceLevel) -> dict[Cell, Contacts]:
    sent: defaultdict[Cell, dict[str, Centre]] = defaultdict(dict)
    for answer in sorted(centres, key=lambda answer: answer["centre"]):
        cell = (answer["interval"], answer["key"])
        sent[cell][answer["centre"]] = Centre(sent=answer["sent"], answered=answer["answered"])
    figures: dict[Cell, Contacts] = {}
    for answer in answers:
        cell = (answer.pop("interval"), answer.pop("key"))
        waits = {
            of: Waits(**{name: answer.pop(f"{of}_{name}") for name in ("mean", "p50", "p95", "max")})
            for of in ("answered", "all")
        }
        patient = answer["offered"] - answer["abandoned_short"]
        figures[cell] = Contacts(
            **answer,
            wait_answered=waits["answered"],
            wait_all=waits["all"],
            service_level=definition.share(
                answered_in_time=answer["answered_in_time"],
                abandoned_early=answer["abandoned_early"],
                answered=answer["answered"],
                offered=answer["offered"],
            ),
            abandonment=answer["abandoned"] / patient if patient else None,
            centres=sent.get(cell, {}),
        )
    return figures


def _handling(answers: Sequence[Answer], missed: Sequence[Answer]) -> dict[Cell, Handling]:
    whys: defaultdict[Cell, dict[str, int]] = defaultdict(dict)
    for answer in sorted(missed, key=lambda answer: answer["reason"]):
        whys[answer["interval"], answer["key"]][answer["reason"]] = answer["offers"]
    figures: dict[Cell, Handling] = {}
    for answer in answers:
        cell = (answer.pop("interval"), answer.pop("key"))
        times = ("talk_seconds", "hold_seconds", "consult_seconds", "wrap_up_seconds")
        seconds = sum(answer[name] for name in times)
        handled = answer["handled"]
        figures[cell] = Handling(
            **answer, missed=whys.get(cell, {}), handle_mean_seconds=seconds / handled if handled else None
        )
    return figures


def _agent_time(answers: Sequence[Answer]) -> dict[Cell, AgentTime]:
    seconds: defaultdict[Cell, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    reasons: defaultdict[Cell, dict[str, float]] = defaultdict(dict)
    for answer in sorted(answers, key=lambda answer: answer["reason"]):
        cell = (answer["interval"], answer["key"])
        seconds[cell][answer["state"]] += answer["seconds"]
        if answer["state"] == "not_ready":
            reasons[cell][answer["reason"]] = answer["seconds"]
    return {cell: _time_of(states, reasons[cell]) for cell, states in seconds.items()}


def _time_of(states: Mapping[str, float], not_ready: dict[str, float]) -> AgentTime:
    ready, available, handling = (states.get(name, 0.0) for name in ("ready", "available", "handling"))
    return AgentTime(
        signed_in_seconds=ready + sum(not_ready.values()),
        ready_seconds=ready,
        available_seconds=available,
        handling_seconds=handling,
        occupancy=handling / available if available else None,
        not_ready=not_ready,
    )
