"""The floor as it was a moment ago."""

from fastapi import APIRouter, Depends, Response

from markaz.web.context import InstallationGiven, Transaction, allowed
from markaz.web.errors import FloorSilent, NotPermitted, NotSignedIn
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
