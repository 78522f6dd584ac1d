"""SIP over WebSocket (RFC 7118) between an agent's browser and Asterisk, passed on as it is.

So one origin, one certificate and one session carry everything, and Asterisk's own http server stays on the loopback.
Only signalling comes this way: sound goes between browser and Asterisk directly, and outlives this socket.
"""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Awaitable
from typing import Final

import psycopg
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.websockets import WebSocketState
from psycopg_pool import PoolTimeout, TooManyRequests
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from markaz.identity import Principal
from markaz.web.context import Credential, Installation, credential_of, enter, installation_of
from markaz.web.watching import is_theirs

PERMISSION: Final = "desk.use"
SUBPROTOCOL: Final = Subprotocol("sip")
MESSAGE_BYTES_MAX: Final = 16_384
"""A browser's offer with its candidates has 2 to 6 kB."""
SOCKETS_MAX: Final = 2_000
SOCKETS_OF_ONE_MAX: Final = 20
"""Of one person or key; a page has one, and one more while it connects anew."""
OPEN_SECONDS_MAX: Final = 5.0
SEND_SECONDS_MAX: Final = 5.0
SESSION_CHECK_SECONDS: Final = 10.0

SESSION_OVER: Final = 4401
NOT_PERMITTED: Final = 4403
TOO_MANY: Final = 4429
UNAVAILABLE: Final = 1013
MESSAGE_REFUSED: Final = 1008
MESSAGE_TOO_LARGE: Final = 1009

_METHODS: Final = frozenset(
    {"REGISTER", "ACK", "BYE", "CANCEL", "INFO", "INVITE", "OPTIONS", "PRACK", "REFER", "UPDATE"}
)
_OUTSIDE_DIALOGS: Final = frozenset({"REGISTER", "OPTIONS", "ACK", "CANCEL"})
"""What may come without belonging to a call that Asterisk began: a phone dials nobody, the floor does."""
_REQUEST = re.compile(r"([A-Z]{3,20}) sips?:[^\s]+ SIP/2\.0\r\n")
_TO_TAG = re.compile(r"^(?:to|t)[ \t]*:.*;[ \t]*tag=", re.IGNORECASE | re.MULTILINE)
_KEEP_ALIVE = re.compile(r"(?:\r\n)*")

log = logging.getLogger(__name__)

router = APIRouter(tags=["agent desk"])


class Sockets:
    """How many phones are connected through this process, and how many of them are of one person or key."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()


@router.websocket("/api/phone")
async def phone(socket: WebSocket) -> None:
    """Pass SIP on between the browser of an agent who is signed in and Asterisk, until the session or either ends."""
    installation: Installation = installation_of(socket)
    sockets: Sockets = socket.app.state.phone_sockets
    credential = credential_of(socket)
    code, principal = await _refusal(installation, credential, socket, sockets)
    if code is not None or credential is None or principal is None:
        # Accepted first: a browser is told the code of an open socket's end alone.
        await socket.accept(SUBPROTOCOL if code != MESSAGE_REFUSED else None)
        await socket.close(code or SESSION_OVER)
        return
    sockets.open[principal.id] += 1
    try:
        await _serve(socket, installation, credential)
    finally:
        sockets.open -= Counter({principal.id: 1})


async def _refusal(
    installation: Installation, credential: Credential | None, socket: WebSocket, sockets: Sockets
) -> tuple[int | None, Principal | None]:
    """The code with which the socket is refused, or whose it is."""
    if SUBPROTOCOL not in socket.scope.get("subprotocols", ()):
        return MESSAGE_REFUSED, None
    try:
        principal = await _principal(installation, credential)
    except (psycopg.Error, PoolTimeout, TooManyRequests):
        return UNAVAILABLE, None
    if principal is None:
        return SESSION_OVER, None
    if not principal.may(PERMISSION) or not (principal.agent or principal.may("desk.act")):
        return NOT_PERMITTED, None
    if sockets.open.total() >= SOCKETS_MAX or sockets.open[principal.id] >= SOCKETS_OF_ONE_MAX:
        return TOO_MANY, None
    return None, principal


async def _principal(installation: Installation, credential: Credential | None) -> Principal | None:
    """None when nobody is signed in, or of another centre. Looking does not prolong a session."""
    if credential is None:
        return None
    async with installation.pool.connection() as database, database.transaction(force_rollback=True):
        principal = await enter(database, credential)
        return principal if principal is not None and await is_theirs(database, installation.floor) else None


async def _serve(socket: WebSocket, installation: Installation, credential: Credential) -> None:
    try:
        async with connect(
            installation.sip_socket,
            subprotocols=[SUBPROTOCOL],
            max_size=MESSAGE_BYTES_MAX,
            open_timeout=OPEN_SECONDS_MAX,
            compression=None,
            proxy=None,
        ) as asterisk:
            await socket.accept(SUBPROTOCOL)
            code = await _first(
                _from_browser(socket, asterisk),
                _from_asterisk(socket, asterisk),
                _until_session_ends(installation, credential),
            )
    except (OSError, TimeoutError, InvalidHandshake) as error:
        log.warning("Asterisk takes no phones' sockets: %s", error)
        code = UNAVAILABLE
        if socket.application_state == WebSocketState.CONNECTING:
            await socket.accept(SUBPROTOCOL)
    if code is not None:
        with contextlib.suppress(RuntimeError):  # it has closed by itself
            await socket.close(code)


async def _first(*ways: Awaitable[int | None]) -> int | None:
    """The result of whichever ends first; the others are ended."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return next(iter(done)).result()


async def _from_browser(socket: WebSocket, asterisk: ClientConnection) -> int | None:
    """The code to close the browser's socket with; None when it has closed."""
    while True:
        try:
            text = await socket.receive_text()
        except (WebSocketDisconnect, KeyError):  # KeyError: bytes, which SIP is not
            return None
        if len(text.encode()) > MESSAGE_BYTES_MAX:
            return MESSAGE_TOO_LARGE
        if _KEEP_ALIVE.fullmatch(text):
            continue
        if not is_a_phones(text):
            log.warning("An agent's browser sent what no phone sends: %.60r", text)
            return MESSAGE_REFUSED
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await asterisk.send(text)
        except (ConnectionClosed, TimeoutError):
            return UNAVAILABLE


async def _from_asterisk(socket: WebSocket, asterisk: ClientConnection) -> int | None:
    try:
        async for message in asterisk:
            text = message if isinstance(message, str) else message.decode(errors="replace")
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await socket.send_text(text)
    except (ConnectionClosed, TimeoutError):
        return UNAVAILABLE
    except (WebSocketDisconnect, RuntimeError):
        return None
    return UNAVAILABLE


async def _until_session_ends(installation: Installation, credential: Credential) -> int:
    while True:
        await asyncio.sleep(SESSION_CHECK_SECONDS)
        try:
            principal = await _principal(installation, credential)
        except (psycopg.Error, PoolTimeout, TooManyRequests):
            continue  # while the database is away nobody is sent home: calls go on
        if principal is None or not principal.may(PERMISSION):
            return SESSION_OVER


def is_a_phones(text: str) -> bool:
    """Whether `text` is an answer, or a request that an agent's phone has reason to send."""
    if text.startswith("SIP/2.0 "):
        return True
    request = _REQUEST.match(text)
    if request is None or request[1] not in _METHODS:
        return False
    return request[1] in _OUTSIDE_DIALOGS or _TO_TAG.search(text.partition("\r\n\r\n")[0]) is not None
