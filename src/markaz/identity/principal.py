"""Who asks: the database finds out from a token, and shows for the rest of the transaction what is theirs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec
import psycopg

from markaz.identity.permissions import Role
from markaz.identity.tokens import token_hash

Connection = psycopg.AsyncConnection[Any]

_ENTER_SESSION = "SELECT enter_session(%s)::text"
_ENTER_KEY = "SELECT enter_key(%s)::text"
_ENSURE_KEY = """
INSERT INTO api_key (id, token, centre, name, scopes, installation)
VALUES (gen_random_uuid()::text, %(token)s, %(centre)s, %(name)s, %(scopes)s, true)
ON CONFLICT (token) DO UPDATE SET centre = excluded.centre, scopes = excluded.scopes
"""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is signed in, or an API key; `id` is the user's or the key's.

    `client`: whoever belongs to one sees that client's alone. `agent`: as which agent contacts are taken.
    """

    kind: Literal["user", "key"]
    id: str = msgspec.field(name="user")
    name: str
    centre: str
    client: str | None
    agent: str | None
    roles: tuple[Role, ...]
    permissions: frozenset[str]
    session: str | None
    expires_at: datetime | None

    def may(self, permission: str) -> bool:
        return permission in self.permissions


async def enter_session(connection: Connection, token: str) -> Principal | None:
    """Let the rest of the transaction see what the session's user may see; None when there is no such session."""
    return await _entered(connection, _ENTER_SESSION, token)


async def enter_key(connection: Connection, token: str) -> Principal | None:
    """The same for an API key."""
    return await _entered(connection, _ENTER_KEY, token)


async def ensure_key(connection: Connection, token: str, *, centre: str, name: str, scopes: Iterable[str]) -> None:
    """Let a part of this installation ask with `token`; for the database's owner."""
    given = {"token": token_hash(token), "centre": centre, "name": name, "scopes": sorted(scopes)}
    await connection.execute(_ENSURE_KEY, given)


async def _entered(connection: Connection, statement: Any, token: str) -> Principal | None:
    if not token.isascii() or "\0" in token:  # no token of ours
        return None
    found = await (await connection.execute(statement, (token,))).fetchone()
    return None if found is None or found[0] is None else msgspec.json.decode(found[0], type=Principal)
