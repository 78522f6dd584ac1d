"""Nothing is agreed by one side, what is over stays over, and a signature is under the terms that were seen.

Whatever two sides do in whatever order: a version is agreed only by the side that did not propose it, and only under
the fingerprint of its terms.
"""

from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.reports import MoveRefused, TermsChanged, TermsRefused
from markaz.reports.agreements import (
    TRANSITIONS,
    Move,
    Side,
    State,
    Terms,
    check_terms,
    moved,
    moves_of,
    periods_due,
    terms_hash,
)
from markaz.reports.catalogue import Chosen
from tests.reports.rows import utc

SIDES: tuple[Side, ...] = ("centre", "client")
MOVES: tuple[Move, ...] = ("agree", "decline", "withdraw", "end")
DAILY = Terms(name="Daily", projects=("p",), figures=(Chosen(figure="offered"),), interval="half_hour",
              zone="Europe/Berlin", deliver_at="06:00", first_day=date(2026, 3, 28))  # fmt: skip


def other(**changes: Any) -> Terms:
    return Terms(**{name: getattr(DAILY, name) for name in DAILY.__struct_fields__} | changes)


@given(
    st.sampled_from(SIDES),
    st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(SIDES), st.booleans()), max_size=8),
)
def test_one_signature_never_suffices(proposer: Side, made: list[tuple[Move, Side, bool]]) -> None:
    state: State = "proposed"
    for move, side, is_same in made:
        before = state
        try:
            state = moved(
                state, move, proposed_by=proposer, side=side, signed="seen" if is_same else "else", terms="seen"
            )
        except (MoveRefused, TermsChanged):
            continue
        assert state in TRANSITIONS[before].values()
        assert move in moves_of(before, proposed_by=proposer, side=side)
        if state == "agreed":
            assert side != proposer
            assert is_same


def test_what_is_over_stays_over() -> None:
    for state in ("declined", "withdrawn", "superseded", "ended"):
        for side in SIDES:
            assert moves_of(state, proposed_by="centre", side=side) == ()


def test_every_change_of_the_terms_is_another_fingerprint() -> None:
    changed = [other(name="D"), other(zone="UTC"), other(deliver_at="07:00"), other(recipients=("a@b.example",)),
               other(language="en"), other(language="fa"),
               other(figures=(Chosen(figure="offered", parameters={}), Chosen(figure="answered")))]  # fmt: skip
    assert len({terms_hash(one) for one in (DAILY, *changed)}) == 1 + len(changed)
    assert terms_hash(other()) == terms_hash(DAILY)


def test_terms_that_were_signed_before_there_were_languages_keep_their_fingerprint() -> None:
    signed = "4e6931154d66bc0f04234ac8a92ebd8e9ce0c31bf803b2e173e57adc9b33a7b7"
    assert terms_hash(DAILY) == signed
    assert DAILY.words.language == "en"
    stored = msgspec.json.encode(DAILY, order="deterministic")
    assert terms_hash(msgspec.json.decode(stored, type=Terms)) == signed


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"projects": ()}, {"deliver_at": "25:00"}, {"recipients": ("nobody",)},
        {"recipients": ("a@b.example\nBcc: c@d.example",)}, {"recipients": ("a@b.example, c@d.example",)},
        {"figures": (Chosen(figure="occupancy"),)}, {"group": "agent", "figures": (Chosen(figure="handled"),)},
    ],
)  # fmt: skip
def test_terms_that_cannot_be_kept_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TermsRefused):
        check_terms(other(**wrong))


def due(terms: Terms, now: datetime, after: datetime | None = None) -> list[tuple[datetime, datetime, datetime]]:
    return [(one.began_at, one.ended_at, one.due_at) for one in periods_due(terms, after=after, now=now)]


def test_a_day_is_due_at_the_agreed_time_of_the_next_also_when_clocks_change() -> None:
    friday = (utc("2026-03-27", "23:00"), utc("2026-03-28", "23:00"), utc("2026-03-29", "04:00"))  # summer time by then
    sunday = (utc("2026-03-28", "23:00"), utc("2026-03-29", "22:00"), utc("2026-03-30", "04:00"))
    assert due(DAILY, utc("2026-03-29", "03:59")) == []
    assert due(DAILY, utc("2026-03-29", "04:00")) == [friday]
    assert due(DAILY, utc("2026-03-30", "12:00")) == [friday, sunday]
    assert due(DAILY, utc("2026-03-30", "12:00"), after=friday[0]) == [sunday]
    assert sunday[1] - sunday[0] != friday[1] - friday[0]


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    weekly, monthly = other(period="week"), other(period="month")
    assert due(weekly, utc("2026-04-07", "00:00"))[0][:2] == (utc("2026-03-22", "23:00"), utc("2026-03-29", "22:00"))
    months = due(monthly, utc("2026-05-02", "00:00"))
    assert [one[0] for one in months] == [utc("2026-02-28", "23:00"), utc("2026-03-31", "22:00")]
