"""What requests about an organisation have in common: who asks, from which version, a bounded body, what came of it."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Header, Request
from pydantic import BaseModel, Field

from markaz import organisation
from markaz.identity import Principal, audit
from markaz.runtime import tell_changes
from markaz.web.bodies import body_of
from markaz.web.commands import ANY
from markaz.web.context import Connection, Transaction, allowed
from markaz.web.errors import NotPermitted, RequestUnreadable, VersionNeeded
from markaz.web.visitors import AddressGiven

READ = "organisation.read"
EDIT = "organisation.edit"
Reader = Annotated[Principal, Depends(allowed(READ))]

JSON_BYTES_MAX = 2_000_000
AUDITED_MAX = 10
"""Entries that the audit trail names; the history under the same number has them all."""

REFUSALS = (
    *ANY, organisation.SectionUnknown, organisation.EntryUnknown, organisation.DocumentRefused,
    organisation.EntryChangedMeanwhile, VersionNeeded, RequestUnreadable,
)  # fmt: skip

Kind = TypeVar("Kind")
IfMatch = Annotated[
    str | None,
    Header(description='The version from which the entry was taken, as its ETag said ("12"); * asks not'),
]


class Edited(BaseModel):
    """What became, or with `dry_run` would become, different: ids such as `queues.cards`."""

    version: int = Field(description="The organisation's version after it")
    added: list[str]
    changed: list[str]
    retired: list[str]
    dry_run: bool


def version_of(if_match: str | None) -> int | None:
    """None where the asker does not mind. Raises `VersionNeeded`."""
    if if_match is not None and if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"?([0-9]{1,15})"?\s*', if_match or "")
    if found is None:
        raise VersionNeeded
    return int(found[1])


async def json_body(request: Request, kind: type[Kind]) -> Kind:
    """Raises `RequestUnreadable` beside what `body_of` raises."""
    body = await body_of(request, JSON_BYTES_MAX)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise RequestUnreadable(str(error)) from error


@dataclass(frozen=True, slots=True)
class Editing:
    """Who edits, of the centre's own people or programs, in which transaction, and from where."""

    name: str
    centre: str
    connection: Connection
    address: str


def _editing(
    principal: Annotated[Principal, Depends(allowed(EDIT))],
    connection: Transaction,
    address: AddressGiven,
) -> Editing:
    if principal.client is not None:
        raise NotPermitted(EDIT)
    return Editing(principal.name, principal.centre, connection, address)


Editor = Annotated[Editing, Depends(_editing)]


async def finished(editor: Editing, changes: organisation.Changes, dry_run: bool) -> Edited:
    """Tell the centre's floors what became different, and the audit trail, within the request's transaction."""
    if changes and not dry_run:
        for floor in await organisation.floors_of(editor.connection, editor.centre):
            await tell_changes(editor.connection, floor, editor.centre, changes)
        touched = [*changes.added, *changes.changed, *changes.retired]
        told = {"entries": len(touched), "first": touched[:AUDITED_MAX]}
        subject = f"organisation:{changes.version}"
        await audit(editor.connection, "organisation.changed", subject, address=editor.address, **told)
    return Edited(
        version=changes.version,
        added=list(changes.added),
        changed=list(changes.changed),
        retired=list(changes.retired),
        dry_run=dry_run,
    )


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def json_in(schema: dict[str, Any]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its body itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
