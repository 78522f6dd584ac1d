"""From where somebody signs in."""

from typing import Final

import msgspec

from markaz.identity.tokens import new_token, token_hash

BROWSER_LENGTH_MAX: Final = 200
"""What a browser says of itself is kept up to here."""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """`device`: the token of a cookie that a browser keeps from its first sign-in on; None before."""

    address: str
    browser: str = ""
    device: str | None = None

    @property
    def device_hash(self) -> bytes | None:
        return None if self.device is None else token_hash(self.device)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A session that began: what the browser keeps."""

    session: str
    device: str


def opening(visitor: Visitor) -> Opened:
    """The tokens with which the visitor's session would begin."""
    return Opened(session=new_token(), device=visitor.device or new_token())
