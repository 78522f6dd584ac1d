"""A new number live at once."""

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field

from markaz import organisation
from markaz.web.administration.asking import REFUSALS, Edited, Editor, finished, json_body, json_in
from markaz.web.administration.shapes import ref
from markaz.web.idempotency import Once
from markaz.web.problems import refusals

router = APIRouter(route_class=Once, prefix="/api/numbers", tags=["organisation"])


class NumberMade(Edited):
    """What was made for the number, beside what became different."""

    number: str
    project: str
    queue: str
    greeting: str = Field(description="The prompt that greets")


@router.post(
    "/quick",
    responses=refusals(*REFUSALS),
    openapi_extra=json_in({"$ref": ref("NewNumber")}),
)
async def quick(
    request: Request,
    editor: Editor,
    dry_run: bool = Query(default=False),
) -> NumberMade:
    """Make everything that a number needs: greeting, flow, queue, script and project, where they are not there yet."""
    asked = await json_body(request, organisation.NewNumber)
    document = await organisation.load(editor.connection, editor.centre)
    if document is None:
        raise organisation.EntryUnknown("centre", editor.centre)
    edits = organisation.edits_for_number(document, asked)
    made = await organisation.edit(
        editor.connection, editor.centre, edits, made_by=editor.name, how="new_number", dry_run=dry_run
    )  # fmt: skip
    edited = await finished(editor, made, dry_run)
    after = organisation.edited(document, edits)
    number = next(one for one in after.numbers if one.id == asked.number)
    flow = next(one for one in after.flows if one.id == number.flow)
    nodes = msgspec.to_builtins(flow.nodes)
    return NumberMade(
        **edited.model_dump(), number=number.id, project=number.project, queue=nodes["queue"]["queue"],
        greeting=nodes["greeting"]["prompt"],
    )  # fmt: skip
