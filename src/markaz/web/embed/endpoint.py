"""`/embed/markaz.js`, and the stream of events that it reads: one contact's course, for a page of the client's origin.

The stream is Server-Sent Events, read by `fetch`, for `EventSource` cannot send a header. Whatever is wrong with token
or origin, the page reads nothing: an answer names the one origin for which the token was made, or none.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from markaz.web.context import Installation, InstallationGiven
from markaz.web.embed.course import Seen, Step, seen_now, steps
from markaz.web.embed.token import Followed, followed
from markaz.web.errors import EmbedRefused
from markaz.web.live import CENTRE, ContactValue, Live, Sight, TooManyWatching
from markaz.web.live.hub import Hub, Watcher
from markaz.web.live.views import contact_key
from markaz.web.problems import refusals

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 15.0
"""How soon a page that went is noticed at the latest."""
STREAM_SECONDS_MAX: Final = 3600.0
"""Then the page asks anew, and its token is looked at again."""
PAGES_OF_ONE_MAX: Final = 20
"""Pages that follow the same contact at once."""

_SCRIPT: Final = (Path(__file__).parent / "markaz.js").read_bytes()
_ETAG: Final = f'"{hashlib.sha256(_SCRIPT).hexdigest()[:20]}"'
_CROSS_ORIGIN: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

router = APIRouter(tags=["embed"])


class ContactTold(msgspec.Struct, frozen=True):
    """What one event says; `at`: since when it is so."""

    contact: str
    state: Step
    customer: str
    project: str
    at: datetime


class Embedded:
    """The streams that are open, so that they end with the process and do not keep it from ending."""

    def __init__(self) -> None:
        self.open: dict[Watcher, str] = {}

    def close(self) -> None:
        for watcher in self.open:
            watcher.end("session")


@router.get("/embed/markaz.js", response_class=Response, responses={200: {"content": {"text/javascript": {}}}})
async def script(request: Request) -> Response:
    """The script for a page of the client's own application."""
    headers = {**_CROSS_ORIGIN, "Cache-Control": "no-cache", "ETag": _ETAG}
    if request.headers.get("if-none-match") == _ETAG:
        return Response(status_code=304, headers=headers)
    return Response(_SCRIPT, media_type="text/javascript", headers=headers)


@router.options("/api/embed/events", include_in_schema=False)
async def preflight() -> Response:
    """Any page may ask, without cookies; the answer to that is for one origin."""
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET",
            "Access-Control-Allow-Headers": "Authorization",
            "Access-Control-Max-Age": "600",
        },
    )


@router.get(
    "/api/embed/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}} | refusals(EmbedRefused, TooManyWatching),
)
async def events(request: Request, installation: InstallationGiven) -> StreamingResponse:
    """The course of the token's contact, from what it is now until it is wrapped up."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    origin = request.headers.get("origin")
    if scheme.lower() != "bearer" or origin is None:
        raise EmbedRefused
    shown = await _followed(installation, token.strip(), origin)
    if shown is None:
        raise EmbedRefused
    live: Live = request.app.state.live
    embedded: Embedded = request.app.state.embedded
    if sum(contact == shown.contact for contact in embedded.open.values()) >= PAGES_OF_ONE_MAX:
        raise TooManyWatching(PAGES_OF_ONE_MAX)
    live.hub.check_room()  # an answer that has begun can refuse nothing
    headers = {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "X-Accel-Buffering": "no"}
    told = _told(live.hub, embedded, shown, installation)
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def _told(hub: Hub, embedded: Embedded, shown: Followed, installation: Installation) -> AsyncGenerator[str]:
    """The events as text, until the contact is wrapped up, the hour is over, or the process ends."""
    try:
        watcher = hub.join(Sight("contact", contact=shown.contact))
    except TooManyWatching as error:
        logger.error("%s", error)
        return
    embedded.open[watcher] = shown.contact
    ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS_MAX
    before: Seen | None = None
    try:
        while watcher.ended is None and asyncio.get_running_loop().time() < ends_at:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await watcher.news.wait()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            watcher.news.clear()
            if hub.is_stale:  # what is missing now may be there
                continue
            value = hub.seen(CENTRE, contact_key(shown.contact))
            value = value if isinstance(value, ContactValue) else None
            now = seen_now(value, is_in_hand=value is None and hub.is_in_hand(shown.contact))
            for step in steps(before, now):
                at = now.since or installation.clock()
                yield _event(ContactTold(shown.contact, step, shown.customer, shown.project, at))
            if now.phase == "over":
                return
            before = now
    finally:
        hub.leave(watcher)
        del embedded.open[watcher]


def _event(told: ContactTold) -> str:
    return f"data: {msgspec.json.encode(told).decode()}\n\n"


async def _followed(installation: Installation, token: str, origin: str) -> Followed | None:
    async with installation.transaction() as connection:
        return await followed(connection, installation.floor, token, origin)
