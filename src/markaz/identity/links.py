"""One-time links that the installation's owner makes: for the first administrator, and for a look at each role."""

from typing import Any

import psycopg

from markaz.identity.permissions import Role
from markaz.identity.tokens import new_token, token_hash

Connection = psycopg.AsyncConnection[Any]

HOURS: int = 24

_ADMINISTRATOR_CAME = """
SELECT EXISTS (SELECT FROM account WHERE centre = %s AND 'administrator' = ANY (roles) AND signed_in_at IS NOT NULL)
"""
_FIND = """
SELECT id FROM account
WHERE centre = %(centre)s AND roles = %(roles)s AND name = %(name)s AND email IS NULL
    AND client IS NOT DISTINCT FROM %(client)s AND agent IS NOT DISTINCT FROM %(agent)s
    AND removed_at IS NULL AND disabled_at IS NULL
"""
_ADD = """
INSERT INTO account (id, centre, client, agent, name, roles)
VALUES (gen_random_uuid()::text, %(centre)s, %(client)s, %(agent)s, %(name)s, %(roles)s) RETURNING id
"""
_CREDENTIAL = "INSERT INTO credential (account) VALUES (%s)"
_LINK = "INSERT INTO one_time_link (token, account, expires_at) VALUES (%s, %s, now() + make_interval(hours => %s))"


async def needs_administrator(connection: Connection, centre: str) -> bool:
    """Whether no administrator of the centre ever signed in."""
    found = await (await connection.execute(_ADMINISTRATOR_CAME, (centre,))).fetchone()
    return found is not None and not found[0]


async def make_link(
    connection: Connection, centre: str, role: Role, *, name: str, client: str | None = None, agent: str | None = None
) -> str:
    """The token of a link that signs in once, within a day, as the account of this name and role, made if need be.

    For the database's owner. The account has neither e-mail nor password until its user sets them.
    """
    given = {"centre": centre, "roles": [role], "name": name, "client": client, "agent": agent}
    async with connection.transaction():
        found = await (await connection.execute(_FIND, given)).fetchone()
        if found is None:
            found = await (await connection.execute(_ADD, given)).fetchone()
            assert found is not None
            await connection.execute(_CREDENTIAL, found)
        token = new_token()
        await connection.execute(_LINK, (token_hash(token), found[0], HOURS))
    return token
