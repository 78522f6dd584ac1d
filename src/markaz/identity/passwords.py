"""Passwords: what they must be, and the proof that one is known.

argon2id (RFC 9106) turns a password into a *proof*; the database keeps the SHA-256 of that, the *verifier*. So whoever
reads the verifier cannot sign in with it, and who only speaks as the web cannot open a session without the password.
"""

import asyncio
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from markaz.identity.errors import PasswordRefused, SignInsCrowded

LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 200
PASSES: Final = 3
MEMORY_KIB: Final = 64 * 1024
LANES: Final = 4
"""The second recommendation of RFC 9106, for machines that do not have 2 GiB for a sign-in."""
SALT_BYTES: Final = 16
PROOF_BYTES: Final = 32
NAME_MIN: Final = 4
"""A part of a name that is shorter may stand anywhere."""
DIFFERENT_MIN: Final = 5
"""A password has at least so many different characters."""

_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890123456789", "йцукенгшщзхъ",
         "фывапролджэ", "ячсмитьбю", "1qaz2wsx3edc4rfv5tgb6yhn", "q1w2e3r4t5y6u7i8o9p0")  # fmt: skip
_COMMON = frozenset(
    [
        "abc",
        "absolute",
        "access",
        "account",
        "admin",
        "administrator",
        "agent",
        "amanda",
        "amen",
        "andrew",
        "angel",
        "arsenal",
        "asdf",
        "ashley",
        "azerty",
        "babygirl",
        "baseball",
        "basketball",
        "batman",
        "bismillah",
        "blink",
        "callcenter",
        "callcentre",
        "center",
        "centre",
        "changeme",
        "charlie",
        "cheese",
        "chelsea",
        "chocolate",
        "computer",
        "contact",
        "cookie",
        "corvette",
        "daniel",
        "default",
        "demo",
        "diamond",
        "dragon",
        "elephant",
        "england",
        "facebook",
        "ferrari",
        "flower",
        "football",
        "forever",
        "freedom",
        "friend",
        "fuckyou",
        "george",
        "ginger",
        "google",
        "guest",
        "harley",
        "hello",
        "hunter",
        "iloveyou",
        "internet",
        "jasmine",
        "jennifer",
        "jessica",
        "jesus",
        "jordan",
        "joshua",
        "justin",
        "killer",
        "letmein",
        "liverpool",
        "login",
        "love",
        "loveyou",
        "lovely",
        "manager",
        "marina",
        "markaz",
        "marlboro",
        "master",
        "matrix",
        "matthew",
        "maxwell",
        "mercedes",
        "michael",
        "michelle",
        "microsoft",
        "monkey",
        "mother",
        "mustang",
        "mypassword",
        "naruto",
        "nicole",
        "nothing",
        "orange",
        "parol",
        "pass",
        "passphrase",
        "passw",
        "password",
        "passwort",
        "pepper",
        "phoenix",
        "pokemon",
        "princess",
        "privet",
        "purple",
        "qazwsx",
        "querty",
        "qwert",
        "qwerty",
        "rainbow",
        "ranger",
        "robert",
        "root",
        "salaam",
        "samsung",
        "secret",
        "security",
        "service",
        "shadow",
        "snoopy",
        "soccer",
        "spiderman",
        "starwars",
        "summer",
        "sunshine",
        "superman",
        "support",
        "supervisor",
        "sweetheart",
        "system",
        "taylor",
        "temporary",
        "test",
        "testing",
        "thomas",
        "tigger",
        "trustno",
        "user",
        "victoria",
        "welcome",
        "whatever",
        "william",
        "winner",
        "winter",
        "yamaha",
        "yankees",
        "zaq",
        "xsw",
        "пароль",
        "привет",
        "любовь",
        "наташа",
        "максим",
        "марина",
        "солнышко",
        "люблю",
    ]
)
"""What most leaked passwords are made of, without digits and signs around it."""
_LEET = str.maketrans("013457@$!", "oieastasi")


@dataclass(frozen=True, slots=True)
class Cost:
    """How a proof is made of a password: argon2id's salt, passes, KiB of memory and lanes."""

    salt: bytes
    passes: int = PASSES
    memory_kib: int = MEMORY_KIB
    lanes: int = LANES


def new_cost() -> Cost:
    return Cost(secrets.token_bytes(SALT_BYTES))


def verifier_of(proof: bytes) -> bytes:
    return hashlib.sha256(proof).digest()


class Prover:
    """Makes proofs in threads, few at a time: each takes 64 MiB and a core for a moment. Raises `SignInsCrowded`."""

    AT_ONCE_MAX: Final = 2
    WAITING_MAX: Final = 50

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(self.AT_ONCE_MAX)
        self._waiting = 0

    async def prove(self, password: str, cost: Cost) -> bytes:
        if self._waiting >= self.WAITING_MAX:
            raise SignInsCrowded
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(proof_of, password, cost)
        finally:
            self._waiting -= 1


def proof_of(password: str, cost: Cost) -> bytes:
    """NFKC first (NIST SP 800-63B), so that a password is the same from every keyboard."""
    return hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode(errors="surrogatepass"),
        cost.salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=PROOF_BYTES,
        type=Type.ID,
    )


def refuse_weak(password: str, *, about: Iterable[str | None] = ()) -> None:
    """Raises `PasswordRefused` for one that is short, common, a run of keys, or made of `about` (name, e-mail)."""
    problem = _weakness(unicodedata.normalize("NFKC", password), [word for word in about if word])
    if problem is not None:
        raise PasswordRefused(problem)


def _weakness(password: str, about: list[str]) -> str | None:
    if len(password) < LENGTH_MIN:
        return f"use at least {LENGTH_MIN} characters; several words are easy to remember"
    if len(password) > LENGTH_MAX:
        return f"use at most {LENGTH_MAX} characters"
    if len(set(password)) < DIFFERENT_MIN:
        return f"use at least {DIFFERENT_MIN} different characters"
    plain = password.casefold()
    if any(_without_runs(plain, run) == "" for run in (*_RUNS, *(run[::-1] for run in _RUNS))):
        return "it is a row of neighbouring keys, letters or digits"
    rest = _letters(plain)
    for word in sorted(_COMMON, key=len, reverse=True):
        rest = _removed(rest, word)
    if len(rest) < DIFFERENT_MIN and not _is_many_words(password):
        return "it is made of a word that everybody tries first"
    for name in about:
        for part in re.split(r"[\s@._-]+", name.casefold()):
            own = _letters(part)
            if len(own) >= NAME_MIN and own in rest and len(_removed(rest, own)) < DIFFERENT_MIN:
                return "it is made of your own name or e-mail"
    return None


def _letters(text: str) -> str:
    """Letters alone, with digits and signs at the ends gone and those between read as the letters they stand for."""
    inner = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    return re.sub(r"[\W\d_]+", "", inner.translate(_LEET))


def _removed(text: str, word: str) -> str:
    return text.replace(word, "") if word else text


def _without_runs(text: str, run: str) -> str:
    """What is left when all stretches of four or more that stand in `run` are taken out."""
    left, n = "", 0
    while n < len(text):
        longest = next((size for size in range(len(text) - n, 3, -1) if text[n : n + size] in run), 0)
        left += "" if longest else text[n]
        n += longest or 1
    return left


def _is_many_words(password: str) -> bool:
    """Four words, even common ones, are many to guess; a word with much else around it is not made of it alone."""
    return len(re.findall(r"[^\W\d_]{3,}", password)) >= 4 or sum(not one.isalpha() for one in password) >= LENGTH_MIN
