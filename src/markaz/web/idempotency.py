"""A request that is sent twice is done once: POST with an `Idempotency-Key` gives the first one's answer again.

The answer is kept in the transaction that does the work, so that there is never one without the other, and whoever is
second, even at the same moment, is rolled back and gets what is kept. It is kept for a day, for the account or key that
asked, encrypted with what only that one has shown: some answers hold secrets. Refusals are not kept: nothing was done.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from markaz.web.bodies import body_of
from markaz.web.context import Connection, Credential, credential_of, enter, installation_of
from markaz.web.errors import AnswerUnreadable, KeyMalformed, KeyReused

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT_HOURS: Final = 24
BODY_BYTES_MAX: Final = 60_000_000
"""As much as the largest request may have, a sound; each route has a bound of its own."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

_FIND = """
SELECT fingerprint, status, body, media_type FROM kept_answer
WHERE asker = context_user() AND key = %s AND expires_at > clock_timestamp()
"""
_KEEP = """
INSERT INTO kept_answer (asker, key, fingerprint, status, body, media_type, expires_at)
VALUES (context_user(), %(key)s, %(fingerprint)s, %(status)s, %(body)s, %(media_type)s,
    clock_timestamp() + make_interval(hours => %(hours)s))
ON CONFLICT (asker, key) DO UPDATE
SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body,
    media_type = excluded.media_type, expires_at = excluded.expires_at
WHERE kept_answer.expires_at <= clock_timestamp()
"""
_FORGET = "DELETE FROM kept_answer WHERE asker = context_user() AND expires_at <= clock_timestamp()"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class KeptMeanwhile(Exception):
    """The same request was done beside us: what we did is rolled back."""


class Once(APIRoute):
    """A route whose POST may be repeated."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handler

        async def handle(request: Request) -> Response:
            asked = _asked(request)
            if asked is None:
                return await handler(request)
            if (kept := await _kept(request, *asked)) is not None:
                return kept
            response = await handler(request)  # its transaction is still open: it ends when the route has answered
            if response.status_code < 400:
                await _keep(request, response, *asked)
            return response

        return handle


def repeat_answers(app: FastAPI) -> None:
    """Let whoever was second get what the first one got."""

    async def answer(request: Request, error: Exception) -> Response:
        asked = _asked(request)
        assert asked is not None, "only who has a key is second"
        kept = await _kept(request, *asked)
        if kept is None:
            raise KeyReused
        return kept

    app.add_exception_handler(KeptMeanwhile, answer)


def _asked(request: Request) -> tuple[str, Credential] | None:
    """The key and who shows it. Raises `KeyMalformed`."""
    keys = request.headers.getlist(HEADER)
    credential = credential_of(request)
    if not keys or credential is None:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise KeyMalformed
    return keys[0], credential


async def _kept(request: Request, key: str, credential: Credential) -> Response | None:
    """The answer that the same request got before. Raises `KeyReused`, `AnswerUnreadable`."""
    async with installation_of(request).pool.connection() as database, database.transaction():
        if await enter(database, credential) is None:
            return None
        found = await (await database.execute(_FIND, (key,))).fetchone()
    if found is None:
        return None
    fingerprint, status, body, media_type = found
    if bytes(fingerprint) != await _fingerprint(request):
        raise KeyReused
    try:
        told = _cipher(key, credential).decrypt(bytes(body))
    except InvalidToken:  # the same person, signed in anew
        raise AnswerUnreadable from None
    return Response(told, status_code=status, media_type=media_type, headers={REPLAYED: "true"})


async def _keep(request: Request, response: Response, key: str, credential: Credential) -> None:
    database: Connection | None = getattr(request.state, "database", None)
    if database is None:
        return
    values = {
        "key": key,
        "fingerprint": await _fingerprint(request),
        "status": response.status_code,
        "body": _cipher(key, credential).encrypt(bytes(response.body)),
        "media_type": response.headers.get("content-type"),
        "hours": KEPT_HOURS,
    }
    if (await database.execute(_KEEP, values)).rowcount == 0:
        raise KeptMeanwhile
    await database.execute(_FORGET)


async def _fingerprint(request: Request) -> bytes:
    said = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    said.update(await body_of(request, BODY_BYTES_MAX))
    return said.digest()


def _cipher(key: str, credential: Credential) -> Fernet:
    """The database keeps neither the token nor this."""
    shown = f"{credential.kind} {credential.token} {key}".encode(errors="surrogateescape")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(shown).digest()))
