"""The organisation as it is, and its entries changed one by one or many at once, all or nothing."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from markaz import organisation
from markaz.web.administration.asking import (
    REFUSALS,
    Edited,
    Editor,
    IfMatch,
    Reader,
    etag,
    finished,
    json_body,
    json_in,
    version_of,
)
from markaz.web.administration.shapes import json_of, ref
from markaz.web.commands import ANY
from markaz.web.context import Connection, Transaction
from markaz.web.idempotency import Once
from markaz.web.problems import refusals

Section = Annotated[str, Path(max_length=40, examples=["agents"])]
EntryId = Annotated[str, Path(max_length=100, examples=["amira"])]
DryRun = Annotated[bool, Query(description="Only say what would change, and all that is wrong")]

_READ = refusals(*ANY, organisation.SectionUnknown, organisation.EntryUnknown)

router = APIRouter(route_class=Once, prefix="/api/organisation", tags=["organisation"])


_EDIT = {
    "type": "object",
    "required": ["section", "id"],
    "additionalProperties": False,
    "properties": {
        "section": {"type": "string"},
        "id": {"type": "string"},
        "entry": {"anyOf": [{"$ref": ref("Entry")}, {"type": "null"}]},
    },
}
_ASKED = {
    "type": "object",
    "required": ["edits"],
    "additionalProperties": False,
    "properties": {
        "edits": {"type": "array", "items": _EDIT},
        "version": {"type": ["integer", "null"]},
        "dry_run": {"type": "boolean", "default": False},
    },
}


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several edits at once. `version`: from which one they were taken; None asks not."""

    edits: tuple[organisation.Edit, ...]
    version: int | None = None
    dry_run: bool = False


@router.get("", response_class=Response, responses={200: json_of("Document")} | _READ)
async def whole(reader: Reader, connection: Transaction) -> Response:
    """Everything, without passwords; the ETag is the version, which also stands in it."""
    version, document = await _document(connection, reader.centre)
    shown = {"version": version, **msgspec.to_builtins(organisation.shown(document))}
    return _json(shown, version)


@router.post("/changes", responses=refusals(*REFUSALS), openapi_extra=json_in(_ASKED))
async def changes(request: Request, editor: Editor) -> Edited:
    """Make several edits, all or none; an edit without an entry retires it."""
    asked = await json_body(request, Asked)
    made = await organisation.edit(
        editor.connection,
        editor.centre,
        asked.edits,
        made_by=editor.name,
        version=asked.version,
        dry_run=asked.dry_run,
    )
    return await finished(editor, made, asked.dry_run)


@router.get("/{section}", response_class=Response, responses=_READ)
async def entries(section: Section, reader: Reader, connection: Transaction) -> Response:
    """The entries of one section, by id."""
    version, found = await _entries(connection, reader.centre, section)
    return _json({"version": version, "entries": found}, version)


@router.get("/{section}/{id}", response_class=Response, responses={200: json_of("Entry")} | _READ)
async def entry(section: Section, id: EntryId, reader: Reader, connection: Transaction) -> Response:
    """One entry; send its ETag as If-Match when you change it."""
    version, found = await _entries(connection, reader.centre, section)
    name = "number" if section == "numbers" else "id"
    one = next((entry for entry in found if entry[name] == id), None)
    if one is None:
        raise organisation.EntryUnknown(section, id)
    return _json(one, version)


@router.put(
    "/{section}/{id}",
    responses=refusals(*REFUSALS),
    openapi_extra=json_in({"$ref": ref("Entry")}),
)
async def put(
    section: Section,
    id: EntryId,
    request: Request,
    response: Response,
    editor: Editor,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Edited:
    """Make the entry what the body says, or add it; whatever else the organisation says must stay true."""
    _require_section(section)
    version = version_of(if_match)
    body = await json_body(request, dict[str, Any])
    asked = organisation.Edit(section=section, id=id, entry=body)
    return await _one(asked, version, response, editor, dry_run)


@router.delete("/{section}/{id}", responses=refusals(*REFUSALS))
async def delete(
    section: Section,
    id: EntryId,
    response: Response,
    editor: Editor,
    if_match: IfMatch = None,
    dry_run: DryRun = False,
) -> Edited:
    """Retire the entry: what is past keeps its name. Refused while something names it."""
    _require_section(section)
    asked = organisation.Edit(section=section, id=id)
    return await _one(asked, version_of(if_match), response, editor, dry_run)


async def _one(
    asked: organisation.Edit,
    version: int | None,
    response: Response,
    editor: Editor,
    dry_run: bool,
) -> Edited:
    made = await organisation.edit(
        editor.connection, editor.centre, [asked], made_by=editor.name, version=version, dry_run=dry_run
    )
    response.headers.update(etag(made.version))
    return await finished(editor, made, dry_run)


def _require_section(section: str) -> None:
    if section != "centre" and section not in organisation.SECTIONS:
        raise organisation.SectionUnknown(section, ", ".join(("centre", *organisation.SECTIONS)))


async def _document(connection: Connection, centre: str) -> tuple[int, organisation.Document]:
    version = await organisation.version(connection, centre)
    document = await organisation.load(connection, centre)
    if document is None:
        raise organisation.EntryUnknown("centre", centre)
    return version, document


async def _entries(connection: Connection, centre: str, section: str) -> tuple[int, list[dict[str, Any]]]:
    _require_section(section)
    version = await organisation.version(connection, centre)
    if section == "centre":
        found: Sequence[Any] = [(await _document(connection, centre))[1].centre]
    else:
        found = await organisation.entries(connection, section, centre=centre)
    shown = [organisation.shown_trunk(one) if isinstance(one, organisation.Trunk) else one for one in found]
    return version, [msgspec.to_builtins(one) for one in shown]


def _json(body: object, version: int) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json", headers=etag(version))
