"""What somebody typed to find a customer, as what is looked for: how a number ends, or a whole name. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from markaz.web.errors import DigitsTooFew

DIGITS_MIN: Final = 3
SHORT_MAX: Final = 6
"""So many digits are the last ones of a number, their zeros too; more begin as a number is dialled."""
CUSTOMER_DESCRIBED: Final = f"""\
Who called, as a number is written: spaces and punctuation don't count, Arabic and Persian digits are digits. Found is \
whose number ends with these digits, {DIGITS_MIN} at least; of more than {SHORT_MAX} digits, a leading +, 00 or \
national 0 does not count, so that a whole number finds its own contacts whichever of these the trunk told. \
What has a letter, or one of @ _ * #, is a name, such as anonymous, and is found whole"""

_NAMED = frozenset("@_*#")
_NATIONAL_ZERO = re.compile(r"^((?:\+|00)[0-9]+)\(0\)")
_BEGINNING = re.compile(r"^(?:00|0)")


@dataclass(frozen=True, slots=True)
class Ending:
    """Digits with which a customer's number ends."""

    digits: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A customer as the network told it, to the letter."""

    customer: str


def sought(typed: str) -> Ending | Whole:
    """What `typed` looks for. Raises `DigitsTooFew` where it is a number, and too short an ending of one."""
    if any(character.isalpha() or character in _NAMED for character in typed):
        return Whole(typed.strip())
    keyed = re.sub(r"[^0-9+()]", "", "".join(map(_latin, typed)))
    dialled = re.sub(r"[()]", "", _NATIONAL_ZERO.sub(r"\1", keyed))
    digits = dialled.replace("+", "")
    if len(digits) > SHORT_MAX and not dialled.startswith("+"):
        digits = _BEGINNING.sub("", digits)
    if len(digits) < DIGITS_MIN:
        raise DigitsTooFew(DIGITS_MIN)
    return Ending(digits)


def _latin(character: str) -> str:
    """A digit of any script as a Latin one; other characters as they are."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
