"""What the web process reaches the database with: a role that cannot bypass row-level security, and keys of its own.

The contexts it needs are loaded late: commands that only look at what runs would wait for them.
"""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from markaz.bootstrap.settings import Settings, secret
from markaz.kit.errors import MarkazError

if TYPE_CHECKING:
    import psycopg

WEB_ROLE: Final = "markaz_web"
KEY_SCOPES: Final = {
    "web-key": ("desk.act", "floor.see", "projects.pause", "contacts.read", "organisation.read", "figures.read"),
    "web-floor": ("floor.replicate",),
}
"""Secrets from which keys are derived, and what those open: the demo's and the tests' key, and the web's own view."""

_ROLE = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR NOT rolcanlogin FROM pg_roles WHERE rolname = %s
"""


@dataclass(eq=False)
class WebRoleUnsafe(MarkazError):
    """The database's role markaz_web has rights that the web must not have: ALTER ROLE it back, or drop it."""

    code: ClassVar[str] = "web_role_unsafe"


def web_database_url(settings: Settings, owner_url: str) -> str:
    """The database as the web's role sees it."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(owner_url, user=WEB_ROLE, password=secret(settings, "database-web"))


def ensure_web_role(settings: Settings, owner_url: str) -> None:
    """Give the web's role this installation's password, where it has another. Raises `WebRoleUnsafe`.

    One role serves a whole PostgreSQL server: installations that share a server share `secrets/database-web`.
    """
    import psycopg
    from psycopg import sql

    url = web_database_url(settings, owner_url)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        found = owner.execute(_ROLE, (WEB_ROLE,)).fetchone()
        if found is None or found[0]:
            raise WebRoleUnsafe
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            password = secret(settings, "database-web").encode()
            verifier = owner.pgconn.encrypt_password(password, WEB_ROLE.encode(), b"scram-sha-256").decode()
            change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(WEB_ROLE), sql.Literal(verifier))
            owner.execute(change)


def installation_key(settings: Settings, name: str = "web-key") -> str:
    """The API key with the scopes of `KEY_SCOPES[name]` for the floor of `settings`."""
    from markaz import identity

    return identity.derived_key(secret(settings, name), settings.floor)


async def ensure_keys(settings: Settings, connection: "psycopg.AsyncConnection[Any]") -> None:
    """Let this installation's own keys open what they should, as soon as the floor serves a centre."""
    from markaz import identity, organisation

    centre = await organisation.centre_of(connection, settings.floor)
    if centre is None:
        return
    for name, scopes in KEY_SCOPES.items():
        token = installation_key(settings, name)
        await identity.ensure_key(connection, token, centre=centre, name=name, scopes=scopes)


def prepare_web_access(settings: Settings, owner_url: str) -> None:
    """Both, before the web process is started."""
    from markaz.runtime import connect

    async def keys() -> None:
        async with await connect(owner_url) as connection:
            await ensure_keys(settings, connection)

    ensure_web_role(settings, owner_url)
    asyncio.run(keys())


def encryption_key(settings: Settings) -> bytes:
    """What second factors are encrypted with: a Fernet key, from the installation's secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret(settings, "encryption").encode()).digest())
