"""Where browsers reach this installation."""

from starlette.requests import HTTPConnection

from markaz.web.context import Installation


def base_of(installation: Installation, connection: HTTPConnection) -> str:
    """The beginning of links to our pages, without a slash at the end."""
    return (installation.public_url or str(connection.base_url)).rstrip("/")
