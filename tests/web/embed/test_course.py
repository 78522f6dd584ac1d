"""What a client's page is told of a contact: each step once, whatever was seen between."""

import itertools
from typing import get_args

import pytest

from markaz.web.embed.course import Phase, Seen, Step, seen_now, steps

PHASES: tuple[Phase, ...] = get_args(Phase)


def told(*seen: Seen) -> list[Step]:
    """The steps of a course, from nothing."""
    pairs = itertools.pairwise([None, *seen])
    return [step for before, now in pairs if now is not None for step in steps(before, now)]


def test_a_call_from_ring_to_wrap_up() -> None:
    course = [
        Seen("waiting"), Seen("offered", "ann"), Seen("talking", "ann"), Seen("held", "ann"), Seen("talking", "ann"),
        Seen("ended"), Seen("over"),
    ]  # fmt: skip
    assert told(*course) == ["offered", "answered", "held", "resumed", "ended", "wrapped_up"]


@pytest.mark.parametrize(
    ("course", "steps"),
    [
        ([Seen("talking", "ann"), Seen("waiting"), Seen("offered", "ben"), Seen("talking", "ben")],
         ["answered", "transferred", "offered", "answered"]),
        ([Seen("talking", "ann"), Seen("offered", "ben")], ["answered", "transferred", "offered"]),
        ([Seen("talking", "ann"), Seen("talking", "ben")], ["answered", "transferred"]),
        ([Seen("held", "ann"), Seen("talking", "ben")], ["held", "transferred"]),
        ([Seen("talking", "ann"), Seen("elsewhere")], ["answered", "transferred"]),
        ([Seen("offered", "ann"), Seen("waiting"), Seen("offered", "ben")], ["offered", "offered"]),
        ([Seen("talking", "ann"), Seen("over")], ["answered", "ended", "wrapped_up"]),
        ([Seen("over")], ["wrapped_up"]),
        ([Seen("ended")], ["ended"]),
    ],
)  # fmt: skip
def test_ways_that_a_course_takes(course: list[Seen], steps: list[Step]) -> None:
    assert told(*course) == steps


@pytest.mark.parametrize("phase", PHASES)
def test_what_stays_is_told_once(phase: Phase) -> None:
    assert steps(Seen(phase, "ann"), Seen(phase, "ann")) == ()


def test_a_contact_that_left_the_floor() -> None:
    assert seen_now(None, is_in_hand=True) == Seen("ended")
    assert seen_now(None, is_in_hand=False) == Seen("over")
