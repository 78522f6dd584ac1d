"""Is everything running? For load balancers, watchdogs and people."""

from http import HTTPStatus
from typing import Any, Literal

import psycopg
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from markaz.runtime import FLOOR_SILENT_SECONDS_MAX
from markaz.web.context import Installation, InstallationGiven

WORKER_SECONDS_BEHIND_MAX = 30.0
"""A row of the journal that no report shows after so long means that the worker stands still."""

_STATE = """
SELECT age_seconds, is_spooling, telephony, dropped, rows_behind, seconds_behind, refused FROM floor_health(%s)
"""

router = APIRouter(tags=["health"])


class FloorHealth(BaseModel):
    """The floor process, by its last live report (one a second)."""

    report_age_seconds: float
    is_spooling: bool = Field(description="Its journal goes to a local file because it cannot reach the database")
    telephony: str
    stimuli_dropped: int


class WorkerHealth(BaseModel):
    """The process that folds the journal into read models."""

    rows_behind: int = Field(description="Rows of the journal that reports do not show yet")


class Health(BaseModel):
    """`failing` when any of `problems` is there; `floor` and `worker` are absent when they cannot be known."""

    status: Literal["ok", "failing"]
    database: Literal["up", "away"]
    floor: FloorHealth | None = None
    worker: WorkerHealth | None = None
    problems: list[str]


@router.get("/health", responses={503: {"model": Health, "description": "Something needs attention; see `problems`"}})
async def health(installation: InstallationGiven, response: Response) -> Health:
    """Whether database, floor and worker do their work; needs no token."""
    found = await _health(installation)
    if found.status == "failing":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return found


async def _health(installation: Installation) -> Health:
    try:
        async with installation.pool.connection() as connection:
            cursor = await connection.execute(_STATE, (installation.floor,))
            found: tuple[Any, ...] = await cursor.fetchone() or ()
    except (psycopg.OperationalError, psycopg.InterfaceError):
        return Health(status="failing", database="away", problems=["The database does not answer."])
    age_seconds, is_spooling, telephony, dropped, rows_behind, seconds_behind, refused = found
    problems: list[str] = []
    floor: FloorHealth | None = None
    if age_seconds is None:
        problems.append("The floor has never reported: start it with `markaz serve`.")
    else:
        floor = FloorHealth(
            report_age_seconds=round(age_seconds, 3),
            is_spooling=is_spooling,
            telephony=telephony,
            stimuli_dropped=dropped,
        )
        problems += _floor_problems(floor)
    if seconds_behind > WORKER_SECONDS_BEHIND_MAX:
        problems.append(f"The worker is {seconds_behind:.0f} s of the journal behind: is it running?")
    if refused:
        problems.append(f"{refused} messages in the inbox cannot be read; the table `inbox` says why.")
    return Health(
        status="failing" if problems else "ok",
        database="up",
        floor=floor,
        worker=WorkerHealth(rows_behind=rows_behind),
        problems=problems,
    )


def _floor_problems(floor: FloorHealth) -> list[str]:
    problems: list[str] = []
    if floor.report_age_seconds > FLOOR_SILENT_SECONDS_MAX:
        problems.append(f"The floor last reported {floor.report_age_seconds:.0f} s ago: is `markaz serve` running?")
    if floor.is_spooling:
        problems.append("The floor cannot reach the database and writes its journal to a local file.")
    if floor.stimuli_dropped:
        problems.append(f"The floor was overrun and dropped {floor.stimuli_dropped} stimuli.")
    return problems
