"""How a receiver knows that a delivery is ours and new: HMAC-SHA256 (RFC 2104) over the moment and the body.

    Markaz-Signature: t=1764072000,v1=<hex of HMAC-SHA256(secret, "1764072000." + body)>

While the secret is being changed there are two `v1`, and one that fits is enough. A receiver refuses moments that are
more than some minutes away, and remembers `Markaz-Delivery` to take each delivery once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "mwh_"


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def sign(keys: Iterable[str], at_seconds: int, body: bytes) -> str:
    """The header's value. `at_seconds`: since 1970, UTC."""
    said = f"{at_seconds}.".encode() + body
    marks = [hmac.new(key.encode(), said, hashlib.sha256).hexdigest() for key in keys]
    return ",".join([f"t={at_seconds}", *(f"v1={mark}" for mark in marks)])
