"""ARI over WebSockets: one brings the events and answers questions, a few more carry commands.

Asterisk answers the requests of one WebSocket one after the other, and a command may wait there for a channel's
thread: commands on a single one would wait for each other (decision 16). Questions (GET) go by the events' own, so
that their answers are not older than the events before them. All of them are one connection: when one is lost all
are, every open request fails with `AriLost`, and the client tries again for ever, at most every `RETRY_SECONDS_MAX`.

A reader only parses and hands over (Asterisk gives up on a reader that blocks).
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec

from markaz.kit.errors import MarkazError

Event = dict[str, Any]
"""An ARI event as decoded JSON; its `type` names it (Asterisk's rest-api/events.json)."""

RETRY_SECONDS_MIN: Final = 0.1
RETRY_SECONDS_MAX: Final = 1.0
REQUEST_SECONDS_MAX: Final = 5.0
REQUESTS_OPEN_MAX: Final = 10_000
COMMAND_LINES: Final = 8
"""WebSockets for commands; Asterisk gives each a thread."""
CLOSE_SECONDS_MAX: Final = 1.0
WATCH_EVERY_SECONDS: Final = 5.0
HEARTBEAT: Final = "markaz-heartbeat"
HEARTBEAT_SECONDS_MAX: Final = 3.0
OWN_EVENT_TYPES: Final = ("RESTResponse", "ChannelUserevent")
"""What this connection itself needs to hear: an event filter that leaves them out cuts off the answers as well."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class AriLost(MarkazError):
    """Asterisk's control connection is lost ({why}): calls go on, and it is tried again by itself."""

    code = "ari_lost"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AriAddress:
    """Where ARI listens, and as whom and for which applications (comma-separated) we come."""

    host: str = "127.0.0.1"
    port: int
    user: str
    password: str = field(repr=False)
    applications: str


@dataclass(eq=False, slots=True)
class _Line:
    """One WebSocket for requests, and how many on it are not answered yet."""

    socket: aiohttp.ClientWebSocketResponse
    open: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What Asterisk answered: an HTTP status and decoded JSON (None when there was no body)."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The reason of a refusal, for people."""
        text = self.body.get("message", "") if isinstance(self.body, dict) else ""
        return f"{self.status} {text}".strip()


class AriClient:
    """The connection of our applications. `on_event` is called in order and must not block.

    `on_connected` is awaited after each connect and may send requests; `connected` is set when it is through.
    `on_lost` is called once for each lost connection.
    """

    def __init__(
        self,
        address: AriAddress,
        *,
        on_event: Callable[[Event], None],
        on_connected: Callable[[], Awaitable[None]],
        on_lost: Callable[[], None],
    ) -> None:
        self._address = address
        self._on_event = on_event
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._events: _Line | None = None
        self._lists: aiohttp.ClientSession | None = None
        self._lines: list[_Line] = []
        self._open: dict[str, asyncio.Future[Answer]] = {}
        self._numbers = itertools.count(1)
        self._heartbeats: dict[str, asyncio.Event] = {name: asyncio.Event() for name in address.applications.split(",")}
        self._runner: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    async def start(self) -> None:
        """Connect in the background, for as long as it takes; `connected` tells when."""
        assert self._runner is None, "started twice"
        self._runner = asyncio.create_task(self._run(), name="ari")

    async def stop(self) -> None:
        """Close the connection; calls go on without us."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await runner

    async def drop(self) -> None:
        """Close the connection as if it had been lost: it comes back by itself."""
        if self._events is not None:
            await self._events.socket.close()

    async def request(
        self,
        method: str,
        *path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send `method` on the resource at `path` (segments, quoted here). Refusals are answers. Raises `AriLost`."""
        if self._events is None or len(self._open) >= REQUESTS_OPEN_MAX:
            raise AriLost("not connected" if self._events is None else "too many requests are open")
        line = self._events if method == "GET" else min(self._lines, key=_requests_open)
        number = str(next(self._numbers))
        message: dict[str, Any] = {
            "type": "RESTRequest",
            "transaction_id": number,
            "request_id": number,
            "method": method,
            "uri": _resource(path),
        }
        if query:
            message["query_strings"] = [{"name": name, "value": str(value)} for name, value in query.items()]
        if body is not None:
            message |= {"content_type": "application/json", "message_body": msgspec.json.encode(body).decode()}
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        line.open += 1
        try:
            async with asyncio.timeout(REQUEST_SECONDS_MAX):
                await line.socket.send_str(msgspec.json.encode(message).decode())
                return await answer
        except (TimeoutError, ConnectionError) as error:
            raise AriLost(f"no answer to {method} {message['uri']}") from error
        finally:
            line.open -= 1
            self._open.pop(number, None)

    async def listing(self, *path: str) -> Answer:
        """All resources at `path`, however many: the body is a list. Refusals are answers. Raises `AriLost`.

        The events of what is in it have come when it is given back; what came since may be missing from it.
        """
        if self._events is None or self._lists is None:
            raise AriLost("not connected")
        url = f"http://{self._address.host}:{self._address.port}/ari/{_resource(path)}"
        try:
            async with asyncio.timeout(REQUEST_SECONDS_MAX), self._lists.get(url) as answer:
                found = Answer(answer.status, msgspec.json.decode(await answer.read()))
        except (TimeoutError, aiohttp.ClientError, OSError, msgspec.DecodeError) as error:
            raise AriLost(f"no answer to GET {_resource(path)}") from error
        await self.request("GET", "asterisk", "ping")  # its answer is behind the events that the list overtook
        return found

    async def _run(self) -> None:
        wait_seconds = RETRY_SECONDS_MIN
        address = self._address
        headers = {"Authorization": aiohttp.encode_basic_auth(address.user, address.password)}
        url = f"http://{address.host}:{address.port}/ari/events"
        first = address.applications.partition(",")[0]
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            # Asterisk closes a connection that idles, perhaps just when it is used again.
            aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(force_close=True)) as self._lists,
        ):
            while True:
                try:
                    async with contextlib.AsyncExitStack() as sockets:
                        events = await sockets.enter_async_context(_socket(session, url, address.applications))
                        lines = [  # the applications of these hear of nothing
                            await sockets.enter_async_context(_socket(session, url, f"{first}-commands-{number}"))
                            for number in range(COMMAND_LINES)
                        ]
                        wait_seconds = RETRY_SECONDS_MIN
                        await self._serve(_Line(events), [_Line(socket) for socket in lines])
                except (aiohttp.ClientError, OSError) as error:
                    log.warning("ARI at %s is not reached (%s); next try in %.1f s", url, error, wait_seconds)
                await asyncio.sleep(wait_seconds)
                wait_seconds = min(wait_seconds * 2, RETRY_SECONDS_MAX)

    async def _serve(self, events: _Line, lines: list[_Line]) -> None:
        self._events, self._lines = events, lines
        tasks = [
            asyncio.create_task(self._greet(), name="ari-greet"),
            asyncio.create_task(self._watch(), name="ari-watch"),
            *(asyncio.create_task(self._read_answers(line), name="ari-answers") for line in lines),
        ]
        try:
            async for message in events.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(msgspec.json.decode(message.data))
        finally:
            self._events, self._lines = None, []
            for task in tasks:
                task.cancel()
            self.connected.clear()
            for answer in self._open.values():
                if not answer.done():
                    answer.set_exception(AriLost("the connection closed"))
            self._open.clear()
            if self._runner is not None:  # otherwise it is we who leave
                self._on_lost()
            await asyncio.gather(*(line.socket.close() for line in lines), return_exceptions=True)

    async def _read_answers(self, line: _Line) -> None:
        async for message in line.socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take(msgspec.json.decode(message.data))
        await self.drop()

    async def _greet(self) -> None:
        try:
            await self._on_connected()
            await self._feel_pulse()
            self.connected.set()
        except AriLost as error:
            log.warning("The work after connecting to ARI was cut short (%s); connecting anew", error.why)
            await self.drop()
        except Exception:
            log.exception("The work after connecting to ARI failed; connecting anew")
            await self.drop()

    async def _watch(self) -> None:
        """A connection that is open but dead is closed, so that the next one can be made."""
        while True:
            await asyncio.sleep(WATCH_EVERY_SECONDS)
            try:
                await self._feel_pulse()
            except AriLost as error:
                log.warning("Asterisk's events do not come any more (%s); connecting anew", error.why)
                await self.drop()
                return

    async def _feel_pulse(self) -> None:
        """Send ourselves an event per application: answers may come although events don't. Raises `AriLost`.

        Asterisk may take the end of our previous connection for the end of this one's application.
        """
        for application, came in self._heartbeats.items():
            came.clear()
            query = {"application": application}
            if not (await self.request("POST", "events", "user", HEARTBEAT, query=query)).ok:
                raise AriLost(f"the application {application} is not active")
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS_MAX):
                    await came.wait()
            except TimeoutError:
                raise AriLost(f"the application {application} hears no events") from None

    def _take(self, message: Event) -> None:
        if message.get("eventname") == HEARTBEAT:
            self._heartbeats[message["application"]].set()
            return
        if message.get("type") != "RESTResponse":
            self._on_event(message)
            return
        answer = self._open.pop(message["request_id"], None)
        if answer is not None and not answer.done():
            text = message.get("message_body")
            answer.set_result(Answer(message["status_code"], msgspec.json.decode(text) if text else None))


def _resource(path: tuple[str, ...]) -> str:
    return "/".join(quote(part, safe="") for part in path)


def _requests_open(line: _Line) -> int:
    return line.open


def _socket(
    session: aiohttp.ClientSession, url: str, applications: str
) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]:
    closing = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX)  # pyright: ignore[reportCallIssue]  attrs class
    parameters = {"app": applications, "subscribeAll": "false"}
    return session.ws_connect(url, params=parameters, max_msg_size=0, timeout=closing)
