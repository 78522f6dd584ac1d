"""The rule: the share holds, no contact depends on another, and the programs of any computer come to the same."""

import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.listening import commitment_of, hash_of, is_drawn, limit_of, manifest_of, seed_of

CONTACTS = [f"1764079200.{n}" for n in range(4_000)]


def by_hand(text: str) -> str:
    """What `printf %s TEXT | sha256sum` says."""
    said = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True)
    return said.stdout.decode().split()[0]


def drawn(seed: str, share_basis_points: int, contacts: Sequence[str] = CONTACTS) -> set[str]:
    return {one for one in contacts if is_drawn(hash_of(seed=seed, contact=one), share_basis_points)}


@pytest.mark.parametrize("share", [100, 500, 2_500, 5_000])
@pytest.mark.parametrize("seed", ["a", "b", "c", "d", "e"])
def test_the_share_holds(seed: str, share: int) -> None:
    """Within four and a half standard deviations of a binomial count, for five seeds that were not chosen."""
    expected = len(CONTACTS) * share / 10_000
    deviation = (expected * (1 - share / 10_000)) ** 0.5
    assert abs(len(drawn(seed, share)) - expected) < 4.5 * deviation


def test_all_and_none() -> None:
    assert drawn("seed", 10_000) == set(CONTACTS)
    assert drawn("seed", 0) == set()
    assert is_drawn("f" * 64, 10_000)
    assert not is_drawn("0" * 64, 0)


@given(st.lists(st.text(max_size=20), max_size=30, unique=True), st.text(max_size=20), st.integers(0, 10_000))
def test_a_contact_depends_on_no_other(contacts: list[str], seed: str, share: int) -> None:
    shuffled = sorted(contacts, key=lambda one: hash_of(seed="another", contact=one))
    assert drawn(seed, share, contacts) == drawn(seed, share, shuffled)
    assert manifest_of(contacts) == manifest_of(shuffled)
    for one in contacts:
        assert drawn(seed, share, [one]) == drawn(seed, share, contacts) & {one}


@given(st.text(max_size=20), st.integers(0, 9_999))
def test_a_larger_share_holds_the_smaller_one(seed: str, share: int) -> None:
    assert drawn(seed, share, CONTACTS[:50]) <= drawn(seed, share + 1, CONTACTS[:50])


def test_it_is_recomputed_by_hand() -> None:
    """With `sha256sum` and a look at the hexadecimal digits, without any of our code."""
    centre_half, client_half = "5f" * 32, "4 6 1 3 3 2 5"
    assert commitment_of(centre_half) == by_hand(centre_half)
    seed = by_hand(f"{centre_half}:{client_half}")
    assert seed_of(centre_half=centre_half, client_half=client_half) == seed
    limit = limit_of(2_500)
    assert limit == "4" + "0" * 63
    contacts = CONTACTS[:40]
    hashes = {one: by_hand(f"{seed}:{one}") for one in contacts}
    assert {one: hash_of(seed=seed, contact=one) for one in contacts} == hashes
    assert drawn(seed, 2_500, contacts) == {one for one, value in hashes.items() if value < limit}


def test_the_list_is_hashed_as_sort_orders_it() -> None:
    contacts = ["b", "a.10", "a.9", "ü", "Z"]
    ordered = subprocess.run(
        ["sort"], input="\n".join(contacts).encode(), env={"LC_ALL": "C"}, capture_output=True, check=True
    ).stdout
    assert manifest_of(contacts) == by_hand(ordered.decode())
