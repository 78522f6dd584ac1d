"""How much of a project its client hears: said for days that are not committed yet, and kept with its history."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, LiteralString
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz import listening
from markaz.identity import Principal
from markaz.web.auditing import audit_of_project
from markaz.web.commands import ANY, Asked, ProjectPath, require_project
from markaz.web.context import Connection, InstallationGiven, Transaction, allowed
from markaz.web.errors import ProjectUnknown, ZoneRefused
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.recordings import Hearer
from markaz.web.visitors import AddressGiven

_HISTORY: LiteralString = """
SELECT from_day, share_basis_points, zone, agreed_by, agreed_at FROM sample_terms
WHERE floor = %s AND project = %s ORDER BY from_day DESC LIMIT 200
"""
_LAST = """
SELECT greatest(
    (SELECT max(day) FROM sample_day WHERE floor = %(floor)s AND project = %(project)s),
    (SELECT max(from_day) FROM sample_terms WHERE floor = %(floor)s AND project = %(project)s)
), (SELECT min(zone) FROM sample_terms WHERE floor = %(floor)s AND project = %(project)s)
"""
_AGREE = """
INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by, agreed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp()) RETURNING agreed_at
"""

router = APIRouter(route_class=Once, prefix="/api/projects/{project}/sample/terms", tags=["listening"])

Agreeing = Annotated[Principal, Depends(allowed("sample.agree"))]


class Terms(BaseModel):
    """From `from_day` on, until the next terms, `share_percent` of the recorded contacts are drawn."""

    from_day: date
    share_percent: float
    zone: str = Field(description="In which the days of the sample begin and end")
    agreed_by: str
    agreed_at: datetime


class Agreed(Asked):
    """What the contract says. The zone is said once; a project's days never move."""

    share_basis_points: int = Field(ge=0, le=10_000, description="Hundredths of a per cent", examples=[500])
    zone: Annotated[str, Field(max_length=100, examples=["Asia/Tehran"])] | None = None


@router.get("", responses=refusals(*ANY, ProjectUnknown))
async def terms(
    project: ProjectPath, hearer: Hearer, installation: InstallationGiven, connection: Transaction
) -> list[Terms]:
    """All terms there ever were, the latest first."""
    await require_project(connection, project)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_HISTORY, (installation.floor, project))
        return [
            Terms(share_percent=percent_of(row.pop("share_basis_points")), **row) for row in await cursor.fetchall()
        ]


@router.post("", status_code=HTTPStatus.CREATED, responses=refusals(*ANY, ProjectUnknown, ZoneRefused))
async def agree_terms(
    project: ProjectPath,
    agreed: Agreed,
    manager: Agreeing,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Terms:
    """Say it from the first day on whose sample is not committed yet; days that are committed keep their share."""
    await require_project(connection, project)
    floor = installation.floor
    await listening.lock_terms(connection, floor)
    zone, from_day = await _from_day(connection, floor, project, agreed.zone, installation.clock())
    values = (floor, project, from_day, agreed.share_basis_points, zone, manager.id, manager.name)
    (agreed_at,) = await (await connection.execute(_AGREE, values)).fetchone() or (None,)
    assert agreed_at is not None
    share = percent_of(agreed.share_basis_points)
    told = {"share_percent": share, "from_day": from_day, "zone": zone}
    await audit_of_project(connection, "sample.agreed", project, f"project:{project}", address, **told)
    return Terms(from_day=from_day, share_percent=share, zone=zone, agreed_by=manager.name, agreed_at=agreed_at)


async def _from_day(
    connection: Connection, floor: str, project: str, asked_zone: str | None, now: datetime
) -> tuple[str, date]:
    """The zone, and the first day that has neither begun nor been committed. Raises `ZoneRefused`."""
    asked = {"floor": floor, "project": project}
    last, zone = await (await connection.execute(_LAST, asked)).fetchone() or (None, None)
    if zone is not None and asked_zone not in (None, zone):
        raise ZoneRefused(asked_zone or "", f"the project's days begin and end in {zone}")
    zone = zone or asked_zone or "UTC"
    try:
        tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneRefused(zone, "there is none of that name; Asia/Tehran is one") from error
    return zone, tomorrow if last is None else max(tomorrow, last + timedelta(days=1))


def percent_of(share_basis_points: int) -> float:
    return share_basis_points * 100 / listening.WHOLE_BASIS_POINTS
