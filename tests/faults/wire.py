"""The network between a floor and Asterisk: what `aiohttp` is to `AriClient`, over simulated connections.

A connection carries text both ways with a latency. It can be closed (both sides know) or cut (nobody hears anything
any more, and Asterisk gives up on it after its write time-out).
"""

import asyncio
import types
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import aiohttp
import msgspec
import numpy as np

from tests.faults.process import CURRENT, Process

LATENCY_SECONDS = 0.0003
WRITE_SECONDS_MAX = 1.0
"""`websocket_write_timeout` of our ari.conf."""
CONNECT_SECONDS_MAX = 2.0


class Line:
    """One WebSocket. `requests` takes what the floor sends; the floor iterates over what Asterisk sends."""

    def __init__(self, network: "Network", process: Process, applications: list[str]) -> None:
        self.network = network
        self.process = process
        self.applications = applications
        self.is_closed = False
        self.is_cut = False
        self._inbox: deque[str] = deque()
        self._news = asyncio.Event()

    # The floor's end

    async def send_str(self, text: str) -> None:
        if self.is_closed:
            raise ConnectionResetError("the connection is closed")
        if not self.is_cut and not self.process.is_dead:
            self.network.to_asterisk(self, text)

    async def close(self) -> None:
        if not self.is_closed:
            self._end()
            self.network.noticed_later(self)

    def __aiter__(self) -> "Line":
        return self

    async def __anext__(self) -> Any:
        while not self._inbox:
            if self.is_closed:
                raise StopAsyncIteration
            await self._news.wait()
            self._news.clear()
        return types.SimpleNamespace(type=aiohttp.WSMsgType.TEXT, data=self._inbox.popleft())

    # Asterisk's end

    def push(self, text: str) -> bool:
        """Whether it reached a floor that lives."""
        if self.is_closed or self.is_cut or self.process.is_dead:
            return False
        self._inbox.append(text)
        self._news.set()
        return True

    def drop(self) -> None:
        """Closed from Asterisk's side."""
        self._end()

    def _end(self) -> None:
        self.is_closed = True
        self._news.set()


class Network:
    """`asterisk` answers connections and requests; `is_cut` silently loses everything, `is_refusing` resets it."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self.asterisk: Any = None
        self.lines: list[Line] = []
        self.is_cut = False
        self.is_refusing = False

    def way(self) -> float:
        """Seconds that a message takes."""
        return LATENCY_SECONDS * (0.5 + float(self._chance.random()))

    def to_asterisk(self, line: Line, text: str) -> None:
        asyncio.get_running_loop().call_later(self.way(), self._arrive, line, text, context=self.asterisk.context)

    def _arrive(self, line: Line, text: str) -> None:
        if not line.is_cut and self.asterisk.is_up:
            self.asterisk.requested(line, text)

    def noticed_later(self, line: Line) -> None:
        """Asterisk sees the end of a connection a little later, sometimes after the next one has come."""
        late = 0.4 if self._chance.random() < 0.15 else 0.002
        asyncio.get_running_loop().call_later(late, self._forget, line, context=self.asterisk.context)

    def _forget(self, line: Line) -> None:
        if line in self.lines:
            self.lines.remove(line)
            self.asterisk.disconnected(line)

    def cut(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self.is_cut = True
        for line in list(self.lines):
            line.is_cut = True
            asyncio.get_running_loop().call_later(WRITE_SECONDS_MAX, self._forget, line, context=self.asterisk.context)

    def reset(self) -> None:
        """Both ends are told at once, and connecting is refused."""
        self.is_refusing = True
        for line in list(self.lines):
            line.drop()
            self._forget(line)

    def heal(self) -> None:
        self.is_cut = self.is_refusing = False

    async def connect(self, applications: list[str]) -> Line:
        process = CURRENT.get()
        assert process is not None
        if self.is_cut:
            await asyncio.sleep(CONNECT_SECONDS_MAX)
            raise aiohttp.ClientConnectionError("timed out")
        await asyncio.sleep(4 * self.way())
        if self.is_cut or self.is_refusing or process.is_dead or not self.asterisk.is_up:
            raise aiohttp.ClientConnectionError("refused")
        line = Line(self, process, applications)
        self.lines.append(line)
        process.on_death.append(lambda: self._process_died(line))
        self.asterisk.connected(line)
        return line

    async def fetch(self, path: list[str]) -> tuple[int, Any]:
        """Status and body of what is asked for by HTTP, on a connection of its own. Never ends when that is cut."""
        process = CURRENT.get()
        assert process is not None
        for step in ("connect", "ask"):
            await asyncio.sleep(2 * self.way())
            if self.is_cut:
                await asyncio.Event().wait()
            if self.is_refusing or process.is_dead or not self.asterisk.is_up:
                raise aiohttp.ClientConnectionError(f"reset: {step}")
        answer = self.asterisk.listed(path)
        await asyncio.sleep(self.way())
        return answer

    def _process_died(self, line: Line) -> None:
        if not line.is_closed:
            line.drop()
            self.noticed_later(line)

    def aiohttp(self) -> Any:
        """What `AriClient` finds under that name."""
        return types.SimpleNamespace(
            ClientError=aiohttp.ClientError,
            ClientWSTimeout=aiohttp.ClientWSTimeout,
            WSMsgType=aiohttp.WSMsgType,
            ClientWebSocketResponse=Line,
            encode_basic_auth=aiohttp.encode_basic_auth,
            ClientSession=lambda headers, connector=None: _Session(self),
            TCPConnector=lambda force_close: None,
        )


class _Session:
    def __init__(self, network: Network) -> None:
        self._network = network

    async def __aenter__(self) -> "_Session":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    @asynccontextmanager
    async def ws_connect(self, url: str, *, params: dict[str, str], max_msg_size: int, timeout: Any):
        line = await self._network.connect(params["app"].split(","))
        try:
            yield line
        finally:
            await line.close()

    @asynccontextmanager
    async def get(self, url: str):
        path = [unquote(part) for part in url.partition("/ari/")[2].split("/")]
        status, body = await self._network.fetch(path)

        async def read() -> bytes:
            return encode(body)

        yield types.SimpleNamespace(status=status, read=read)


encode = msgspec.json.Encoder().encode
Tell = Callable[[dict[str, Any]], None]
