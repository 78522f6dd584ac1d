"""Each request has an id that its answer repeats: a person quotes it, and the log has it beside what failed."""

import logging
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
ID_BYTES = 4
_USABLE = re.compile(r"[A-Za-z0-9-]{4,64}")
_FAILED = 500

logger = logging.getLogger(__name__)


def route_of(scope: Scope) -> str:
    """The pattern of the address that was asked for: what stands in an address may be a secret."""
    route = scope.get("route")
    return getattr(route, "path", None) or "an unknown address"


class RequestIds:
    """Takes the id that a page has given its request, or makes one; logs requests that failed on our side."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _USABLE.fullmatch(given) else secrets.token_hex(ID_BYTES)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
                if message["status"] >= _FAILED:
                    told = (name, scope["method"], route_of(scope), message["status"])
                    logger.error("Request %s failed: %s %s, %s.", *told)
            await send(message)

        await self._app(scope, receive, answer)
