"""Contacts as a sheet, for whoever may read them; that they were taken away stands in the audit trail."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Response
from psycopg.rows import dict_row

from markaz import organisation
from markaz.identity import audit
from markaz.web.commands import ANY
from markaz.web.contacts import LIST, Reader, Search, told_to
from markaz.web.context import Connection, Transaction
from markaz.web.errors import DigitsTooFew, NotPermittedThere
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

ROWS_MAX: Final = 20_000
"""The newest ones; who needs more asks by shorter times."""
CSV: Final = "text/csv; charset=utf-8"
_COLUMNS: Final = [
    "contact", "channel", "project", "number", "customer", "queue", "arrived_at", "queued_at", "answered_at",
    "closed_at", "outcome", "reason", "agents",
]  # fmt: skip
_CLIENTS = "SELECT client, array_agg(id) FROM project WHERE id = ANY (%s) GROUP BY client ORDER BY client"

router = APIRouter(prefix="/api", tags=["contacts"])


@router.get(
    "/contacts.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
    | refusals(*ANY, DigitsTooFew, NotPermittedThere),
)
async def contacts_sheet(principal: Reader, connection: Transaction, search: Search, address: AddressGiven) -> Response:
    """What `/api/contacts` lists, the newest 20,000. A client whose contacts are among them sees who took them."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(LIST, search | {"at": None, "contact": None, "limit": ROWS_MAX})
        rows = [told_to(principal, row) for row in await cursor.fetchall()]
    asked = {name: value for name, value in search.items() if value is not None and name != "floor"}
    for client, projects in await _clients(connection, {row["project"] for row in rows}):
        count = sum(row["project"] in projects for row in rows)
        told = asked if client is None else {name: value for name, value in asked.items() if name != "agent"}
        await audit(connection, "contacts.exported", "contacts", client=client, address=address, rows=count, asked=told)
    sheet = organisation.write_rows(_COLUMNS, ([_told(row[column]) for column in _COLUMNS] for row in rows))
    return Response(sheet, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="contacts.csv"'})


async def _clients(connection: Connection, projects: set[str]) -> list[tuple[str | None, list[str]]]:
    """Whose contacts they are, and their projects: each is told of its own alone.

    Nobody's when there are none, and then it is the centre's own matter.
    """
    found = await (await connection.execute(_CLIENTS, (sorted(projects),))).fetchall()
    return [(client, its) for client, its in found] or [(None, [])]


def _told(value: object) -> object:
    match value:
        case list():
            return " ".join(map(str, value))
        case datetime():
            return value.isoformat()
        case _:
            return value
