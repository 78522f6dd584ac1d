"""An alarm rises when what it is about has lasted, ends when it has been over for long enough, and does not flap.

* Nothing rises of a rule that is off; what was up of it ends at once.
* There is one alarm of each cause at most, and none ends that is not up.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.alarms import (
    DEFAULTS,
    KINDS,
    AgentSeen,
    Ended,
    FloorSeen,
    Kind,
    QueueSeen,
    Risen,
    Rule,
    RuleInvalid,
    Watch,
    check_rule,
    cure_of,
    in_force,
)

BEGIN = datetime(2027, 1, 15, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def queue(**more: Any) -> QueueSeen:
    since = at(0) if more.get("waiting") else None
    return QueueSeen(**{"waiting": 0, "waiting_since": since, "project": "p"} | more)


def agent(state: str, *queues: str, since: float = 0, able: tuple[str, ...] = ()) -> AgentSeen:
    return AgentSeen(state=state, since=at(since), queues=frozenset(queues), able=frozenset(able))


def only(rule: Rule) -> dict[Kind, Rule]:
    """That rule alone is on."""
    off: dict[Kind, Rule] = {kind: Rule(kind=kind, limit=one.limit, enabled=False) for kind, one in DEFAULTS.items()}
    return {**off, rule.kind: rule}


def seen(seconds: float, **more: Any) -> FloorSeen:
    return FloorSeen(at=at(seconds), **more)


def test_it_rises_after_its_time_and_ends_after_its_time() -> None:
    rules = only(Rule(kind="waiting", limit=2, after_seconds=10, clear_seconds=5))
    watch = Watch()
    full, fine = {"q": queue(waiting=3)}, {"q": queue(waiting=2)}
    assert watch.step(rules, seen(0, queues=full)) == []
    assert watch.step(rules, seen(9, queues=fine)) == [], "it was over once"
    assert watch.step(rules, seen(10, queues=full)) == []
    assert watch.step(rules, seen(20, queues=full)) == [Risen(("waiting", "q"), {"waiting": 3})]
    assert watch.step(rules, seen(21, queues=full)) == []
    assert watch.step(rules, seen(22, queues=fine)) == []
    assert watch.step(rules, seen(26, queues=full)) == [], "not over for long enough"
    assert watch.step(rules, seen(30, queues=fine)) == []
    assert watch.step(rules, seen(35, queues=fine)) == [Ended(("waiting", "q"))]


@pytest.mark.parametrize(
    ("rule", "more", "parameters"),
    [
        (Rule(kind="longest_wait", limit=60), {"queues": {"x": queue(waiting=2, waiting_since=at(39))}},
         {"seconds": 61, "waiting": 2}),
        (Rule(kind="service_level", limit=0.8, offered_min=4), {"queues": {"x": queue(offered=4, service_level=0.75)}},
         {"share": 0.75, "offered": 4}),
        (Rule(kind="nobody_ready"),
         {"queues": {"x": queue(waiting=1)}, "agents": {"a": agent("in_conversation", "x"), "b": agent("ready", "y")}},
         {"waiting": 1}),
        (Rule(kind="in_wrap_up", limit=90), {"agents": {"x": agent("wrapping_up", since=9)}}, {"seconds": 91}),
        (Rule(kind="not_ready", limit=90), {"agents": {"x": agent("not_ready", since=9)}}, {"seconds": 91}),
        (Rule(kind="in_conversation", limit=90), {"agents": {"x": agent("in_conversation", since=9)}}, {"seconds": 91}),
    ],
)  # fmt: skip
def test_each_kind_says_what_is_so(rule: Rule, more: dict[str, Any], parameters: dict[str, float]) -> None:
    assert Watch().step(only(rule), seen(100, **more)) == [Risen((rule.kind, "x"), parameters)]


def test_a_paused_project_and_a_lost_telephone_system_are_alarms_of_their_own() -> None:
    paused = queue(waiting=9, waiting_since=at(0), paused_since=at(0))
    watch = Watch()
    rules: dict[Kind, Rule] = {kind: Rule(kind=kind, limit=rule.limit) for kind, rule in DEFAULTS.items()}
    said = watch.step(rules, seen(900, queues={"q": paused, "r": paused}, is_telephony_away=True))
    assert said == [Risen(("project_paused", "p"), {}), Risen(("telephony_away", ""), {})], (
        "its queues wait by intention"
    )


def test_few_contacts_make_no_service_level() -> None:
    rules = only(Rule(kind="service_level", limit=0.8, offered_min=4))
    assert Watch().step(rules, seen(0, queues={"q": queue(offered=3, service_level=0.0)})) == []


def test_what_was_up_at_the_beginning_is_not_raised_again_and_ends() -> None:
    rules = only(Rule(kind="waiting", limit=2, clear_seconds=0))
    watch = Watch([("waiting", "q")])
    assert watch.step(rules, seen(0, queues={"q": queue(waiting=5)})) == []
    assert watch.step(rules, seen(1, queues={"q": queue()})) == [Ended(("waiting", "q"))]


def test_a_rule_that_is_switched_off_ends_its_alarms() -> None:
    off = Rule(kind="waiting", limit=2, clear_seconds=600, enabled=False)
    watch = Watch([("waiting", "q")])
    assert watch.step(only(off), seen(0, queues={"q": queue(waiting=5)})) == [Ended(("waiting", "q"))]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=40), st.integers(0, 9), st.integers(0, 9))
def test_rising_and_ending_take_turns(steps: list[tuple[int, int]], after: int, clear: int) -> None:
    rules = only(Rule(kind="waiting", limit=2, after_seconds=after, clear_seconds=clear))
    watch, now, is_up = Watch(), 0, False
    for seconds, waiting in steps:
        now += seconds
        for said in watch.step(rules, seen(now, queues={"q": queue(waiting=waiting)})):
            assert isinstance(said, Ended) == is_up
            assert (waiting > 2) != is_up, "it rises while it is so, and ends while it is not"
            is_up = not is_up
        assert watch.up == ({("waiting", "q")} if is_up else set())


def test_a_centres_own_rules_stand_before_the_usual_ones() -> None:
    own = Rule(kind="waiting", limit=3)
    assert in_force([own]) == {**DEFAULTS, "waiting": own}
    assert set(DEFAULTS) == set(KINDS)
    for rule in DEFAULTS.values():
        check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(kind="waiting"), Rule(kind="nobody_ready", limit=3), Rule(kind="service_level", limit=80),
        Rule(kind="waiting", limit=-1), Rule(kind="waiting", limit=1, offered_min=0),
        Rule(kind="waiting", limit=1, after_seconds=-1), Rule(kind="waiting", limit=float("nan")),
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(rule: Rule) -> None:
    with pytest.raises(RuleInvalid):
        check_rule(rule)


def test_the_cure_is_who_is_ready_where_nobody_waits_and_could_serve() -> None:
    ready = {name: agent("ready", "cards", since=n, able=("loans",)) for n, name in enumerate(("ann", "ben", "cyd"))}
    others = {
        "dan": agent("ready", "cards"), "eve": agent("in_conversation", "cards", able=("loans",)),
        "fay": agent("ready", "mail", able=("loans",)),
    }  # fmt: skip
    floor = seen(9, queues={"loans": queue(waiting=2), "cards": queue(), "mail": queue()}, agents=ready | others)
    cure = cure_of("longest_wait", "loans", floor)
    assert cure is not None
    assert (cure.from_queue, cure.ready, cure.agents) == ("cards", 3, ("ann", "ben"))
    assert cure_of("in_wrap_up", "ann", floor) is None
    assert cure_of("waiting", "cards", floor) is None, "nobody elsewhere could serve it"


def test_the_last_one_who_is_ready_stays_and_a_queue_that_waits_itself_gives_nobody() -> None:
    one = {"ann": agent("ready", "cards", able=("loans",))}
    assert (
        cure_of("waiting", "loans", seen(0, queues={"loans": queue(waiting=2), "cards": queue()}, agents=one)) is None
    )
    two = one | {"ben": agent("ready", "cards", able=("loans",))}
    busy = {"loans": queue(waiting=2), "cards": queue(waiting=1)}
    assert cure_of("waiting", "loans", seen(0, queues=busy, agents=two)) is None
