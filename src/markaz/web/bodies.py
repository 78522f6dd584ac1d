"""A request's body, read by a route itself: once it is known who asks, and never more than a bound."""

import asyncio
from typing import Final

from fastapi import Request

from markaz.web.errors import BodyTooSlow, RequestTooLarge

BODY_SECONDS_MAX: Final = 20
"""A body that takes longer would keep a connection of the database from others."""


async def body_of(request: Request, bytes_max: int) -> bytes:
    """The same at each call: a stream is read once. Raises `RequestTooLarge`, `BodyTooSlow`."""
    known: bytes | None = getattr(request.state, "body", None)
    if known is not None:
        return known
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for part in request.stream():
                body += part
                if len(body) > bytes_max:
                    raise RequestTooLarge(bytes_max)
    except TimeoutError:
        raise BodyTooSlow(BODY_SECONDS_MAX) from None
    request.state.body = bytes(body)
    return request.state.body
