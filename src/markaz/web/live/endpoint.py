"""`/api/live`: a WebSocket on which a page gets a snapshot of what it may see, then numbered changes.

Text messages of JSON. From here: `snapshot`, `change`, `stale`, `fresh` (see `hub`). From the page: `{"type":"again"}`,
when a change's `previous` is not the number it has. The socket is closed with 4401 when the session is not valid, or no
more; with 4400 for a message that is not understood; with 1013 when too many watch: try again later.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from markaz.web.live.hub import Hub, TooManyWatching, Watcher
from markaz.web.live.replica import Replica
from markaz.web.live.sight import Sight
from markaz.web.live.values import AnyValue
from markaz.web.live.views import contact_key

logger = logging.getLogger(__name__)

NOT_SIGNED_IN = 4401
NOT_UNDERSTOOD = 4400
TRY_LATER = 1013
SEND_SECONDS_MAX = 30.0
"""Who takes nothing for so long is cut off; the page comes back by itself, and gets a snapshot."""
RECHECK_SECONDS = 10.0
"""How soon after a session's end, or a change of what it may see, its sockets are closed, at the latest."""

SightOf = Callable[[HTTPConnection], Awaitable[Sight | None]]
"""What whoever opened a connection may see; None: nothing, not (or no more) signed in."""

router = APIRouter(prefix="/api")


class Again(msgspec.Struct, frozen=True, tag_field="type", tag="again", forbid_unknown_fields=True):
    """The page missed a change, and wants a snapshot."""


class Live:
    """The live state of one web process."""

    def __init__(self, database_url: str, floor: str, sight_of: SightOf) -> None:
        self.hub = Hub()
        self.sight_of = sight_of
        self.connections: dict[Watcher, HTTPConnection] = {}
        self._replica = Replica(database_url, floor, self.hub)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._replica.run()), asyncio.create_task(self._recheck())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def contact(self, connection: HTTPConnection, contact: str) -> AnyValue | None:
        """A contact that is on the floor now, if whoever asks may see it."""
        sight = await self.sight_of(connection)
        return None if sight is None else self.hub.seen(sight, contact_key(contact))

    async def _recheck(self) -> None:
        """Ask again for every connection what it may see; one for which that changed has to connect anew."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            for watcher, connection in list(self.connections.items()):
                try:
                    if await self.sight_of(connection) != watcher.sight:
                        watcher.end("session")
                except Exception as error:  # the database is away: who was let in stays until it is back
                    logger.warning("Whether sessions go on is not known at the moment: %s", error)
                    break


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Snapshot, then changes, until either side closes."""
    state: Live = websocket.app.state.live
    sight = await state.sight_of(websocket)
    await websocket.accept()
    if sight is None:
        await websocket.close(NOT_SIGNED_IN)
        return
    try:
        watcher = state.hub.join(sight)
    except TooManyWatching as error:
        logger.error("%s", error)
        await websocket.close(TRY_LATER)
        return
    state.connections[watcher] = websocket
    sending = asyncio.create_task(_send(websocket, state.hub, watcher))
    try:
        await _receive(websocket, watcher)
    finally:
        sending.cancel()
        state.hub.leave(watcher)
        del state.connections[watcher]
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
