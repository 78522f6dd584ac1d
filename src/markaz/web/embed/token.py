"""A token that sees the course of one contact, for pages of one origin."""

from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import class_row

from markaz.identity import new_token, token_hash
from markaz.web.live import ContactValue

Connection = psycopg.AsyncConnection[Any]

NAME = "markaz_token"
"""In the fragment of a page's address, which browsers send to no server."""
_PORTS = {"http": 80, "https": 443}

_MAKE = "SELECT embed_make(%s, %s, %s, %s, %s, %s)"
_ENTER = "SELECT contact, project, customer FROM embed_enter(%s, %s, %s)"


class Followed:
    """The contact that a token shows."""

    def __init__(self, contact: str, project: str, customer: str) -> None:
        self.contact = contact
        self.project = project
        self.customer = customer


async def make_token(
    connection: Connection, floor: str, contact: str, value: ContactValue, *, origin: str
) -> str | None:
    """A token for a contact that is on the floor; None when whoever entered the transaction may make none."""
    token = new_token()
    given = (token_hash(token), floor, contact, value.project, value.customer.number, origin)
    made = await (await connection.execute(_MAKE, given)).fetchone()
    return token if made is not None and made[0] else None


async def followed(connection: Connection, floor: str, token: str, origin: str) -> Followed | None:
    """What the token shows to a page of `origin`; None when that is nothing, or nothing any more."""
    async with connection.cursor(row_factory=class_row(Followed)) as cursor:
        await cursor.execute(_ENTER, (token_hash(token), floor, origin))
        return await cursor.fetchone()


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it in `Origin` (RFC 6454)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def with_token(url: str, token: str) -> str:
    """The address with the token in its fragment, after what the fragment has already."""
    return f"{url}{'&' if '#' in url else '#'}{NAME}={token}"
