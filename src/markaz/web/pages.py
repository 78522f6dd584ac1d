"""Lists that are read page by page: a cursor says where the last page ended, in the order of the list."""

import base64
import binascii
from types import GenericAlias
from typing import Annotated, Any

import msgspec
from fastapi import Query

from markaz.kit.time import moment
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
        place = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise CursorUnknown from error
    if any(isinstance(part, str) and "\x00" in part for part in place):  # which no text in PostgreSQL can hold
        raise CursorUnknown
    return place


def newest_before(cursor: str | None, *names: str) -> dict[str, Any]:
    """Where a list goes on that has the newest first: `at`, and the texts `names` that put the same moment in order.

    Each is None at the beginning. Raises `CursorUnknown`.
    """
    if cursor is None:
        return dict.fromkeys(("at", *names))
    at, *texts = place_of(cursor, GenericAlias(tuple, (int, *(str for _ in names))))
    try:
        return {"at": moment(at), **dict(zip(names, texts, strict=True))}
    except OverflowError as error:
        raise CursorUnknown from error
