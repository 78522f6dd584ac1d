"""What whoever opens `/api/live` may see, by the session or key they show; and as whom the process itself reads."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import psycopg
from starlette.requests import HTTPConnection

from markaz.identity import Principal, enter_key
from markaz.runtime import connect
from markaz.web.context import Connection, credential_of, enter, installation_of
from markaz.web.errors import NotSignedIn
from markaz.web.live import CENTRE, Opened, Sight

_FLOOR = "SELECT 1 FROM floor WHERE id = %s"
_PROJECTS = "SELECT id FROM project WHERE retired_at IS NULL"


def enter_as(key: str) -> Callable[[psycopg.AsyncConnection[Any]], Awaitable[None]]:
    """For the copy of the floor: begin each of its transactions as the holder of `key`. Raises `NotSignedIn`."""

    async def entered(connection: psycopg.AsyncConnection[Any]) -> None:
        if await enter_key(connection, key) is None:
            raise NotSignedIn

    return entered


def session_ends(url: str) -> Callable[[], AsyncGenerator[str]]:
    """Sessions, by id, as they end."""

    async def ends() -> AsyncGenerator[str]:
        async with await connect(url) as connection:
            await connection.execute("LISTEN markaz_session_ended")
            async for told in connection.notifies():
                yield told.payload

    return ends


async def opened(connection: HTTPConnection) -> Opened | None:
    """What the opener may see now; None when not, or no more, signed in. Looking does not prolong a session.

    A request that has its transaction looks with that: one that waits for a second connection keeps the first from
    who has the second.
    """
    held: Connection | None = getattr(connection.state, "database", None)
    if held is not None:
        return await _seen_by(connection, held)
    async with installation_of(connection).pool.connection() as own, own.transaction(force_rollback=True):
        return await _seen_by(connection, own)


async def _seen_by(connection: HTTPConnection, database: Connection) -> Opened | None:
    principal = await enter(database, credential_of(connection))
    floor = installation_of(connection).floor
    if principal is None or not principal.may("live.see") or not await is_theirs(database, floor):
        return None
    return Opened(await sight_of(principal, database), principal.id, principal.session)


async def is_theirs(database: Connection, floor: str) -> bool:
    """Whether the floor is of the centre of who has entered: somebody else's people sign in here as well."""
    return await (await database.execute(_FLOOR, (floor,))).fetchone() is not None


async def sight_of(principal: Principal, database: Connection) -> Sight:
    """`database` is a transaction that the principal entered."""
    if principal.client is not None:
        cursor = await database.execute(_PROJECTS)
        projects = frozenset(project for (project,) in await cursor.fetchall())
        return Sight("client", projects=projects, client=principal.client)
    return CENTRE if principal.may("floor.see") else Sight("agent", agent=principal.agent)
