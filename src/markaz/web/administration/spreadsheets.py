"""Parts of the organisation as CSV, out and in."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from markaz import organisation
from markaz.web.administration.asking import REFUSALS, Edited, Editor, Reader, etag, finished
from markaz.web.bodies import body_of
from markaz.web.commands import ANY
from markaz.web.context import Transaction
from markaz.web.idempotency import Once
from markaz.web.problems import refusals

CSV = "text/csv; charset=utf-8"
_CSV: dict[str, Any] = {"text/csv": {"schema": {"type": "string"}}}

SheetPath = Annotated[str, Path(max_length=40, pattern="^[a-z_]+$", examples=["agents"])]

router = APIRouter(route_class=Once, prefix="/api/organisation", tags=["organisation"])


class Imported(BaseModel):
    """What came of a sheet."""

    rows: int = Field(description="Lines beside the first one")
    unchanged: int
    edited: Edited


@router.get(
    "/{sheet}.csv",
    response_class=Response,
    responses={200: {"content": _CSV}} | refusals(*ANY, organisation.SectionUnknown, organisation.EntryUnknown),
)
async def export(sheet: SheetPath, reader: Reader, connection: Transaction) -> Response:
    """A sheet of a section (or of `holidays`), which can be changed and sent back."""
    _require_sheet(sheet)
    version = await organisation.version(connection, reader.centre)
    document = await organisation.load(connection, reader.centre)
    if document is None:
        raise organisation.EntryUnknown("centre", reader.centre)
    headers = {"Content-Disposition": f'attachment; filename="{sheet}.csv"', **etag(version)}
    return Response(organisation.write_sheet(sheet, document), media_type=CSV, headers=headers)


@router.post(
    "/{sheet}.csv",
    responses=refusals(*REFUSALS, organisation.SheetRefused),
    openapi_extra={"requestBody": {"required": True, "content": _CSV}},
)
async def bring(
    sheet: SheetPath,
    request: Request,
    editor: Editor,
    dry_run: Annotated[bool, Query(description="Only say what would change, and every problem")] = False,
    replace: Annotated[bool, Query(description="Retire what no line speaks of")] = False,
) -> Imported:
    """Change the organisation as the sheet says, all of it or nothing; every problem is told with its line."""
    _require_sheet(sheet)
    data = await body_of(request, organisation.SHEET_BYTES_MAX)
    made = await organisation.bring(
        editor.connection, editor.centre, sheet, data, made_by=editor.name, replace=replace, dry_run=dry_run
    )  # fmt: skip
    edited = await finished(editor, made.changes, dry_run)
    touched = len(edited.added) + len(edited.changed)
    return Imported(rows=made.rows, unchanged=max(0, made.rows - touched), edited=edited)


def _require_sheet(sheet: str) -> None:
    if sheet not in organisation.SHEETS:
        raise organisation.SectionUnknown(f"{sheet}.csv", ", ".join(f"{name}.csv" for name in organisation.SHEETS))
