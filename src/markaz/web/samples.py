"""The samples that a client hears, day by day, with all that is needed to draw them again by hand."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, LiteralString

from fastapi import APIRouter, Depends, Path, Query, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz import listening, organisation
from markaz.identity import Principal
from markaz.web.auditing import audit_of_project
from markaz.web.commands import ANY, Asked, ProjectPath, require_project
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.errors import ProjectUnknown, SampleNotOpen, SampleUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.recordings import Hearer, Played
from markaz.web.sample_terms import percent_of
from markaz.web.sheets import CSV
from markaz.web.visitors import AddressGiven

DAYS_SHOWN_MAX: Final = 92
CONTACTS_SHOWN_MAX: Final = 1_000
"""Of those that were drawn; the sheet has all."""

_DAYS: LiteralString = """
SELECT day, zone, begins_at, ends_at, share_basis_points, commitment, committed_at, sealed_at, contacts, manifest,
    client_half, given_by, given_at, revealed_half AS centre_half, seed, drawn_at
FROM sample_day WHERE floor = %(floor)s AND project = %(project)s
    AND (%(day)s::date IS NULL OR day = %(day)s) AND (%(day)s::date IS NOT NULL OR begins_at <= %(now)s OR %(all)s)
ORDER BY day DESC LIMIT %(limit)s
"""
_DRAWN: LiteralString = """
SELECT its.contact, its.hash, arrived_at, queue, customer, coalesce((
    SELECT json_agg(json_build_object('recording', one.recording, 'state', one.state, 'seconds', one.seconds)
        ORDER BY one.expected_at, one.recording)
    FROM recording AS one WHERE one.floor = its.floor AND one.contact = its.contact
), '[]') AS recordings, (
    SELECT count(*) FROM recording_comment AS said
    WHERE said.floor = its.floor AND said.contact = its.contact AND removed_at IS NULL
) AS comments, coalesce((
    SELECT json_agg(json_build_object('played_by', played_by, 'by_client', client IS NOT NULL, 'purpose', purpose,
        'began_at', began_at) ORDER BY began_at DESC)
    FROM recording_play AS play WHERE play.floor = its.floor AND play.contact = its.contact
), '[]') AS plays
FROM sample_contact AS its LEFT JOIN contact USING (floor, contact)
WHERE its.floor = %s AND its.project = %s AND its.day = %s AND its.is_drawn
ORDER BY arrived_at, its.contact LIMIT %s
"""
_LISTED: LiteralString = """
SELECT its.contact, its.hash, its.is_drawn, (
    SELECT string_agg(one.state, ' ' ORDER BY one.expected_at) FROM recording AS one
    WHERE one.floor = its.floor AND one.contact = its.contact
) AS recordings
FROM sample_contact AS its WHERE its.floor = %s AND its.project = %s AND its.day = %s
ORDER BY its.contact COLLATE "C"
"""
_LATE = """
SELECT count(DISTINCT contact.contact) FROM contact JOIN recording USING (floor, contact)
WHERE floor = %(floor)s AND project = %(project)s AND expected_at >= %(begins_at)s AND expected_at < %(ends_at)s
    AND NOT EXISTS (SELECT FROM sample_contact AS its WHERE its.floor = contact.floor AND its.contact = contact.contact)
"""
_GIVE = """
UPDATE sample_day SET client_half = %s, given_by = %s, given_at = %s
WHERE floor = %s AND project = %s AND day = %s AND sealed_at IS NOT NULL AND client_half IS NULL AND drawn_at IS NULL
"""

router = APIRouter(route_class=Once, prefix="/api/projects/{project}", tags=["listening"])

Drawing = Annotated[Principal, Depends(allowed("sample.draw"))]
Day = Annotated[date, Path(description="In the sample's zone")]
DayAsked = Annotated[date | None, Query(description="Absent: the latest that has begun")]
State = Literal["committed", "running", "settling", "sealed", "given", "drawn"]


class SampleDay(BaseModel):
    """A day's sample. `state`: committed (to come), running, settling (being sealed), sealed (the client's half is
    waited for), given (being drawn) or drawn.

    `centre_half` and `seed` are told when it is drawn; `limit` is the least hash that is not drawn.
    """

    day: date
    zone: str
    begins_at: datetime
    ends_at: datetime
    state: State
    share_percent: float
    limit: str
    commitment: str = Field(description="SHA-256 of the centre's half, published before the day")
    committed_at: datetime
    sealed_at: datetime | None
    contacts: int | None = Field(description="How many could be drawn")
    manifest: str | None = Field(description="SHA-256 of their ids, one a line, in the order of their bytes")
    client_half: str | None
    given_by: str | None
    given_at: datetime | None
    centre_half: str | None
    seed: str | None
    drawn_at: datetime | None


class SampledRecording(BaseModel):
    """A recording of a contact that was drawn, whether it is there or not."""

    recording: str
    state: str
    seconds: float | None


class Sampled(BaseModel):
    """A contact that was drawn. It stays in the sample when a recording of it is missing."""

    contact: str
    hash: str
    arrived_at: datetime | None
    queue: str | None
    customer: str | None
    recordings: list[SampledRecording]
    comments: int
    plays: list[Played]


class Sample(SampleDay):
    """A day's sample with the contacts that were drawn, by when they arrived."""

    rule: str
    drawn: list[Sampled]
    late: int = Field(description="Contacts recorded in the day that were told after the list was sealed: not in it")


class Half(Asked):
    """The client's half of the seed: whatever it likes, a throw of dice or what its browser drew."""

    half: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$", examples=["4 6 1 3 3 2 5"])]


@router.get("/sample/days", responses=refusals(*ANY, ProjectUnknown))
async def sample_days(
    project: ProjectPath, hearer: Hearer, installation: InstallationGiven, connection: Transaction
) -> list[SampleDay]:
    """The days whose sample is committed, three months back, the latest first."""
    await require_project(connection, project)
    return await _days(connection, installation.floor, project, installation.clock(), is_all=True)


@router.get("/sample", responses=refusals(*ANY, ProjectUnknown, SampleUnknown))
async def sample(
    project: ProjectPath,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    day: DayAsked = None,
) -> Sample:
    """A day's sample, and how to draw it again by hand."""
    one = await _day(connection, installation, project, day)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_DRAWN, (installation.floor, project, one.day, CONTACTS_SHOWN_MAX))
        drawn = [Sampled(**row) for row in await cursor.fetchall()]
    late = 0 if one.sealed_at is None else await _late(connection, installation.floor, project, one)
    return Sample(**one.model_dump(), rule=listening.RULE, drawn=drawn, late=late)


@router.get(
    "/sample.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
    | refusals(*ANY, ProjectUnknown, SampleUnknown),
)
async def sample_sheet(
    project: ProjectPath,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
    day: DayAsked = None,
) -> Response:
    """Every contact that could be drawn, with its hash once that is known; enough to check list and draw."""
    one = await _day(connection, installation, project, day)
    rows = await (await connection.execute(_LISTED, (installation.floor, project, one.day))).fetchall()
    sheet = organisation.write_rows(["contact", "hash", "drawn", "recordings"], map(_told, rows))
    told = {"day": one.day, "rows": len(rows)}
    await audit_of_project(connection, "sample.exported", project, f"project:{project}", address, **told)
    headers = {"Content-Disposition": f'attachment; filename="sample-{one.day}.csv"'}
    return Response(sheet, media_type=CSV, headers=headers)


@router.post(
    "/sample/{day}/half",
    status_code=HTTPStatus.ACCEPTED,
    responses=refusals(*ANY, ProjectUnknown, SampleUnknown, SampleNotOpen),
)
async def give_half(
    project: ProjectPath,
    day: Day,
    given: Half,
    client: Drawing,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> SampleDay:
    """Give the client's half, once; the worker then reveals the centre's half and draws, within seconds."""
    before = await _day(connection, installation, project, day)
    now = installation.clock()
    values = (given.half, client.name, now, installation.floor, project, day)
    if (await connection.execute(_GIVE, values)).rowcount == 0:
        raise SampleNotOpen(_WHY[before.state])
    await audit_of_project(connection, "sample.given", project, f"project:{project}", address, day=day)
    return await _day(connection, installation, project, day)


_WHY: Final[dict[State, str]] = {
    "committed": "the day has not begun: come again when it is over",
    "running": "the day is not over: come again when it is",
    "settling": "the list of contacts is not sealed yet: come again in half an hour",
    "sealed": "another of your people was faster: look at the sample",
    "given": "it was given already: the sample is being drawn",
    "drawn": "the sample is drawn: look at it",
}


async def _day(connection: Connection, installation: InstallationGiven, project: str, day: date | None) -> SampleDay:
    """Raises `ProjectUnknown`, `SampleUnknown`."""
    await require_project(connection, project)
    found = await _days(connection, installation.floor, project, installation.clock(), day=day, limit=1)
    if not found:
        raise SampleUnknown
    return found[0]


async def _days(
    connection: Connection,
    floor: str,
    project: str,
    now: datetime,
    *,
    day: date | None = None,
    is_all: bool = False,
    limit: int = DAYS_SHOWN_MAX,
) -> list[SampleDay]:
    asked = {"floor": floor, "project": project, "day": day, "now": now, "all": is_all, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_DAYS, asked)
        return [_shown(row, now) for row in await cursor.fetchall()]


async def _late(connection: Connection, floor: str, project: str, day: SampleDay) -> int:
    asked = {"floor": floor, "project": project, "begins_at": day.begins_at, "ends_at": day.ends_at}
    (late,) = await (await connection.execute(_LATE, asked)).fetchone() or (0,)
    return late


def _shown(row: dict[str, Any], now: datetime) -> SampleDay:
    share = row.pop("share_basis_points")
    return SampleDay(state=_state(row, now), share_percent=percent_of(share), limit=listening.limit_of(share), **row)


def _state(row: dict[str, Any], now: datetime) -> State:
    if row["drawn_at"] is not None:
        return "drawn"
    if row["client_half"] is not None:
        return "given"
    if row["sealed_at"] is not None:
        return "sealed"
    if row["ends_at"] <= now:
        return "settling"
    return "running" if row["begins_at"] <= now else "committed"


def _told(row: tuple[Any, ...]) -> tuple[Any, ...]:
    contact, hash_, is_drawn, recordings = row
    drawn = None if is_drawn is None else "yes" if is_drawn else "no"
    return contact, hash_, drawn, recordings or "missing"
