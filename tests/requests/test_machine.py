"""What holds of a request, whatever the two sides do with it and however long they take:

* It is the turn of one of the two sides, and of nobody once it is done.
* The age since it was asked never shrinks, and stands still once it is done.
* The age of a turn never shrinks, unless it has become the other side's turn, by an answer or because it is reopened.
* A move is possible for a side just when it is among its moves; a refused one changes nothing.
* An escalation is taken away by an answer or by the end alone, and time makes it once.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from markaz.requests import (
    KINDS,
    MOVES,
    OPEN,
    PROMISE_DAYS_MAX,
    TRANSITIONS,
    Author,
    MoveNotPossible,
    NotYourTurn,
    PromiseNotPossible,
    Request,
    Side,
    asked,
    escalated_by_time,
    moved,
    moves_of,
    owned,
    turn,
)

BEGAN = datetime(2026, 11, 26, 9, tzinfo=UTC)
SIDES: tuple[Side, ...] = ("centre", "client")


def question(*, by: Side = "client", hours: int = 24) -> Request:
    return asked(id="r", client="bank", project="cards", by=by, kind="question", at=BEGAN, response_hours=hours)


class Sides(RuleBasedStateMachine):
    @initialize(by=st.sampled_from(SIDES), kind=st.sampled_from(KINDS), hours=st.integers(1, 200))
    def ask(self, by: Side, kind, hours: int) -> None:
        self.now = BEGAN
        self.request = asked(id="r", client="bank", project=None, by=by, kind=kind, at=BEGAN, response_hours=hours)
        self.ages = (timedelta(0), timedelta(0), turn(self.request))
        self.was_escalated = False

    @rule(minutes=st.integers(0, 20_000))
    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        escalated = escalated_by_time(self.request, self.now)
        if escalated is None:
            assert self.request.state not in ("asked", "promised") or self.now < self.request.due_at
            return
        assert self.request.due_at <= self.now
        assert escalated_by_time(escalated, self.now) is None, "once"
        self.request = escalated

    @rule(move=st.sampled_from(MOVES), by=st.sampled_from(SIDES), days=st.integers(-1, PROMISE_DAYS_MAX + 1))
    def act(self, move, by: Side, days: int) -> None:
        before, until = self.request, self.now + timedelta(days=days)
        is_possible = move in moves_of(before, by)
        try:
            self.request = moved(before, move, by=by, at=self.now, until=until)
        except PromiseNotPossible:
            assert move == "promise"
            assert not 0 < days <= PROMISE_DAYS_MAX
            return
        except (MoveNotPossible, NotYourTurn):
            assert not is_possible
            return
        assert is_possible
        assert self.request.state == TRANSITIONS[before.state][move]
        if move == "promise":
            assert self.request.due_at == until
        if before.state == "escalated":
            assert self.request.state == "escalated" or move in ("answer", "withdraw")

    @invariant()
    def one_side_has_it(self) -> None:
        assert (turn(self.request) in SIDES) == (self.request.state in OPEN) == (self.request.ended_at is None)

    @invariant()
    def ages_grow(self) -> None:
        until = self.request.ended_at or self.now
        asked_for, turn_for, whose = until - self.request.asked_at, until - self.request.turn_since, turn(self.request)
        asked_before, turn_before, whose_before = self.ages
        assert asked_for >= asked_before
        assert turn_for <= asked_for
        if whose in (whose_before, None):
            assert turn_for >= turn_before
        self.ages = (asked_for, turn_for, whose)


TestSides = Sides.TestCase


def test_the_age_of_a_turn_begins_anew_with_an_answer_and_with_nothing_less() -> None:
    request, later = question(), BEGAN + timedelta(hours=5)
    for move, by in (("promise", "centre"), ("escalate", "client"), ("take", "centre"), ("say", "client")):
        request = moved(request, move, by=by, at=later, until=later + timedelta(days=1))  # pyright: ignore[reportArgumentType]
        assert (request.turn_since, turn(request)) == (BEGAN, "centre"), move
    answered = moved(request, "answer", by="centre", at=later)
    assert (answered.turn_since, turn(answered)) == (later, "client")
    again = moved(answered, "reopen", by="client", at=later + timedelta(hours=1))
    assert (again.turn_since, turn(again)) == (later + timedelta(hours=1), "centre")
    assert again.due_at == later + timedelta(hours=25), "an answer is owed within the agreed time again"
    assert again.asked_at == BEGAN


@pytest.mark.parametrize("by", SIDES)
def test_whoever_asks_does_not_answer(by: Side) -> None:
    request = question(by=by)
    with pytest.raises(NotYourTurn):
        moved(request, "answer", by=by, at=BEGAN)
    other = "client" if by == "centre" else "centre"
    with pytest.raises(NotYourTurn):
        moved(request, "withdraw", by=other, at=BEGAN)
    with pytest.raises(MoveNotPossible):
        moved(request, "accept", by=by, at=BEGAN)


def test_what_is_overdue_is_escalated_when_the_agreed_time_or_the_promise_has_passed() -> None:
    request, second = question(hours=4), timedelta(seconds=1)
    assert escalated_by_time(request, BEGAN + timedelta(hours=4) - second) is None
    escalated = escalated_by_time(request, BEGAN + timedelta(hours=4))
    assert escalated is not None
    assert escalated.state == "escalated"
    promised = moved(request, "promise", by="centre", at=BEGAN, until=BEGAN + timedelta(days=2))
    assert escalated_by_time(promised, BEGAN + timedelta(days=2) - second) is None
    assert escalated_by_time(promised, BEGAN + timedelta(days=2)) is not None


def test_who_of_the_centre_deals_with_it_first_owns_it_until_another_takes_it() -> None:
    mona, sami = Author("centre", "m", "Mona"), Author("centre", "s", "Sami")
    request = owned(question(), Author("client", "c", "Clara"))
    assert request.owner is None
    request = owned(owned(request, mona), sami)
    assert (request.owner, request.owner_name) == ("m", "Mona")
    assert owned(request, sami, anew=True).owner == "s"
