"""Whom a fault cut is lost to it, and called back without losing the place."""

import pytest

from markaz.routing import (
    AgentPhoneFound,
    AgentPhoneLost,
    CallbackAsked,
    ContactArrived,
    ContactQueued,
    ConversationStarted,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    DialCustomer,
    Floor,
    FollowUpBegan,
    OfferAccepted,
    ProjectConfigured,
    ProjectRules,
    WithdrawOffer,
)
from markaz.routing.follow_ups import FOLLOW_UPS_MAX
from tests.routing.house import House, agent, notes, offers, only, outcomes, queue

CUSTOMER = "+4930123"


def test_a_customer_cut_off_in_conversation_is_called_back_in_the_old_place():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    began = house.at
    house.answer(house.call("c1", skills={}, priority=2, customer=CUSTOMER))
    house.later(60)
    house.call("c2")
    house.tell(AgentPhoneLost("ann"))
    effects = house.tell(CustomerLeft("c1", "fault"))
    assert outcomes(effects) == [("c1", "lost_to_fault")]
    assert only(FollowUpBegan, effects) == [FollowUpBegan("c1+1", "c1", "p", CUSTOMER, CUSTOMER)]
    follow_up = house.floor.state.contacts["c1+1"]
    assert (follow_up.since, follow_up.priority, follow_up.leg) == (began, 2, False)
    effects = house.tell(AgentPhoneFound("ann"))
    assert offers(effects) == [("c1+1", "ann")], "before the one who waits since a moment ago"
    dialled = only(DialCustomer, house.tell(OfferAccepted("c1+1.1")))
    assert dialled == [DialCustomer("c1+1", CUSTOMER, "c1+1.1", 1)]
    house.tell(CustomerReached("c1+1"), ConversationStarted("c1+1", "c1+1.1"))
    assert outcomes(house.tell(CustomerLeft("c1+1"))) == [("c1+1", "callback")]


def test_one_cut_off_in_self_service_is_called_back_from_the_projects_queue():
    house = House(queue())
    house.tell(ContactArrived("c1", "voice", "p", CUSTOMER))
    effects = house.tell(CustomerLeft("c1", "fault"))
    assert outcomes(effects) == [("c1", "lost_to_fault")]
    assert only(FollowUpBegan, effects) == [], "the project names no queue for that"
    house.tell(
        ProjectConfigured(ProjectRules(id="p", callback_queue="q")), ContactArrived("c2", "voice", "p", CUSTOMER)
    )
    house.tell(CustomerLeft("c2", "fault"))
    assert house.floor.state.contacts["c2+1"].queue == "q"


@pytest.mark.parametrize(
    ("customer", "channel", "wanted"),
    [("anonymous", "voice", True), ("+c1", "voice", True), (CUSTOMER, "chat", True), (CUSTOMER, "voice", False)],
)
def test_who_cannot_or_shall_not_be_called_is_lost_only(customer, channel, wanted):
    house = House(queue(callback_after_fault=wanted))
    house.call("c1", customer=customer, channel=channel)
    assert outcomes(house.tell(CustomerLeft("c1", "fault"))) == [("c1", "lost_to_fault")]
    assert not house.floor.state.contacts


def test_a_leg_that_is_silent_beyond_its_lease_is_followed_up_too():
    house = House(queue())
    house.call("c1", customer=CUSTOMER)
    assert only(FollowUpBegan, house.later(1_830))[0].lost == "c1"


def test_who_calls_again_takes_over_the_place_and_is_not_called():
    house = House(queue(), agent("ann"))
    began = house.at
    house.tell(AgentPhoneLost("ann"))
    house.call("c1", customer=CUSTOMER)
    house.later(30)
    house.tell(CustomerLeft("c1", "fault"))
    house.call("c2")
    assert outcomes(house.tell(ContactArrived("c3", "voice", "p", CUSTOMER))) == [("c1+1", "callback")]
    house.tell(ContactQueued("c3", "q"))
    assert house.floor.state.contacts["c3"].since == began
    assert offers(house.tell(AgentPhoneFound("ann"))) == [("c3", "ann")], "in the place of the first call"
    assert not house.floor.state.follow_ups


def test_an_offer_of_the_follow_up_is_withdrawn_from_who_calls_again_but_a_telephone_that_rings_goes_on():
    house = House(queue(), agent("ann"))
    house.call("c1", customer=CUSTOMER)
    house.tell(CustomerLeft("c1", "fault"))
    effects = house.tell(ContactArrived("c2", "voice", "p", CUSTOMER))
    assert [one.contact for one in only(WithdrawOffer, effects)] == ["c1+1"]
    house.tell(CustomerLeft("c2"))
    house.call("c3", customer=CUSTOMER)
    house.tell(CustomerLeft("c3", "fault"))
    house.later(60)
    house.tell(OfferAccepted(house.floor.state.contacts["c3+1"].offer or ""))
    assert outcomes(house.tell(ContactArrived("c4", "voice", "p", CUSTOMER))) == []
    assert house.state("c3+1") == "connecting"


def test_a_call_back_that_is_cut_is_tried_again_but_not_for_ever():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    house.call("c1", customer=CUSTOMER)
    cut, told = "c1", house.tell(CustomerLeft("c1", "fault"))
    for n in range(1, FOLLOW_UPS_MAX + 1):
        assert [one.contact for one in only(FollowUpBegan, told)] == [f"c1+{n}"]
        cut = f"c1+{n}"
        house.later(60)
        offer = house.floor.state.contacts[cut].offer or ""
        house.tell(OfferAccepted(offer), CustomerReached(cut), ConversationStarted(cut, offer))
        told = house.tell(CustomerLeft(cut, "fault"))
        assert outcomes(told) == [(cut, "lost_to_fault")]
    assert only(FollowUpBegan, told) == []
    assert notes(told) == [f"follow_up: follow_ups_max {FOLLOW_UPS_MAX}"]
    assert not house.floor.state.contacts


def test_a_customer_who_does_not_answer_is_tried_again_as_often_as_the_queue_says():
    house = House(queue(callback_attempts_max=2, callback_retry_seconds=30, wrap_up_seconds_max=0), agent("ann"))
    house.call("c1", customer=CUSTOMER)
    house.tell(CustomerLeft("c1", "fault"))
    house.later(60)
    ended = []
    for _ in range(2):
        house.tell(OfferAccepted(house.floor.state.contacts["c1+1"].offer or ""))
        ended = outcomes(house.tell(CustomerMissed("c1+1", "no_answer")))
        house.later(31)
    assert ended == [("c1+1", "callback")]


def test_a_promised_call_back_that_is_cut_before_it_was_said_needs_no_follow_up():
    house = House(queue())
    house.call("c1", customer=CUSTOMER)
    house.tell(CallbackAsked("c1", CUSTOMER))
    assert only(FollowUpBegan, house.tell(CustomerLeft("c1", "fault"))) == []
    assert house.state("c1") == "waiting"


def test_follow_ups_outlive_the_process():
    house = House(queue())
    house.call("c1", customer=CUSTOMER)
    house.tell(CustomerLeft("c1", "fault"))
    heir = Floor.restored(house.floor.snapshot())
    arrived = ContactArrived("c2", "voice", "p", CUSTOMER)
    assert heir.handle(house.at, arrived) == house.floor.handle(house.at, arrived)
