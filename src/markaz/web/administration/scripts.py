"""The script that an agent follows."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from markaz import organisation
from markaz.identity import Principal
from markaz.web.administration.shapes import json_of
from markaz.web.commands import ANY, ProjectPath
from markaz.web.context import Transaction, allowed
from markaz.web.problems import refusals

PERMISSION = "desk.use"
VERSION_MAX = 2**31 - 1

router = APIRouter(prefix="/api/scripts", tags=["agent desk"])


@router.get(
    "/{project}",
    response_class=Response,
    responses={200: json_of("PublishedScript")} | refusals(*ANY, organisation.ScriptUnknown),
)
async def script(
    project: ProjectPath,
    principal: Annotated[Principal, Depends(allowed(PERMISSION))],
    connection: Transaction,
    version: Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="The one a contact began with")] = None,
    script: Annotated[str | None, Query(max_length=100, description="The script it began with")] = None,
) -> Response:
    """The version that is live, with the project's dispositions; a version once read never changes."""
    found = await organisation.published_script(
        connection, principal.centre, project, version=version, script=script
    )  # fmt: skip
    return Response(msgspec.json.encode(found), media_type="application/json")
