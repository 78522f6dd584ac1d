"""`/api/live`: a WebSocket on which a page gets a snapshot of what it may see, then numbered changes.

Text messages of JSON. From here: `snapshot`, `change`, `stale`, `fresh` (see `hub`). From the page: `{"type":"again"}`,
when a change's `previous` is not the number it has. The socket is closed with 4401 when the session is not valid, or no
more; with 4400 for a message that is not understood; with 1013 when too many watch: try again later.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

import msgspec
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from markaz.kit.time import Instant
from markaz.runtime import DATABASE_AWAY, Follower
from markaz.web.live.alarming import Alarming
from markaz.web.live.figures import Slot
from markaz.web.live.hub import Hub, TooManyWatching, Watcher
from markaz.web.live.replica import Replica, Standing
from markaz.web.live.sight import Sight
from markaz.web.live.values import AnyValue
from markaz.web.live.views import agent_key, contact_key

logger = logging.getLogger(__name__)

PERMISSION = "live.see"
NOT_SIGNED_IN = 4401
NOT_UNDERSTOOD = 4400
TRY_LATER = 1013
SEND_SECONDS_MAX = 30.0
"""Who takes nothing for so long is cut off; the page comes back by itself, and gets a snapshot."""
RECHECK_SECONDS = 20.0
"""How soon after a session has run out, or what it may see has changed, its sockets are closed, at the latest. That
somebody ended it is heard at once."""
RETRY_SECONDS = 1.0
SERIES_SLOTS, SERIES_SLOT_MINUTES = 24, 5
WATCHING_OF_ONE_MAX = 50
"""Pages of one person or key that follow at once."""


class Opened(msgspec.Struct, frozen=True):
    """What whoever opened a connection may see, who that is, and the session in which; None: it is a key's."""

    sight: Sight
    who: str
    session: str | None = None


Opener = Callable[[HTTPConnection], Awaitable[Opened | None]]
"""None: not, or no more, signed in."""
SessionEnds = Callable[[], AsyncGenerator[str]]
"""Sessions as they end, for ever; raises what `DATABASE_AWAY` names."""

router = APIRouter(prefix="/api")


class Again(msgspec.Struct, frozen=True, tag_field="type", tag="again", forbid_unknown_fields=True):
    """The page missed a change, and wants a snapshot."""


class Live:
    """The live state of one web process. Without a follower nothing happens, and everything is stale."""

    def __init__(
        self,
        follower: Follower | None,
        opened: Opener,
        ends: SessionEnds,
        clock: Callable[[], Instant],
        standing: Standing | None = None,
        alarming: Callable[[Hub, Replica], Alarming] | None = None,
    ) -> None:
        self.hub = Hub()
        self.opened = opened
        self._ends = ends
        self.open: dict[Watcher, tuple[HTTPConnection, Opened]] = {}
        self._replica = None if follower is None else Replica(follower, self.hub, clock, standing)
        self._alarming = None if self._replica is None or alarming is None else alarming(self.hub, self._replica)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._recheck()), asyncio.create_task(self._end_sessions())]
        if self._replica is not None:
            tasks.append(asyncio.create_task(self._replica.run()))
        if self._alarming is not None:
            tasks.append(asyncio.create_task(self._alarming.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def contact(self, connection: HTTPConnection, contact: str) -> AnyValue | None:
        """A contact that is on the floor now, if whoever asks may see it."""
        return await self._seen(connection, contact_key(contact))

    async def agent(self, connection: HTTPConnection, agent: str) -> AnyValue | None:
        """An agent as of now, if whoever asks may see that."""
        return await self._seen(connection, agent_key(agent))

    async def series(self, connection: HTTPConnection) -> dict[str, Sequence[Slot]]:
        """What came to each queue that whoever asks may see, in the last two hours, by five minutes."""
        opened = await self.opened(connection)
        if opened is None or self._replica is None:
            return {}
        figures = self._replica.figures
        return {
            queue: figures.series(queue, value.target_seconds, slots=SERIES_SLOTS, slot_minutes=SERIES_SLOT_MINUTES)
            for queue, value in self.hub.queues(opened.sight).items()
        }

    async def _seen(self, connection: HTTPConnection, key: str) -> AnyValue | None:
        opened = await self.opened(connection)
        return None if opened is None else self.hub.seen(opened.sight, key)

    async def _end_sessions(self) -> None:
        while True:
            try:
                async with contextlib.aclosing(self._ends()) as ends:
                    async for session in ends:
                        for watcher, (_, opened) in self.open.items():
                            if opened.session == session:
                                watcher.end("session")
            except DATABASE_AWAY as error:
                logger.warning("Ends of sessions are not heard at the moment: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _recheck(self) -> None:
        """Ask again for every connection what it may see; one for which that changed has to connect anew."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            for watcher, (connection, opened) in list(self.open.items()):
                try:
                    if await self.opened(connection) != opened:
                        watcher.end("session")
                except Exception as error:  # the database is away: who was let in stays until it is back
                    logger.warning("Whether sessions go on is not known at the moment: %s", error)
                    break


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Snapshot, then changes, until either side closes."""
    state: Live = websocket.app.state.live
    opened = await state.opened(websocket)
    await websocket.accept()
    if opened is None:
        await websocket.close(NOT_SIGNED_IN)
        return
    try:
        if sum(other.who == opened.who for _, other in state.open.values()) >= WATCHING_OF_ONE_MAX:
            raise TooManyWatching(WATCHING_OF_ONE_MAX)
        watcher = state.hub.join(opened.sight)
    except TooManyWatching as error:
        logger.error("%s", error)
        await websocket.close(TRY_LATER)
        return
    state.open[watcher] = websocket, opened
    sending = asyncio.create_task(_send(websocket, state.hub, watcher))
    try:
        await _receive(websocket, watcher)
    finally:
        sending.cancel()
        state.hub.leave(watcher)
        del state.open[watcher]
        await asyncio.gather(sending, return_exceptions=True)


async def _receive(websocket: WebSocket, watcher: Watcher) -> None:
    try:
        while True:
            text = await websocket.receive_text()
            msgspec.json.decode(text, type=Again)
            watcher.look_anew()
    except WebSocketDisconnect:
        return
    except (msgspec.MsgspecError, UnicodeError, KeyError):  # KeyError: a binary message
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(NOT_UNDERSTOOD)


async def _send(websocket: WebSocket, hub: Hub, watcher: Watcher) -> None:
    try:
        while True:
            await watcher.news.wait()
            watcher.news.clear()
            if watcher.ended is not None:
                await websocket.close(NOT_SIGNED_IN)
                return
            while (message := hub.message(watcher)) is not None:
                async with asyncio.timeout(SEND_SECONDS_MAX):
                    await websocket.send_text(message)
    except TimeoutError:
        logger.warning("A page took no message for %s s and is cut off.", SEND_SECONDS_MAX)
        await websocket.close(TRY_LATER)
    except (WebSocketDisconnect, RuntimeError):  # it went while we wrote
        return
