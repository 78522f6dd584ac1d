"""What the page Today needs beside the live state: what projects and queues are called and aim at, and what happened.

What happened is a short list of what matters to a client: that a project stood still and went on, that somebody waited
long, that a request was escalated or answered. Whoever asks sees their own projects alone.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, LiteralString

from fastapi import APIRouter, Depends
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz import routing
from markaz.identity import Principal
from markaz.web.commands import ANY
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.problems import refusals

HAPPENED_MAX = 30
LONG_WAIT_TIMES = 3
"""A wait is long when it is so many times what the queue aims at."""

_DAY = "SELECT date_trunc('day', now(), zone), zone FROM centre"
_PROJECTS = "SELECT id, name, client FROM project WHERE retired_at IS NULL ORDER BY name, id"
_QUEUES = """
SELECT id, name, project, coalesce((rules ->> 'target_seconds')::integer, %s) AS target_seconds
FROM queue WHERE retired_at IS NULL ORDER BY name, id
"""
_STOPS: LiteralString = """
SELECT CASE action WHEN 'project.paused' THEN 'paused' ELSE 'resumed' END AS kind, at, project, reason AS words
FROM project_stops(%(since)s) WHERE project IN (SELECT id FROM project)
"""
_WAITS: LiteralString = """
SELECT 'long_wait' AS kind, its.entered_at AS at, queue.project, its.queue, its.contact, its.ended,
    coalesce(its.wait_seconds, extract(epoch FROM coalesce(its.left_at, now()) - its.entered_at))::float8 AS seconds
FROM queue_visit AS its JOIN queue ON queue.id = its.queue
WHERE its.floor = %(floor)s AND its.entered_at >= %(since)s
    AND coalesce(its.wait_seconds, extract(epoch FROM coalesce(its.left_at, now()) - its.entered_at))
        > %(times)s * coalesce((queue.rules ->> 'target_seconds')::integer, %(target)s)
ORDER BY its.entered_at DESC LIMIT %(limit)s
"""
_REQUESTS: LiteralString = """
SELECT CASE entry.act WHEN 'ask' THEN 'asked' WHEN 'answer' THEN 'answered' ELSE 'escalated' END AS kind, entry.at,
    its.project, its.id AS request, first.words
FROM request_entry AS entry JOIN request AS its ON its.id = entry.request
LEFT JOIN request_entry AS first ON first.request = entry.request AND first.n = 1
WHERE entry.at >= %(since)s AND entry.act IN ('ask', 'answer', 'escalate')
ORDER BY entry.at DESC LIMIT %(limit)s
"""

router = APIRouter(prefix="/api/today", tags=["reports"])

Reader = Annotated[Principal, Depends(allowed("figures.read"))]


class ProjectNamed(BaseModel):
    """A project that whoever asks may see."""

    id: str
    name: str
    client: str


class QueueAimed(BaseModel):
    """A queue, and within how many seconds its contacts are to be answered."""

    id: str
    name: str
    project: str
    target_seconds: int


class Happened(BaseModel):
    """Something that mattered. `words`: why a project stood still, or what was asked; `ended`: how a long wait did."""

    kind: Literal["paused", "resumed", "long_wait", "asked", "answered", "escalated"]
    at: datetime
    project: str | None = None
    queue: str | None = None
    contact: str | None = None
    request: str | None = None
    seconds: float | None = None
    ended: str | None = None
    words: str | None = None


class Today(BaseModel):
    """The day of the centre, by its own zone."""

    began_at: datetime
    zone: str = Field(examples=["Europe/Berlin"])
    projects: list[ProjectNamed]
    queues: list[QueueAimed]
    happened: list[Happened] = Field(description="The newest first")


@router.get("", responses=refusals(*ANY))
async def today(reader: Reader, installation: InstallationGiven, connection: Transaction) -> Today:
    """Names, targets, and what happened since midnight."""
    ((began_at, zone),) = await (await connection.execute(_DAY)).fetchall()
    target = routing.QueueRules(id="", project="").target_seconds  # what is not written down
    asked = {
        "floor": installation.floor, "since": began_at, "times": LONG_WAIT_TIMES, "target": target,
        "limit": HAPPENED_MAX,
    }  # fmt: skip
    stops, waits = await _rows(connection, _STOPS, asked), await _rows(connection, _WAITS, asked)
    told = await _rows(connection, _REQUESTS, asked) if reader.may("requests.read") else []
    happened = sorted([*stops, *waits, *told], key=lambda one: one["at"], reverse=True)
    return Today(
        began_at=began_at, zone=zone,
        projects=[ProjectNamed(**row) for row in await _rows(connection, _PROJECTS, ())],
        queues=[QueueAimed(**row) for row in await _rows(connection, _QUEUES, (target,))],
        happened=[Happened(**row) for row in happened[:HAPPENED_MAX]],
    )  # fmt: skip


async def _rows(connection: Connection, query: LiteralString, values: Any) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()
