"""The audit trail: what was done, by whom, in a chain of hashes that nobody can mend after changing it."""

from typing import Any

import msgspec
import psycopg

Connection = psycopg.AsyncConnection[Any]

_APPEND = "SELECT audit(%s, %s, %s, %s, %s)"


async def audit(
    connection: Connection,
    action: str,
    subject: str,
    *,
    client: str | None = None,
    address: str,
    **details: Any,
) -> None:
    """Append what the one who is signed in did, within the caller's transaction; others of the centre wait for its end.

    `action` is a noun and what happened to it (`recording.played`), `subject` a kind and an id (`recording:o17`).
    `client`: whose matter it is, who then sees the entry too. `details` are for people, and never secrets.
    """
    body = msgspec.json.encode(details).decode()
    await connection.execute(_APPEND, (action, subject, client, body, address))
