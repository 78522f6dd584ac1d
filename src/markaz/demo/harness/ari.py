"""The outside world's line to its own Asterisk: ARI requests over HTTP, events over one WebSocket.

It shares nothing with the telephony under test, so that a fault there cannot hide itself here.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from markaz.kit.errors import MarkazError

REQUEST_SECONDS_MAX = 10.0
GONE = frozenset({404, 409, 412})
"""Answers about a leg that ended meanwhile: nothing left to do, no fault."""

Event = Mapping[str, Any]


@dataclass(eq=False)
class AriRefused(MarkazError):
    """The outside world's Asterisk answered {status} to {request}: {answer}"""

    code = "ari_refused"
    status: int
    request: str
    answer: str


@dataclass(eq=False)
class AriUnanswered(MarkazError):
    """The outside world's Asterisk did not answer to {request}: {why}"""

    code = "ari_unanswered"
    request: str
    why: str


class Ari:
    """One ARI application; `on_event` is called with every event, in order, and `on_lost` when no more will come.

    Neither may block.
    """

    def __init__(
        self,
        *,
        port: int,
        application: str,
        password: str,
        on_event: Callable[[Event], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._url = f"http://127.0.0.1:{port}/ari"
        self._application = application
        self._password = password
        self._on_event = on_event
        self._on_lost = on_lost
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect the events of every channel."""
        self._session = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth(self._application, self._password)},
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS_MAX),
        )
        self._socket = await self._session.ws_connect(
            f"{self._url}/events?app={self._application}&subscribeAll=true", max_msg_size=1 << 20
        )
        self._reader = asyncio.create_task(self._read(self._socket), name="outside world: events")

    async def close(self) -> None:
        """Disconnect. Safe to repeat."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if self._session is not None:
            await self._session.close()
        self._reader = self._session = self._socket = None

    async def request(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: object = None
    ) -> bytes:
        """What ARI answers to one request. Raises `AriRefused`, `AriUnanswered`."""
        if self._session is None:
            raise AriUnanswered(f"{method} {path}", "not connected")
        try:
            async with self._session.request(method, f"{self._url}/{path}", params=query, json=body) as answer:
                text = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AriUnanswered(f"{method} {path}", str(error) or type(error).__name__) from error
        if answer.status >= 400:
            raise AriRefused(answer.status, f"{method} {path}", text.decode(errors="replace"))
        return text

    async def ask_leg(self, method: str, path: str, *, query: Mapping[str, str] | None = None) -> bool:
        """A request about a leg; false when the leg ended meanwhile, which people on phones always risk."""
        try:
            await self.request(method, f"channels/{path}", query=query)
        except AriRefused as refused:
            if refused.status not in GONE:
                raise
            return False
        return True

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._on_event(msgspec.json.decode(message.data))
        finally:
            self._on_lost()
