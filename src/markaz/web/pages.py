"""Lists that are read page by page: a cursor says where the last page ended, in the order of the list."""

import base64
import binascii
from typing import Annotated, Any

import msgspec
from fastapi import Query

from markaz.web.errors import CursorUnknown

LIMIT_MAX = 200
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Entries on a page")]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next` of the page before; absent: from the beginning")
]


def cursor_of(*place: str | int) -> str:
    """A cursor for what comes after `place`, the sort key of a page's last entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str, kind: Any) -> Any:
    """The sort key in a cursor, as the tuple type `kind`. Raises `CursorUnknown` for what is no cursor of this list."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise CursorUnknown from error
