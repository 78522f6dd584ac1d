"""Serves the built pages (`ui/`, built into `pages/` beside this file) to whoever asks for what is not the API.

Every address that names no file is answered with the one page, which then shows what the address means. The page gets
a new nonce each time, so that the Content-Security-Policy can refuse every style and script that is not ours.
"""

import gzip
import hashlib
import mimetypes
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

PAGES = Path(__file__).parent / "pages"
ELSEWHERE = ("api", "embed", "health", "openapi.json")
"""The first parts of paths that are never pages: an unknown one there is a problem document, not a page."""
NONCE_BYTES = 16
GZIP_BYTES_MIN = 1_000
_NONCE = b"MARKAZ-NONCE"
_NEVER_CHANGES = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = "The pages are not built yet. Build them with: make pages\n"


@dataclass(frozen=True, slots=True)
class File:
    """A built file, read once; `zipped` is None where it would save little."""

    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str
    caching: str


def serve_pages(app: FastAPI, folder: Path = PAGES) -> None:
    """Let `app` answer with the files in `folder` what none of its routes answers."""
    app.router.default = PageFiles(folder, otherwise=app.router.default)


class PageFiles:
    """An ASGI application; what is not its own goes to `otherwise`."""

    def __init__(self, folder: Path, *, otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._files = {} if not folder.is_dir() else {
            path.relative_to(folder).as_posix(): _file(path, path.relative_to(folder))
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }  # fmt: skip
        page = self._files.pop("index.html", None)
        self._page = None if page is None else page.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").lstrip("/")
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or path.split("/")[0] in ELSEWHERE:
            await self._otherwise(scope, receive, send)
            return
        file = self._files.get(path)
        if file is not None:
            answer = _answer_file(Request(scope), file)
        elif path.startswith("assets/"):  # an old page asks for files of an older build
            answer = PlainTextResponse("There is no such file.\n", HTTPStatus.NOT_FOUND, headers=_plain_headers())
        else:
            answer = self._answer_page()
        await answer(scope, receive, send)

    def _answer_page(self) -> Response:
        if self._page is None:
            return PlainTextResponse(_NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, headers=_plain_headers())
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        return Response(
            self._page.replace(_NONCE, nonce.encode()),
            media_type="text/html",
            headers={
                **_plain_headers(),
                "Cache-Control": "no-store",
                "Content-Security-Policy": content_security_policy(nonce),
                "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
                "Referrer-Policy": "no-referrer",
                "Cross-Origin-Opener-Policy": "same-origin",
            },
        )


def content_security_policy(nonce: str) -> str:
    """What the page may load and run: our own files, and styles that carry `nonce`. Nothing else, from nowhere else."""
    return "; ".join((
        "default-src 'none'", "script-src 'self'", f"style-src 'self' 'nonce-{nonce}'", "img-src 'self' data:",
        "font-src 'self'", "media-src 'self' blob:", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'", "manifest-src 'self'",
    ))  # fmt: skip


def _file(path: Path, name: Path) -> File:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    zipped = None
    if len(body) >= GZIP_BYTES_MIN and not media_type.startswith(("font/", "image/png")):
        zipped = gzip.compress(body, mtime=0)
    return File(
        body=body,
        zipped=zipped,
        media_type=media_type,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        caching=_NEVER_CHANGES if name.parts[0] == "assets" else _ASK_AGAIN,
    )


def _answer_file(request: Request, file: File) -> Response:
    headers = {**_plain_headers(), "Cache-Control": file.caching, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.zipped, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


def _plain_headers() -> dict[str, str]:
    return {"X-Content-Type-Options": "nosniff"}
