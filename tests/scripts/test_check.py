"""A script with any fault in it is told with its place; what passes can always be followed to its end."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.scripts import (
    Answered,
    AnyEvent,
    AnyStep,
    Ask,
    Choose,
    Chose,
    End,
    Said,
    Say,
    Script,
    advance,
    begin,
    check_script,
    is_over,
)  # fmt: skip
from tests.scripts.house import ORDERS, script


def problems(one: Script) -> list[str]:
    return [str(problem) for problem in check_script(one, dispositions={"solved"})]


def test_a_good_script_has_no_problems() -> None:
    assert problems(ORDERS) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (script(start="x", a=End()), 'start: unknown step "x"'),
        (script("a", a=Say(text="a", next="b")), 'steps.a.next: unknown step "b"'),
        (script("a", a=Choose(text="a", options={"one": "b"})), 'steps.a.options.one: unknown step "b"'),
        (script("a", a=Choose(text="a", options={})), "steps.a.options: there is nothing to choose from"),
        (script("a", a=End(), b=End()), "steps.b: no way leads here"),
        (script("a", a=Say(text="a", next="a")), "steps.a: no way leads from here to an end"),
        (
            script("a", a=Choose(text="?", options={"x": "b", "y": "c"}), b=Say(text="b", next="b"), c=End()),
            "steps.b: no way leads from here to an end",
        ),
        (script("a", a=Say(text=" ", next="b"), b=End()), "steps.a.text: there is nothing to say"),
        (script("a", a=End(text="{custmer}")), 'steps.a.text: unknown variable "custmer"'),
        (script("a", a=End(text="{customer")), "steps.a.text: a brace has no partner"),
        (script("a", a=End(disposition="x")), 'steps.a.disposition: unknown disposition "x"'),
        (script("a", a=Ask(text="?", field="Name", next="b"), b=End()), 'steps.a.field: "Name" is no field'),
        (script("a", a=Ask(text="?", field="agent", next="b"), b=End()), 'steps.a.field: "agent" is a variable'),
        (script("a", a=Ask(text="?", field="x", kind="one_of", next="b"), b=End()), "steps.a.options: name the"),
        (script("a", a=Ask(text="?", field="x", options=("y",), next="b"), b=End()), "steps.a.options: only a"),
        (script("a b", **{"a b": End()}), "steps.a b: a step's name"),
        (
            script("a", a=Say(text="{x}", next="b"), b=Ask(text="?", field="x", next="c"), c=End()),
            'steps.a.text: unknown variable "x"',
        ),
    ],
)
def test_a_problem_is_said_with_its_place(one: Script, expected: str) -> None:
    found = problems(one)
    assert any(sentence.startswith(expected) for sentence in found), found


def test_a_field_may_be_named_where_a_loop_comes_back() -> None:
    again = script(
        "a",
        a=Say(text="So {x}.", next="b"),
        b=Ask(text="?", field="x", next="c"),
        c=Choose(text="Right?", options={"no": "a", "yes": "d"}),
        d=End(),
    )
    assert problems(again) == []


NAMES = st.sampled_from("abcdef")
STEPS: st.SearchStrategy[AnyStep] = st.one_of(
    st.builds(Say, text=st.just("a"), next=NAMES, required=st.booleans()),
    st.builds(Ask, text=st.just("a"), field=st.sampled_from(["x", "y"]), next=NAMES),
    st.builds(Choose, text=st.just("a"), options=st.dictionaries(NAMES, NAMES, min_size=1, max_size=3)),
    st.builds(End),
)


@given(st.dictionaries(NAMES, STEPS, min_size=1), NAMES, st.randoms(use_true_random=False))
def test_whatever_passes_reaches_an_end_from_wherever_one_is(steps: dict[str, AnyStep], start: str, draw) -> None:
    one = Script(id="s", name="S", start=start, steps=steps)
    if check_script(one, dispositions=()):
        return
    progress = begin(one)
    for _ in range(draw.randint(0, 20)):  # anywhere
        if is_over(one, progress):
            break
        progress = advance(one, progress, event(one, progress.step, draw.choice))
    ways = {progress.step: progress}  # from there breadth first
    for _ in one.steps:
        for at in list(ways.values()):
            step = one.steps[at.step]
            options = list(step.options) if isinstance(step, Choose) else [None]
            for option in options if not isinstance(step, End) else ():
                after = advance(one, at, event(one, at.step, lambda _, option=option: option))
                ways.setdefault(after.step, after)
    assert any(is_over(one, at) for at in ways.values())


def event(one: Script, name: str, choose) -> AnyEvent:
    match one.steps[name]:
        case Say():
            return Said(name)
        case Ask():
            return Answered(name, "z")
        case Choose(options=options):
            return Chose(name, choose(list(options)))
        case End():
            raise AssertionError("an end asks for nothing")


def test_a_script_is_written_and_read_without_loss() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ORDERS), type=Script) == ORDERS
