"""What every answer carries, and what no request may be: made by a page of another site.

A browser sends our cookie with whatever page makes it ask. Unsafe methods therefore need to come from our own pages, by
`Sec-Fetch-Site`, or by `Origin` where a browser does not send that. API keys are not sent by browsers by themselves.
"""

from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from markaz.web.errors import OriginRefused
from markaz.web.problems import problem_of

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY: Final = "; ".join((
    "default-src 'self'",
    "base-uri 'none'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
))  # fmt: skip
"""Content-Security-Policy: nothing from elsewhere, no script in a page. Components set styles while they run."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""A route that sets one of these itself keeps it. No referrer: links that sign in are secrets."""
HSTS: Final = "max-age=31536000"


def guard(app: FastAPI) -> None:
    """Let all of `app` be guarded."""
    app.add_middleware(Guard)


class Guard:
    """Refuses requests of other sites' pages, sockets too, and adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket" and not _is_ours(Headers(scope=scope)):
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": OriginRefused.code})
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        if scope["method"] not in SAFE_METHODS and not _is_ours(Headers(scope=scope)):
            await problem_of(OriginRefused())(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _is_ours(headers: Headers) -> bool:
    """Whether a page of ours asks, or a program with an API key."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
