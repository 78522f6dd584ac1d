"""What an agent has entered counts however the wrap-up ends: by the agent, by time, or by a page that is gone."""

import pytest

from markaz.kit.time import SECOND
from markaz.routing import (
    AgentSignedOut,
    CallbackBegan,
    CallbackPromised,
    CustomerLeft,
    EngagementMoved,
    Floor,
    ResultEntered,
    Stimulus,
    TransferRequested,
    WrapUpEnded,
)
from tests.routing.house import House, agent, notes, only, queue

NUMBER = "+4930123"


def in_wrap_up(seconds: int = 30) -> House:
    house = House(queue(wrap_up_seconds_max=seconds), queue("q2"), agent("ann"))
    house.answer(house.call("c1"))
    return house


def to_call_back(house: House, contact: str = "callback-c1.1") -> CallbackPromised:
    return CallbackPromised(contact, "p", "q", "+1", NUMBER, house.at + 600 * SECOND, "ann", "c1")


def results(house: House, *told: Stimulus) -> list[tuple[str | None, str | None]]:
    moved = only(EngagementMoved, house.tell(*told))
    return [(one.reason, one.disposition) for one in moved if one.after == "ended"]


def test_a_result_counts_when_time_ends_the_wrap_up():
    house = in_wrap_up()
    house.tell(ResultEntered("ann", "c1.1", "asked"), CustomerLeft("c1"), ResultEntered("ann", "c1.1", "sold"))
    moved = only(EngagementMoved, house.later(30))
    assert [(one.reason, one.disposition) for one in moved] == [("wrap_up_limit", "sold")]


@pytest.mark.parametrize(("said", "counts"), [(None, "sold"), ("no_interest", "no_interest")])
def test_what_the_agent_says_at_the_end_comes_before_what_was_entered(said, counts):
    house = in_wrap_up()
    house.tell(CustomerLeft("c1"), ResultEntered("ann", "c1.1", "sold"))
    assert results(house, WrapUpEnded("ann", "c1", said)) == [("wrapped_up", counts)]


def test_a_result_that_was_taken_back_does_not_count():
    house = in_wrap_up()
    house.tell(CustomerLeft("c1"), ResultEntered("ann", "c1.1", "sold"), ResultEntered("ann", "c1.1"))
    assert results(house, WrapUpEnded("ann", "c1")) == [("wrapped_up", None)]


def test_a_result_counts_where_there_is_no_wrap_up():
    house = in_wrap_up(seconds=0)
    house.tell(ResultEntered("ann", "c1.1", "sold"))
    assert results(house, TransferRequested("c1", "ann", "queue", "q2")) == [("transferred", "sold")]


@pytest.mark.parametrize("end", [WrapUpEnded("ann", "c1"), AgentSignedOut("ann"), None])
def test_a_call_back_is_promised_once_at_whatever_end(end):
    house = in_wrap_up()
    told = to_call_back(house)
    entered = ResultEntered("ann", "c1.1", None, told)
    assert not only(CallbackBegan, house.tell(CustomerLeft("c1"), entered, entered))
    effects = [*(house.tell(end) if end is not None else ()), *house.later(30)]
    assert only(CallbackBegan, effects) == [
        CallbackBegan(told.contact, "p", "+1", NUMBER, told.due, "ann", "c1")
    ]  # fmt: skip


def test_a_call_back_that_comes_after_the_end_is_promised_at_once():
    house = in_wrap_up()
    house.tell(CustomerLeft("c1"), WrapUpEnded("ann", "c1"))
    late = ResultEntered("ann", "c1.1", "sold", to_call_back(house))
    effects = house.tell(late)
    assert len(only(CallbackBegan, effects)) == 1
    assert notes(effects) == ["ResultEntered: ann has no such wrap-up"]
    assert not only(CallbackBegan, house.tell(late))


def test_nobody_enters_the_result_of_another():
    house = in_wrap_up()
    assert notes(house.tell(ResultEntered("ben", "c1.1", "sold", to_call_back(house)))) == [
        "ResultEntered: ben has no such wrap-up"
    ]
    assert results(house, CustomerLeft("c1"), WrapUpEnded("ann", "c1")) == [("wrapped_up", None)]
    assert "callback-c1.1" not in house.floor.state.contacts


def test_what_was_entered_outlives_a_restart():
    house = in_wrap_up()
    house.tell(CustomerLeft("c1"), ResultEntered("ann", "c1.1", "sold", to_call_back(house)))
    house.floor = Floor.restored(house.floor.snapshot())
    effects = house.later(30)
    assert [one.disposition for one in only(EngagementMoved, effects)] == ["sold"]
    assert len(only(CallbackBegan, effects)) == 1
