"""A call back that an agent promised is nobody's concern until its moment, and then a contact like any."""

import pytest

from markaz.kit.time import SECOND
from markaz.routing import (
    CallbackBegan,
    CallbackPromised,
    ContactMoved,
    ConversationStarted,
    CustomerLeft,
    CustomerReached,
    DialCustomer,
    Floor,
    OfferAccepted,
)
from tests.routing.house import House, agent, notes, offers, only, outcomes, queue

NUMBER = "+4930123"


def promised(house: House, *, seconds: float, contact: str = "b1", **changed: str) -> CallbackPromised:
    fields = {"contact": contact, "project": "p", "queue": "q", "customer": NUMBER, "number": NUMBER} | changed
    return CallbackPromised(**fields, due=house.at + round(seconds * SECOND), agent="ann", promised_in="c1")


def test_it_waits_for_its_moment_and_is_then_offered_and_dialled():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    told = promised(house, seconds=3_600)
    effects = house.tell(told)
    assert effects == [
        CallbackBegan("b1", "p", NUMBER, NUMBER, told.due, "ann", "c1"),
        ContactMoved("b1", None, "postponed", "q", reason="promised"),
    ]
    assert offers(house.later(3_599)) == []
    assert offers(house.later(1)) == [("b1", "ann")]
    assert only(DialCustomer, house.tell(OfferAccepted("b1.1"))) == [DialCustomer("b1", NUMBER, "b1.1", 1)]
    house.tell(CustomerReached("b1"), ConversationStarted("b1", "b1.1"))
    assert outcomes(house.tell(CustomerLeft("b1"))) == [("b1", "callback")]


def test_its_waiting_begins_at_its_moment():
    house = House(queue())
    house.tell(promised(house, seconds=600))
    house.later(600)
    assert house.floor.state.contacts["b1"].since == house.at
    house.call("c2")
    house.configure(agent("ann"))
    assert house.state("b1") == "waiting"


def test_a_moment_that_is_past_is_now():
    house = House(queue(), agent("ann"))
    house.tell(promised(house, seconds=-5))
    assert offers(house.later(0)) == [("b1", "ann")]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"queue": "q9"}, "queue q9 of project p is not configured"),
        ({"project": "p9"}, "queue q of project p9 is not configured"),
        ({"number": "anonymous"}, "no number to call"),
    ],
)
def test_what_cannot_be_kept_is_noted(changed, why):
    house = House(queue())
    assert notes(house.tell(promised(house, seconds=60, **changed))) == [f"CallbackPromised: {why}"]
    assert not house.floor.state.contacts


def test_promised_twice_it_is_one():
    house = House(queue())
    told = promised(house, seconds=60)
    house.tell(told)
    assert notes(house.tell(told)) == ["CallbackPromised: promised before"]


def test_it_outlives_a_restart():
    house = House(queue(), agent("ann"))
    house.tell(promised(house, seconds=600))
    restored = Floor.restored(house.floor.snapshot())
    assert restored.deadline() == house.floor.deadline()
    assert restored.snapshot() == house.floor.snapshot()
