"""A call back that an agent promised is nobody's concern until its moment, and then a contact like any."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markaz.kit.time import SECOND
from markaz.routing import (
    AgentBecameReady,
    AgentSignedIn,
    CallbackBegan,
    CallbackPromised,
    Capacity,
    ContactMoved,
    ConversationStarted,
    CustomerLeft,
    CustomerReached,
    DialCustomer,
    Floor,
    OfferAccepted,
    ProjectRules,
    QueueRules,
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


def test_what_nobody_could_dial_is_noted():
    house = House(queue())
    assert notes(house.tell(promised(house, seconds=60, number="anonymous"))) == ["CallbackPromised: no number to call"]
    assert not house.floor.state.contacts


def test_a_full_floor_keeps_a_promise(monkeypatch):
    monkeypatch.setattr("markaz.routing.callbacks.CONTACTS_OPEN_MAX", 1)
    house = House(queue(), agent("ann"))
    house.call("c1")
    told = house.tell(promised(house, seconds=60))
    assert notes(told) == ["CallbackPromised: floor_full: kept all the same"]
    assert house.state("b1") == "postponed"


@pytest.mark.parametrize("gone", [{"queue": "q9"}, {"queue": "q"}])
def test_promised_for_a_queue_that_is_gone_it_is_made_from_the_projects_other_queue(gone):
    house = House(queue(), queue("r"), agent("ann", ("r",)))
    house.retire("q")
    told = house.tell(promised(house, seconds=60, **gone))
    assert notes(told) == [f"CallbackPromised: queue {gone['queue']} of project p is not open: r calls back"]
    assert offers(house.later(60)) == [("b1", "ann")]


def test_the_queue_that_the_project_means_for_calls_back_goes_first():
    house = House(queue(), queue("r"), queue("s"), agent("ann", ("s",)))
    house.configure(ProjectRules(id="p", callback_queue="s"))
    house.retire("q")
    house.tell(promised(house, seconds=60))
    assert offers(house.later(60)) == [("b1", "ann")]


def test_another_projects_queue_never_calls():
    house = House(queue(), agent("ann"))
    house.configure(ProjectRules(id="p9"))
    told = house.tell(promised(house, seconds=60, project="p9"))
    assert notes(told) == ["CallbackPromised: queue q of project p9 is not open: no other is"]
    later = house.later(60)
    assert notes(later) == ["callback: project p9 has no open queue: tried again later"]
    assert (offers(later), house.state("b1")) == ([], "postponed")
    house.configure(QueueRules(id="r", project="p9"), agent("bea", ("r",)))
    house.tell(AgentSignedIn("bea"), AgentBecameReady("bea"))
    assert offers(house.later(300)) == [("b1", "bea")]


def test_a_queue_retired_meanwhile_hands_its_calls_back_on():
    house = House(queue(), agent("ann", ("r",)))
    house.tell(promised(house, seconds=60))
    house.tell(promised(house, seconds=3_600, contact="b2"))
    house.later(60)
    assert house.state("b1") == "waiting"
    assert notes(house.retire("q")) == []
    assert house.state("b1") == "waiting", "there is nowhere else yet"
    assert offers(house.configure(queue("r"))) == [("b1", "ann")]
    moved = only(ContactMoved, house.later(3_600))
    assert house.floor.state.contacts["b2"].queue == "r"
    assert [(one.before, one.after, one.reason) for one in moved if one.contact == "b2"][-1] == (
        "waiting", "waiting", "queue_retired",
    )  # fmt: skip


QUEUES = ("q", "r", "s")
STEPS = st.one_of(
    st.tuples(st.just("promise"), st.sampled_from((*QUEUES, "q9")), st.integers(0, 900)),
    st.tuples(st.just("retire"), st.sampled_from(QUEUES), st.just(0)),
    st.tuples(st.just("open"), st.sampled_from(QUEUES), st.just(0)),
    st.tuples(st.just("call"), st.sampled_from(QUEUES), st.just(0)),
    st.tuples(st.just("later"), st.just(""), st.integers(0, 900)),
    st.tuples(st.just("restart"), st.just(""), st.just(0)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_nothing_promised_is_lost(steps):
    """Whatever fills the floor, retires queues or restarts: once a queue is open and somebody there, all are called."""
    house, n, made = House(), 0, set[str]()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("markaz.routing.callbacks.CONTACTS_OPEN_MAX", 3)
        patched.setattr("markaz.routing.contacts.CONTACTS_OPEN_MAX", 3)
        for kind, queue_id, seconds in steps:
            n += 1
            match kind:
                case "promise":
                    house.tell(promised(house, seconds=seconds, contact=f"b{n}", queue=queue_id))
                    made.add(f"b{n}")
                case "retire":
                    house.retire(queue_id)
                case "open":
                    house.configure(queue(queue_id))
                case "call":
                    house.call(f"c{n}", queue_id)
                case "restart":
                    house.floor = Floor.restored(house.floor.snapshot())
                case _:
                    house.later(seconds)
            assert made <= house.floor.state.contacts.keys()
    for one in QUEUES:
        house.retire(one)
    house.configure(queue("new", wrap_up_seconds_max=0), agent("ann", ("new",), capacity=Capacity(voice=n + 1)))
    told = house.tell(AgentSignedIn("ann"), AgentBecameReady("ann")) + house.later(1_800)
    assert {contact for contact, _ in offers(told)} >= made


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
