"""What a request is served with: the installation, a transaction that sees what is the asker's, and who asks.

A request shows a session's cookie or an API key. The database itself finds out whose that is (`identity.enter_*`) and
shows the transaction nothing else; `allowed` then asks the one permissions table whether this may be done at all.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import psycopg
from fastapi import Depends
from fastapi.security import APIKeyCookie, HTTPBearer
from psycopg_pool import AsyncConnectionPool
from starlette.requests import HTTPConnection

from markaz.identity import PERMISSIONS, Principal, Prover, SecondFactors, SignIn, enter_key, enter_session
from markaz.identity.openid import Providers
from markaz.web.errors import NotPermitted, NotSignedIn
from markaz.web.turns import Turns

Connection = psycopg.AsyncConnection[Any]
SipAddress = Callable[[], tuple[str, int] | None]
"""Host and port at which agents' phones register now; None while telephony is not up."""

SESSION_COOKIE = "markaz_session"
_NAMES = frozenset(permission.name for permission in PERMISSIONS)

# These two only describe themselves in the OpenAPI document; `credential_of` reads what was sent.
_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="A session that began by signing in")
_bearer = HTTPBearer(auto_error=False, description="An API key, mk_...")


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows: a session's token or an API key."""

    kind: Literal["session", "key"]
    token: str

    def __repr__(self) -> str:
        return f"Credential({self.kind!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What bootstrap gave the web process. `pool` is of the database role that sees nothing by itself."""

    pool: AsyncConnectionPool[Connection]
    floor: str
    sip_address: SipAddress
    sip_socket: str
    """Where Asterisk takes SIP over WebSocket, a URL on this machine."""
    sign_in: SignIn
    prover: Prover
    factors: SecondFactors
    providers: Providers
    public_url: str | None
    clock: Callable[[], datetime]
    recordings: Path | None
    """The folder of recordings; None where it is on another machine."""
    computations: Turns
    """Of figures, for pages that wait."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """In which nobody has entered yet."""
        async with self.pool.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def entered(self, credential: Credential, *, of_one_moment: bool = False) -> AsyncIterator[Connection]:
        """Beside the request's own, for what must be kept whatever becomes of that, or for what is soon over.

        `of_one_moment`: every statement sees what the first one saw. Raises `NotSignedIn`.
        """
        async with self.transaction() as connection:
            if of_one_moment:
                await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if await enter(connection, credential) is None:
                raise NotSignedIn
            yield connection


def installation_of(connection: HTTPConnection) -> Installation:
    return connection.app.state.installation


def credential_of(connection: HTTPConnection) -> Credential | None:
    """What a request or a socket's handshake shows; a key goes before a cookie."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential("key", token.strip())
    session = connection.cookies.get(SESSION_COOKIE)
    return Credential("session", session) if session else None


async def enter(connection: Connection, credential: Credential | None) -> Principal | None:
    """Who asks; from here on the transaction sees what is theirs."""
    match credential:
        case None:
            return None
        case Credential(kind="session"):
            return await enter_session(connection, credential.token)
        case _:
            return await enter_key(connection, credential.token)


InstallationGiven = Annotated[Installation, Depends(installation_of)]
CredentialGiven = Annotated[Credential | None, Depends(credential_of)]


def _shown(credential: CredentialGiven) -> Credential:
    """Whoever shows nothing is refused before the database is asked."""
    if credential is None:
        raise NotSignedIn
    return credential


CredentialShown = Annotated[Credential, Depends(_shown)]


async def _transaction(asking: HTTPConnection, installation: InstallationGiven) -> AsyncIterator[Connection]:
    """One request is one transaction: it is committed before the answer is sent."""
    async with installation.transaction() as connection:
        asking.state.database = connection  # the answer is kept in it, when there is a key (`idempotency`)
        yield connection


Transaction = Annotated[Connection, Depends(_transaction, scope="function")]
"""`scope` function: the transaction ends before the answer goes out, so that what was answered is stored."""


def _described(
    credential: CredentialShown,
    _cookie_described: Annotated[str | None, Depends(_cookie)],
    _bearer_described: Annotated[object, Depends(_bearer)],
) -> Credential:
    """What is shown, with the two ways in which it may be in the OpenAPI document."""
    return credential


CredentialDescribed = Annotated[Credential, Depends(_described)]


async def signed_in(credential: CredentialDescribed, connection: Transaction) -> Principal:
    principal = await enter(connection, credential)
    if principal is None:
        raise NotSignedIn
    return principal


SignedIn = Annotated[Principal, Depends(signed_in)]
"""Whoever asks, signed in; raises `NotSignedIn`."""


async def _signed_in_briefly(credential: CredentialDescribed, installation: InstallationGiven) -> Principal:
    async with installation.transaction() as connection:
        return await signed_in(credential, connection)


SignedInBriefly = Annotated[Principal, Depends(_signed_in_briefly)]


class Allowed:
    """What `allowed` answers; `endpoints` finds `permission` there."""

    def __init__(self, permission: str) -> None:
        assert permission in _NAMES, f"{permission} is not in the table of permissions"
        self.permission = permission

    def __call__(self, principal: SignedIn) -> Principal:
        if not principal.may(self.permission):
            raise NotPermitted(self.permission)
        return principal


class _AllowedBriefly(Allowed):
    def __call__(self, principal: SignedInBriefly) -> Principal:
        return super().__call__(principal)


def allowed(permission: str) -> Callable[..., Principal]:
    """A dependency: who asks, and has `permission`. Raises `NotSignedIn`, `NotPermitted`."""
    return Allowed(permission)


def allowed_briefly(permission: str) -> Callable[..., Principal]:
    """Like `allowed`, and no transaction stays open: for what opens its own, so that a request never holds two."""
    return _AllowedBriefly(permission)


Later = Callable[[], AbstractAsyncContextManager[Connection]]


async def _later(
    asking: HTTPConnection, installation: InstallationGiven, credential: CredentialShown
) -> AsyncIterator[Later]:
    async with AsyncExitStack() as held:

        @asynccontextmanager
        async def opened() -> AsyncIterator[Connection]:
            connection = await held.enter_async_context(installation.entered(credential))
            asking.state.database = connection
            yield connection

        yield opened


LaterTransaction = Annotated[Later, Depends(_later, scope="function")]
"""The request's transaction, opened (once) when all else is done: whoever hashes a password before holds none then."""


async def enter_socket(connection: HTTPConnection, permission: str) -> Principal:
    """Who opens a socket, checked once, at its handshake. Raises `NotSignedIn`, `NotPermitted`.

    Its later transactions enter by themselves, with `enter`, and find out when the session has ended.
    """
    credential = credential_of(connection)
    if credential is None:
        raise NotSignedIn
    return allowed(permission)(await _signed_in_briefly(credential, installation_of(connection)))
