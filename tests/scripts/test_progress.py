"""The cases of progress.json, which desk and checks must agree on, and what holds of any conversation."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.scripts import (
    Answered,
    AnyEvent,
    Ask,
    Chose,
    EventRefused,
    Said,
    Went,
    advance,
    begin,
    filled,
    follow,
    is_over,
    owed,
    why_unfit,
)  # fmt: skip
from markaz.scripts.progress import EVENTS_MAX
from tests.scripts.house import ORDERS

GOLDEN: dict[str, Any] = msgspec.json.decode(Path(__file__).with_name("progress.json").read_bytes())
CASES: list[dict[str, Any]] = GOLDEN["cases"]


def test_the_cases_speak_of_the_script_of_house() -> None:
    assert msgspec.to_builtins(ORDERS) == GOLDEN["script"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case(case: dict[str, Any]) -> None:
    events = msgspec.convert(case["events"], list[AnyEvent])
    if "refused" in case:
        with pytest.raises(EventRefused) as refused:
            follow(ORDERS, events, allowed=case["allowed"])
        assert refused.value.why == case["refused"]
        return
    progress = follow(ORDERS, events, allowed=case["allowed"])
    missing = [msgspec.to_builtins(one) for one in owed(ORDERS, progress, allowed=case["allowed"])]
    said = {"step": progress.step, "over": is_over(ORDERS, progress), "answers": progress.answers, "owed": missing}
    assert said == {name: case[name] for name in said}
    assert list(progress.deviations) == case["deviations"]


STEP = st.sampled_from([*ORDERS.steps, "nowhere"])
EVENTS = st.one_of(
    st.builds(Said, step=STEP, how=st.sampled_from(["written", "own_words", "skipped"])),
    st.builds(Answered, step=STEP, value=st.sampled_from([None, "", "4711", "2026-11-20"])),
    st.builds(Chose, step=STEP, option=st.sampled_from(["It is late", "Something else", "?"])),
    st.builds(Went, step=STEP),
)
ALLOWED = st.frozensets(st.sampled_from(["own_words", "any_order", "skip_sentences", "skip_fields"]))


@given(st.lists(EVENTS, max_size=30), ALLOWED)
def test_any_conversation_keeps_to_what_is_allowed(events: list[AnyEvent], allowed) -> None:
    """A refused event changes nothing; no deviation is done that is not allowed; an end with nothing owed has
    said and asked all that was required on its way."""
    progress = begin(ORDERS)
    for event in events:
        try:
            progress = advance(ORDERS, progress, event, allowed=allowed)
        except EventRefused:
            continue
        assert progress.step in ORDERS.steps
    assert set(progress.deviations) <= allowed
    strict = owed(ORDERS, progress)
    assert set(owed(ORDERS, progress, allowed=allowed)) <= set(strict)
    if is_over(ORDERS, progress) and not strict:
        assert progress.said["hello"] == "written"
        assert "order" in progress.answers


def test_a_conversation_has_a_bound() -> None:
    progress = follow(ORDERS, [Said("hello"), *(Went("hello") for _ in range(EVENTS_MAX - 1))])
    with pytest.raises(EventRefused, match=f"at most {EVENTS_MAX} steps"):
        advance(ORDERS, progress, Said("hello"))


def test_what_a_customer_says_stays_text() -> None:
    assert filled("Hello {customer_name}, {gone}!", {"customer_name": "<b>{order}</b>"}) == "Hello <b>{order}</b>, !"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("number", "-12.50", "1e5"), ("date", "2028-02-29", "2026-02-29"), ("date", "2026-12-01", "20261201"),
        ("telephone", "+4930123", "+49 30"), ("email", "a@b.org", "a@b"), ("yes_no", "yes", "Yes"),
        ("one_of", "red", "green"), ("text", "anything", "x" * 2_001),
    ],
)  # fmt: skip
def test_answers_fit_their_kind(kind, good: str, bad: str) -> None:
    step = Ask(text="?", field="x", next="y", kind=kind, options=("red",) if kind == "one_of" else ())
    assert why_unfit(step, good) is None
    assert why_unfit(step, bad) is not None
