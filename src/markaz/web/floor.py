"""The floor as it was a moment ago, and what came to its queues in the last two hours."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from markaz.web.commands import ANY
from markaz.web.context import InstallationGiven, Transaction, allowed
from markaz.web.errors import FloorSilent, NotPermitted, NotSignedIn
from markaz.web.live import Live
from markaz.web.problems import refusals

_LATEST = "SELECT body::text FROM floor_live WHERE floor = %s"
_VIEW = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/LiveView"}}}}

router = APIRouter(prefix="/api", tags=["floor"], dependencies=[Depends(allowed("floor.see"))])


@router.get(
    "/floor", response_class=Response, responses={200: _VIEW} | refusals(NotSignedIn, NotPermitted, FloorSilent)
)
async def floor(installation: InstallationGiven, connection: Transaction) -> Response:
    """Queues, agents and contacts as the floor last reported them (`at`: microseconds since 1970, UTC)."""
    cursor = await connection.execute(_LATEST, (installation.floor,))
    found = await cursor.fetchone()
    if found is None:
        raise FloorSilent(installation.floor)
    return Response(found[0], media_type="application/json")


class FiveMinutes(BaseModel):
    """Who entered a queue in five minutes, and what became of them; `service_level` None: nobody came."""

    began_at: datetime
    offered: int
    answered: int
    abandoned: int
    service_level: float | None = Field(description="0 to 1, by the queue's target, as reports count it")


@router.get("/floor/series", responses=refusals(*ANY))
async def series(request: Request, connection: Transaction) -> dict[str, list[FiveMinutes]]:
    """The last two hours of each queue, the present five minutes last."""
    live: Live = request.app.state.live
    return {
        queue: [
            FiveMinutes(
                began_at=slot.began_at,
                offered=slot.figures.offered,
                answered=slot.figures.answered,
                abandoned=slot.figures.abandoned,
                service_level=slot.figures.service_level,
            )
            for slot in slots
        ]
        for queue, slots in (await live.series(request)).items()
    }
