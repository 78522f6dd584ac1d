"""Time-based one-time passwords (RFC 6238) and recovery codes."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from pyotp.totp import TOTP

ISSUER: Final = "Markaz"
STEP_SECONDS: Final = 30
STEPS_AROUND: Final = 1
"""A code of the step before or after counts too, for clocks that differ."""
CODES: Final = 10
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike."""
_CODE_LENGTH: Final = 16


class SecondFactors:
    """Keeps secrets encrypted with the installation's key, so that the database alone is not enough to make a code."""

    def __init__(self, encryption_key: bytes) -> None:
        self._fernet = Fernet(encryption_key)

    def new_secret(self) -> tuple[str, bytes]:
        """A secret in base32, and as it is kept."""
        secret = pyotp.random_base32()
        return secret, self._fernet.encrypt(secret.encode())

    def step_of(self, encrypted: bytes, code: str, *, now: datetime, after: int | None) -> int | None:
        """The time step whose code this is, later than `after`; None when it is none, or the secret is not ours."""
        try:
            totp = TOTP(self._fernet.decrypt(encrypted).decode())
        except InvalidToken:
            return None
        step_now = int(now.timestamp()) // STEP_SECONDS
        given = code.replace(" ", "")
        matching = [
            step
            for step in range(step_now - STEPS_AROUND, step_now + STEPS_AROUND + 1)
            if secrets.compare_digest(totp.generate_otp(step).encode(), given.encode(errors="replace"))
        ]
        return next((step for step in matching if after is None or step > after), None)


def uri_of(secret: str, *, account: str) -> str:
    """What an authenticator app is told."""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def picture_of(uri: str) -> str:
    """The URI as a QR code: a `data:` URI of an SVG picture."""
    return segno.make(uri, error="m").svg_data_uri(scale=4, border=2)


def new_recovery_codes() -> list[str]:
    """Ten codes of 78 bits, in groups of four."""
    codes = ("".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(CODES))
    return ["-".join(code[n : n + 4] for n in range(0, _CODE_LENGTH, 4)) for code in codes]


def recovery_hash(code: str) -> bytes:
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode(errors="surrogatepass")).digest()
