"""Which passwords are refused, and that a proof is what it should be."""

import asyncio
import base64

import pytest
from argon2 import PasswordHasher

from markaz.identity.errors import PasswordRefused, SignInsCrowded
from markaz.identity.passwords import Cost, Prover, new_cost, proof_of, refuse_weak

CHEAP = Cost(b"0123456789abcdef", passes=1, memory_kib=64, lanes=1)


@pytest.mark.parametrize(
    "password",
    [
        "short", "elevenchars", "password1234", "Password!2345", "P@ssw0rd2026!", "passwordpassword", "welcome12345!",
        "aaaaaaaaaaaaaa", "abababababab", "123456789012", "qwertyuiop12", "qwertyuiopasdf", "abcdefghijkl",
        "1qaz2wsx3edc", "йцукенгшщзхъ", "привет123456", "amal.haddad2026", "AmalHaddad!!!!", "x" * 201,
    ],
)  # fmt: skip
def test_what_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        refuse_weak(password, about=("Amal Haddad", "amal.haddad@example.org", None))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "seven brave camels walked", "xT9#kq2!vLmw", "сорок фиолетовых жирафов",
        "أربعون زرافة بنفسجية", "چهل زرافهٔ بنفش رنگ", "bốn mươi con hươu tím", "8317 2946 5501 7732",
        "my monkey likes green tea",
    ],
)  # fmt: skip
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    refuse_weak(password, about=("Amal Haddad", "amal@example.org"))


def test_a_proof_is_the_same_for_the_same_password_alone() -> None:
    assert proof_of("Å forty giraffes", CHEAP) == proof_of("Å forty giraffes", CHEAP), "NFKC"
    assert proof_of("a", CHEAP) != proof_of("b", CHEAP)
    assert proof_of("a", CHEAP) != proof_of("a", Cost(b"another salt 16b", 1, 64, 1))
    assert len({new_cost().salt for _ in range(5)}) == 5


def test_the_proof_is_argon2id() -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, hash_len=32, salt_len=16)
    written = hasher.hash("a", salt=CHEAP.salt)
    assert written.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert base64.b64encode(proof_of("a", CHEAP)).decode().rstrip("=") == written.rpartition("$")[2]


async def test_more_sign_ins_than_can_be_served_are_told_so() -> None:
    prover = Prover()
    waiting = [asyncio.create_task(prover.prove("a", CHEAP)) for _ in range(Prover.WAITING_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(SignInsCrowded):
        await prover.prove("a", CHEAP)
    assert len(set(await asyncio.gather(*waiting))) == 1
    assert await prover.prove("a", CHEAP)
