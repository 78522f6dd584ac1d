"""What customers' contacts left, as sheets; that they were taken away stands in the audit trail of both sides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import Response

from markaz import organisation
from markaz.identity import audit
from markaz.web.context import Connection

ROWS_MAX: Final = 20_000
"""The newest ones; who needs more asks by shorter times."""
CSV: Final = "text/csv; charset=utf-8"
IS_SHEET: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""For an endpoint's `responses`."""
_CLIENTS = "SELECT client, array_agg(id) FROM project WHERE id = ANY (%s) GROUP BY client ORDER BY client"


def sheet(name: str, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A file `<name>.csv` with these columns of the rows."""
    text = organisation.write_rows(columns, ([_told(row[column]) for column in columns] for row in rows))
    return Response(text, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


async def audit_taken(
    connection: Connection, subject: str, rows: Sequence[Mapping[str, Any]], search: Mapping[str, Any], address: str
) -> None:
    """`<subject>.exported`: how many rows, and by what search, told to each client for its own projects' alone.

    A search by agent is the centre's own matter.
    """
    asked = {name: value for name, value in search.items() if value is not None and name != "floor"}
    for client, projects in await _clients(connection, {row["project"] for row in rows}):
        count = sum(row["project"] in projects for row in rows)
        told = asked if client is None else {name: value for name, value in asked.items() if name != "agent"}
        await audit(connection, f"{subject}.exported", subject, client=client, address=address, rows=count, asked=told)


async def _clients(connection: Connection, projects: set[str]) -> list[tuple[str | None, list[str]]]:
    """Whose they are, and their projects. Nobody's when there are none, and then it is the centre's own matter."""
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
