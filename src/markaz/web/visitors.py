"""From where a request comes, and the cookies that a browser keeps for us."""

import ipaddress
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from markaz.identity import BROWSER_LENGTH_MAX, Opened, Visitor
from markaz.web.context import SESSION_COOKIE

DEVICE_COOKIE: Final = "markaz_device"
DEVICE_SECONDS: Final = 180 * 24 * 3600
NOWHERE: Final = "0.0.0.0"
"""The address of who has none that we know."""


def address_of(connection: HTTPConnection) -> str:
    """The address from which it comes; behind a proxy on this machine the one that the proxy tells."""
    host = connection.client.host if connection.client is not None else NOWHERE
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return NOWHERE


def visitor_of(request: Request) -> Visitor:
    browser = "".join(one if one.isprintable() else " " for one in request.headers.get("user-agent", ""))
    device = request.cookies.get(DEVICE_COOKIE) or None
    return Visitor(address=address_of(request), browser=browser[:BROWSER_LENGTH_MAX], device=device)


AddressGiven = Annotated[str, Depends(address_of)]
VisitorGiven = Annotated[Visitor, Depends(visitor_of)]


def keep(response: Response, request: Request, opened: Opened) -> None:
    """Let the browser keep the session until it is closed, and that it signed in here for half a year."""
    is_secure = request.url.scheme == "https"
    response.set_cookie(SESSION_COOKIE, opened.session, httponly=True, samesite="strict", secure=is_secure)
    response.set_cookie(
        DEVICE_COOKIE,
        opened.device,
        max_age=DEVICE_SECONDS,
        path="/api",
        httponly=True,
        samesite="strict",
        secure=is_secure,
    )


def forget(response: Response, request: Request) -> None:
    """Let the browser drop the session, not that it signed in here."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
