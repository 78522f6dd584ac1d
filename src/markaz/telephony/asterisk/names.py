"""Names of contacts: sortable by time, since each begins with the moment at which its call came."""

import re
from typing import Final

from markaz.kit.time import Instant

_NAME: Final = re.compile(r"(?P<milliseconds>[0-9a-f]{12})[0-9a-f]{8}(\+[0-9]+)?")


def came_at(contact: str) -> Instant | None:
    """When the call of that contact (or the first of those that it follows) came; None when its name does not tell."""
    match = _NAME.fullmatch(contact)
    return int(match["milliseconds"], 16) * 1_000 if match is not None else None
