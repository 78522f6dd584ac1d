"""The demo's figures, counted from the read models and compared with what the callers themselves saw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import psycopg
from psycopg.rows import class_row

from markaz.demo.promises import Fault

TARGET_SECONDS = 20.0
DEFINITION = (
    f"answered within {TARGET_SECONDS:g} s of entering the first queue, of all contacts that reached a queue; "
    "for a queue, of all stays in it; for an agent, of the stays that the agent answered"
)

OUTCOMES = (
    "answered", "abandoned", "overflowed", "voicemail", "callback", "self_served", "refused", "lost_to_fault",
)  # fmt: skip


class Contacts(msgspec.Struct, kw_only=True):
    """`arrived` is the sum of the outcomes and `unaccounted`."""

    arrived: int = 0
    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    voicemail: int = 0
    callback: int = 0
    self_served: int = 0
    refused: int = 0
    lost_to_fault: int = 0
    unaccounted: int = 0


class Seconds(msgspec.Struct, kw_only=True):
    mean: float | None = None
    p50: float | None = None
    p95: float | None = None


class Milliseconds(msgspec.Struct, kw_only=True):
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Recordings(msgspec.Struct, kw_only=True):
    expected: int = 0
    present: int = 0
    missing: int = 0
    silent: int = 0


class Feedback(msgspec.Struct, kw_only=True):
    """Customers whom a survey asked, those who answered it, and the mean of their answers (1 to 9)."""

    asked: int = 0
    answered: int = 0
    mean: float | None = None


class Stuck(msgspec.Struct, kw_only=True):
    agents: int = 0
    contacts: int = 0
    channels: int = 0
    bridges: int = 0


class Audio(msgspec.Struct, kw_only=True):
    """Conversations of customers whose ear was recorded at their own end; `deaf` ones never heard their agent."""

    checked: int = 0
    deaf: int = 0


class Replay(msgspec.Struct, kw_only=True):
    identical: bool
    rows: int


class Figures(msgspec.Struct, kw_only=True):
    """One queue's, one agent's or everybody's."""

    contacts: Contacts
    service_level: float | None
    wait_seconds: Seconds
    assign_milliseconds: Milliseconds
    recordings: Recordings
    stuck: Stuck


class DemoReport(msgspec.Struct, kw_only=True):
    contacts: Contacts
    service_level: float | None
    service_level_definition: str = DEFINITION
    wait_seconds: Seconds
    assign_milliseconds: Milliseconds
    recordings: Recordings
    audio: Audio
    replay: Replay
    stuck: Stuck
    queues: dict[str, Figures]
    agents: dict[str, Figures]
    feedback: Feedback
    callers: dict[str, int]
    """What the callers' and the agents' own telephones counted."""
    faults: list[Fault] = []
    """Parts that were killed on purpose, in order."""
    seconds: float
    seed: int

    @property
    def failures(self) -> list[str]:
        """Why the demo fails, one sentence each; empty when everything is proved."""
        stuck = self.stuck
        checks = [
            (self.contacts.unaccounted, "contacts are unaccounted for"),
            (self.recordings.missing, "recordings are missing"),
            (self.recordings.silent, "recordings are silent"),
            (self.callers.get("placed", 0) - self.callers.get("ended", 0), "calls did not end at the callers' end"),
            (self.audio.deaf, "customers did not hear their agent"),
            (self.callers.get("offered_to_busy_agents", 0), "calls were offered to agents who were talking"),
            (stuck.agents, "agents are stuck"),
            (stuck.contacts, "contacts are stuck"),
            (stuck.channels, "channels are stuck"),
            (stuck.bridges, "bridges are stuck"),
        ]
        said = [f"{count} {what}" for count, what in checks if count]
        said += [sentence for fault in self.faults for sentence in fault.broken]
        return said if self.replay.identical else [*said, "the replay of the journal differs"]


@dataclass(slots=True)
class ContactSeen:
    contact: str
    customer: str
    outcome: str | None
    arrived_at: datetime | None = None
    closed_at: datetime | None = None
    follows: str | None = None
    """It is the call back to a customer whom a fault cut off in that contact."""


@dataclass(slots=True)
class VisitSeen:
    """A stay in a queue; a contact's come in order. `agent` is who answered it."""

    contact: str
    queue: str
    ended: str | None
    agent: str | None
    wait_seconds: float | None


@dataclass(slots=True)
class EngagementSeen:
    queue: str
    agent: str
    connected: bool
    reason: str | None
    state: str
    assign_milliseconds: float | None


@dataclass(slots=True)
class RecordingSeen:
    queue: str | None
    agent: str | None
    state: str


_CONTACTS = "SELECT contact, customer, outcome, arrived_at, closed_at, follows FROM contact WHERE floor = %s"
_MISSING = """
SELECT coalesce(max(number), 0) - count(*) + coalesce(max(number), 0)
    - (SELECT coalesce(max(number), 0) FROM projection WHERE floor = %(floor)s) FROM journal WHERE floor = %(floor)s
"""
_VISITS = "SELECT contact, queue, ended, agent, wait_seconds FROM queue_visit WHERE floor = %s ORDER BY contact, n"
_ENGAGEMENTS = """
SELECT queue, agent, connected_at IS NOT NULL AS connected, reason, state,
    1000 * extract(epoch FROM placed_at - offered_at)::float AS assign_milliseconds
FROM engagement WHERE floor = %s
"""
_RECORDINGS = "SELECT queue, agent, state FROM recording WHERE floor = %s"


_FEEDBACK = """
SELECT (SELECT count(*) FROM contact_segment WHERE floor = %(floor)s AND state = 'in_survey') AS asked,
    count(DISTINCT contact) AS answered, avg(answer)::float AS mean
FROM feedback WHERE floor = %(floor)s
"""


@dataclass(slots=True)
class Seen:
    """Everything read for one floor."""

    contacts: list[ContactSeen]
    visits: list[VisitSeen]
    engagements: list[EngagementSeen]
    recordings: list[RecordingSeen]


async def read(connection: psycopg.AsyncConnection[Any], floor: str) -> Seen:
    async def rows(kind: type[Any], query: Any) -> list[Any]:
        async with connection.cursor(row_factory=class_row(kind)) as cursor:
            await cursor.execute(query, (floor,))
            return await cursor.fetchall()

    return Seen(
        await rows(ContactSeen, _CONTACTS),
        await rows(VisitSeen, _VISITS),
        await rows(EngagementSeen, _ENGAGEMENTS),
        await rows(RecordingSeen, _RECORDINGS),
    )


async def feedback(connection: psycopg.AsyncConnection[Any], floor: str) -> Feedback:
    async with connection.cursor(row_factory=class_row(Feedback)) as cursor:
        await cursor.execute(_FEEDBACK, {"floor": floor})
        return await cursor.fetchone() or Feedback()


async def rows_missing(connection: psycopg.AsyncConnection[Any], floor: str) -> int:
    """Gaps in the journal, and rows that the read models have not seen."""
    row = await (await connection.execute(_MISSING, {"floor": floor})).fetchone()
    return row[0] if row is not None else 0


def everybody(seen: Seen, *, placed: Sequence[str]) -> Figures:
    """All contacts. `placed` are the numbers that called, told by the callers' end: each call must be here with an
    outcome, and nothing else may be, but the call backs after faults, which are no calls of theirs.
    """
    attempts = [contact for contact in seen.contacts if contact.follows is None]
    counts = {outcome: sum(one.outcome == outcome for one in attempts) for outcome in OUTCOMES}
    called, here = Counter(placed), Counter(contact.customer for contact in attempts)
    without_outcome = sum(one.outcome is None for one in attempts)
    contacts = Contacts(**counts)
    contacts.unaccounted = (called - here).total() + (here - called).total() + without_outcome
    contacts.arrived = sum(counts.values()) + contacts.unaccounted
    stays = first_stays(seen.visits)
    return Figures(
        contacts=contacts,
        service_level=_service_level(stays),
        wait_seconds=_seconds([stay.wait_seconds for stay in stays if stay.wait_seconds is not None]),
        assign_milliseconds=_milliseconds(seen.engagements),
        recordings=_recordings(seen.recordings),
        stuck=Stuck(contacts=sum(one.outcome is None for one in seen.contacts)),
    )


def first_stays(visits: Sequence[VisitSeen]) -> list[VisitSeen]:
    """For each contact its wait from the first queue to the first that did not overflow to another, as one stay.

    What comes after (a transfer's wait) is not the wait for an answer.
    """
    stays: dict[str, VisitSeen] = {}
    for visit in visits:
        before = stays.get(visit.contact)
        if before is None:
            stays[visit.contact] = replace(visit)
        elif before.ended == "overflowed":
            waited = None if visit.wait_seconds is None else (before.wait_seconds or 0.0) + visit.wait_seconds
            stays[visit.contact] = replace(visit, wait_seconds=waited)
    return list(stays.values())


def of_queue(seen: Seen, queue: str) -> Figures:
    """A queue's visits: a contact that was passed on counts in each queue that it visited."""
    visits = [visit for visit in seen.visits if visit.queue == queue]
    counts = {outcome: sum(visit.ended == outcome for visit in visits) for outcome in OUTCOMES}
    counts["overflowed"] += sum(visit.ended == "transferred" for visit in visits)
    contacts = Contacts(**counts)
    contacts.arrived = len(visits)
    contacts.unaccounted = contacts.arrived - sum(counts.values())
    return Figures(
        contacts=contacts,
        service_level=_service_level(visits),
        wait_seconds=_seconds([visit.wait_seconds for visit in visits if visit.wait_seconds is not None]),
        assign_milliseconds=_milliseconds([one for one in seen.engagements if one.queue == queue]),
        recordings=_recordings([one for one in seen.recordings if one.queue == queue]),
        stuck=Stuck(contacts=sum(visit.ended is None for visit in visits)),
    )


def of_agent(seen: Seen, agent: str) -> Figures:
    """An agent's offers: answered ones were connected, refused ones returned to the queue, abandoned ones hung up."""
    offers = [one for one in seen.engagements if one.agent == agent]
    contacts = Contacts(arrived=len(offers))
    for one in offers:
        if one.connected:
            contacts.answered += 1
        elif one.reason is not None and one.reason.startswith("customer"):
            contacts.abandoned += 1
        elif one.state == "ended":
            contacts.refused += 1
        else:
            contacts.unaccounted += 1
    stays = [visit for visit in seen.visits if visit.agent == agent]
    return Figures(
        contacts=contacts,
        service_level=_service_level(stays),
        wait_seconds=_seconds([stay.wait_seconds for stay in stays if stay.wait_seconds is not None]),
        assign_milliseconds=_milliseconds(offers),
        recordings=_recordings([one for one in seen.recordings if one.agent == agent]),
        stuck=Stuck(agents=int(any(one.state != "ended" for one in offers))),
    )


def _service_level(visits: Sequence[VisitSeen]) -> float | None:
    in_time = sum(v.ended == "answered" and (v.wait_seconds or 0.0) <= TARGET_SECONDS for v in visits)
    return in_time / len(visits) if visits else None


def _seconds(waits: Sequence[float | None]) -> Seconds:
    if not waits:
        return Seconds()
    values = np.array(waits, dtype=float)
    p50, p95 = np.percentile(values, [50, 95])
    return Seconds(mean=round(float(values.mean()), 3), p50=round(float(p50), 3), p95=round(float(p95), 3))


def _milliseconds(engagements: Sequence[EngagementSeen]) -> Milliseconds:
    values = [one.assign_milliseconds for one in engagements if one.assign_milliseconds is not None]
    if not values:
        return Milliseconds()
    p50, p95, p99 = np.percentile(np.array(values), [50, 95, 99])
    return Milliseconds(p50=round(float(p50), 2), p95=round(float(p95), 2), p99=round(float(p99), 2))


def _recordings(rows: Sequence[RecordingSeen]) -> Recordings:
    """A recording still only `expected` after the last reconciliation is missing."""
    return Recordings(
        expected=len(rows),
        present=sum(row.state == "present" for row in rows),
        missing=sum(row.state in ("missing", "expected") for row in rows),
        silent=sum(row.state == "silent" for row in rows),
    )
