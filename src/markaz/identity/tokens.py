"""Tokens: 256 random bits that their holder shows and of which the database knows the SHA-256 alone."""

import base64
import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32
KEY_PREFIX: Final = "mk_"
"""API keys begin with it, so that people and scanners of leaks know one when they see it."""


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_key() -> str:
    return KEY_PREFIX + new_token()


def derived_key(secret: str, floor: str) -> str:
    """The API key that an installation's part uses for `floor`, always the same."""
    digest = hashlib.sha256(f"{secret} {floor}".encode()).digest()
    return KEY_PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """What the database keeps of a token. Whatever is shown has one, also what is no text."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()
