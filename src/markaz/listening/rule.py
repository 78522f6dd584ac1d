"""Which contacts are in a sample: a rule that anybody recomputes with `sha256sum`, and that nobody can steer.

The seed has two halves. The centre's is committed to by its hash before the day begins; the client's is given after
the list of the day's contacts was sealed, so that whoever makes ids cannot know what a day's seed will be.
docs/decisions/0030 says against whom this holds. The commands here are what the page shows:

    printf %s CENTRE_HALF | sha256sum                  # the commitment
    printf %s CENTRE_HALF:CLIENT_HALF | sha256sum      # the seed
    printf %s SEED:CONTACT | sha256sum                 # the contact's hash: it is drawn when less than the limit
"""

import hashlib
from collections.abc import Iterable
from typing import Final

WHOLE_BASIS_POINTS: Final = 10_000
HASH_DIGITS: Final = 64
RULE: Final = (
    "seed = SHA-256(centre's half:client's half); "
    "a contact is drawn when SHA-256(seed:contact) is less than share x 2^256"
)


def commitment_of(half: str) -> str:
    """What is published of a half that is kept secret until the sample is drawn."""
    return _sha256(half)


def seed_of(*, centre_half: str, client_half: str) -> str:
    """The seed of both halves; the client's is empty when the client gave none in time."""
    return _sha256(f"{centre_half}:{client_half}")


def hash_of(*, seed: str, contact: str) -> str:
    """A number from 0 to 2^256, evenly spread, as 64 hexadecimal digits."""
    return _sha256(f"{seed}:{contact}")


def limit_of(share_basis_points: int) -> str:
    """The least hash that is not drawn, in hexadecimal; with all of a day it is 2^256, which no hash reaches."""
    return f"{-(-share_basis_points * 2**256 // WHOLE_BASIS_POINTS):0{HASH_DIGITS}x}"


def is_drawn(hash_: str, share_basis_points: int) -> bool:
    """Whether a contact with this hash is in the sample; it depends on no other contact."""
    return int(hash_, 16) < int(limit_of(share_basis_points), 16)


def manifest_of(contacts: Iterable[str]) -> str:
    """The hash of a day's list: each contact's id on a line of its own, in the order of their bytes (LC_ALL=C sort)."""
    return _sha256("".join(f"{contact}\n" for contact in sorted(contacts, key=str.encode)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
