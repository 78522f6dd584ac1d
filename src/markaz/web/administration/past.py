"""What was changed, by whom and when, with each entry before and after; and how to go back."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Response

from markaz import organisation
from markaz.web.administration.asking import REFUSALS, Edited, Editor, finished
from markaz.web.commands import ANY
from markaz.web.idempotency import Once
from markaz.web.problems import refusals

NUMBER_MAX = 2**53

router = APIRouter(route_class=Once, prefix="/api/organisation/history", tags=["organisation"])


@router.get("", response_class=Response, responses=refusals(*ANY))
async def past(
    editor: Editor,
    before: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="`next` of the page before")] = None,
    section: Annotated[str | None, Query(max_length=40)] = None,
    id: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The latest changes first; `why_not_undone` says why one can't be undone, null when it can as far as is known."""
    found = await organisation.changes(
        editor.connection, editor.centre, before=before, section=section, id=id, limit=limit
    )  # fmt: skip
    document = await organisation.load(editor.connection, editor.centre)
    shown = [
        {
            **msgspec.to_builtins(_without_passwords(change)),
            "why_not_undone": None if document is None else organisation.why_not_undone(document, change),
        }
        for change in found
    ]
    following = found[-1].number if len(found) == limit else None
    return Response(msgspec.json.encode({"changes": shown, "next": following}), media_type="application/json")


@router.post(
    "/{number}/undo", responses=refusals(*REFUSALS, organisation.ChangeUnknown, organisation.UndoRefused)
)  # fmt: skip
async def undo(
    number: Annotated[int, Path(ge=1, le=NUMBER_MAX)],
    editor: Editor,
    dry_run: Annotated[bool, Query()] = False,
) -> Edited:
    """Make the entries of a change what they were before it, as a change of its own."""
    made = await organisation.undo(editor.connection, editor.centre, number, made_by=editor.name, dry_run=dry_run)
    return await finished(editor, made, dry_run)


def _without_passwords(change: organisation.Change) -> organisation.Change:
    edits = tuple(
        msgspec.structs.replace(edit, before=_hidden(edit.before), after=_hidden(edit.after))
        if edit.section == "trunks"
        else edit
        for edit in change.edits
    )
    return msgspec.structs.replace(change, edits=edits)


def _hidden(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    return {**entry, "password": organisation.KEPT} if entry is not None and "password" in entry else entry
