"""What a request is served with: the installation's database, its floor, and the right to ask."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from psycopg_pool import AsyncConnectionPool

from markaz.web.errors import NotAuthorised

Connection = psycopg.AsyncConnection[Any]
SipAddress = Callable[[], tuple[str, int] | None]
"""Host and port at which agents' phones register now; None while telephony is not up."""

_bearer = HTTPBearer(auto_error=False, description="The installation's web token")


@dataclass(frozen=True, slots=True)
class Installation:
    """What bootstrap gave the web process."""

    pool: AsyncConnectionPool[Connection]
    floor: str
    token: str
    sip_address: SipAddress


def _installation(request: Request) -> Installation:
    return request.app.state.installation


async def _transaction(
    installation: Annotated[Installation, Depends(_installation)],
) -> AsyncIterator[Connection]:
    """One request is one transaction: it is committed before the answer is sent."""
    async with installation.pool.connection() as connection, connection.transaction():
        yield connection


def authorised(
    installation: Annotated[Installation, Depends(_installation)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Refuse whoever has not the installation's token. Raises `NotAuthorised`."""
    given = credentials.credentials if credentials is not None else ""
    if not secrets.compare_digest(given.encode(), installation.token.encode()):
        raise NotAuthorised


InstallationGiven = Annotated[Installation, Depends(_installation)]
Transaction = Annotated[Connection, Depends(_transaction, scope="function")]
"""`scope` function: the transaction ends before the answer goes out, so that what was answered is stored."""
