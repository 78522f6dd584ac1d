"""What concerns a client is in the audit trail that the client sees, too."""

from typing import LiteralString

from markaz.identity import audit
from markaz.web.context import Connection

_OF_CONTACT = "SELECT client FROM project WHERE id = (SELECT project FROM contact WHERE floor = %s AND contact = %s)"
_OF_PROJECT = "SELECT client FROM project WHERE id = %s::text"


async def audit_of_contact(
    connection: Connection, action: str, floor: str, contact: str, address: str, **details: object
) -> None:
    """Append what was done to a contact; `details` and `address` as in `markaz.identity.audit`."""
    client = await _client(connection, _OF_CONTACT, floor, contact)
    await audit(connection, action, f"contact:{contact}", client=client, address=address, **details)


async def audit_of_recording(
    connection: Connection, action: str, floor: str, contact: str, recording: str, address: str, **details: object
) -> None:
    """Append what was done with a recording of a contact; the contact stands in the details."""
    client = await _client(connection, _OF_CONTACT, floor, contact)
    details = {"contact": contact, **details}
    await audit(connection, action, f"recording:{recording}", client=client, address=address, **details)


async def audit_of_project(
    connection: Connection, action: str, project: str | None, subject: str, address: str, **details: object
) -> None:
    """Append what was done to `subject`, which belongs to a project; None: to none, and so to the centre alone."""
    client = await _client(connection, _OF_PROJECT, project)
    await audit(connection, action, subject, client=client, address=address, **details)


async def _client(connection: Connection, query: LiteralString, *of: str | None) -> str | None:
    found = await (await connection.execute(query, of)).fetchone()
    return None if found is None else found[0]
