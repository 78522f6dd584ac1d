"""Offers, conversations and wrap-up: what agents do, and what machines do to them."""

import pytest

from markaz.kit.time import SECOND
from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentLeft,
    AgentMoved,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentProfile,
    AgentSignedOut,
    Capacity,
    ConnectContact,
    ContactMoved,
    ConversationStarted,
    CustomerLeft,
    ElsewhereFailed,
    EndContact,
    EngagementMoved,
    FloorStarted,
    HoldBegan,
    HoldEnded,
    KeepWaiting,
    OfferAccepted,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    ReleaseAgent,
    SendToNumber,
    Sticky,
    Stimulus,
    TransferRequested,
    WithdrawOffer,
    WrapUpEnded,
)  # fmt: skip
from tests.routing.house import House, agent, decided, notes, offers, only, outcomes, queue


def test_from_ring_to_wrap_up():
    house = House(queue(wrap_up_seconds_max=30), agent("ann"))
    house.call("c1")
    house.tell(OfferPlaced("c1.1"))
    assert only(ConnectContact, house.tell(OfferAccepted("c1.1"))) == [ConnectContact("c1", "c1.1", "ann", "q", True)]
    house.tell(ConversationStarted("c1", "c1.1"), HoldBegan("c1", "ann"))
    assert house.state("c1") == "on_hold"
    house.tell(HoldEnded("c1", "ann"))
    effects = house.tell(CustomerLeft("c1"))
    assert outcomes(effects) == [("c1", "answered")]
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")]
    ended = only(EngagementMoved, house.tell(WrapUpEnded("ann", "c1", "sold")))
    assert [(moved.after, moved.disposition) for moved in ended] == [("ended", "sold")]


def test_an_agent_in_wrap_up_is_offered_nothing_until_it_ends():
    house = House(queue(wrap_up_seconds_max=30), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentLeft("c1", "ann"))
    assert offers(house.call("c2")) == []
    assert offers(house.later(29)) == []
    assert offers(house.tell(WrapUpEnded("ann", "c1"))) == [("c2", "ann")]


def test_wrap_up_ends_at_its_limit():
    house = House(queue(wrap_up_seconds_max=30), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentLeft("c1", "ann"))
    effects = house.later(30)
    assert [(moved.after, moved.reason) for moved in only(EngagementMoved, effects)] == [("ended", "wrap_up_limit")]
    assert offers(house.call("c2")) == [("c2", "ann")]


FAILED: list[tuple[Stimulus | None, str, int | None]] = [
    (OfferRefused("c1.1"), "refused", 10),
    (OfferFailed("c1.1", "no_answer"), "no_answer", 60),
    (OfferFailed("c1.1", "unreachable"), "unreachable", 60),
    (OfferFailed("c1.1", "busy"), "busy", 10),
    (None, "no_answer", 60),
]


@pytest.mark.parametrize(("told", "reason", "pause_seconds"), FAILED)
def test_a_failed_offer_goes_to_somebody_else_and_the_agent_pauses(
    told: Stimulus | None, reason: str, pause_seconds: int
):
    house = House(queue(ring_seconds=15), agent("ann", no_answer_pause_seconds=60), agent("ben"))
    house.call("c1")
    house.tell(OfferPlaced("c1.1"))
    effects = house.tell(told) if told is not None else house.later(15)
    assert offers(effects) == [("c1", "ben")]
    moved = only(AgentMoved, effects)[0]
    assert (moved.agent, moved.after, moved.reason) == ("ann", "not_ready", reason)
    assert moved.until == house.at + pause_seconds * 1_000_000
    house.answer(effects)
    house.call("c2")
    assert offers(house.later(pause_seconds - 0.1)) == []
    assert offers(house.later(0.1)) == [("c2", "ann")]


def test_an_agent_who_does_not_answer_stays_not_ready_until_saying_so():
    house = House(queue(ring_seconds=15), agent("ann"))
    house.call("c1")
    house.tell(OfferPlaced("c1.1"))
    effects = house.later(15)
    assert only(WithdrawOffer, effects) == [WithdrawOffer("c1.1", "c1", "ann", "no_answer")]
    assert only(KeepWaiting, effects) == [KeepWaiting("c1", "q")]
    assert offers(house.later(600)) == []
    assert offers(house.tell(AgentBecameReady("ann"))) == [("c1", "ann")]


def test_an_agent_whose_phone_was_never_rung_is_ready_again_soon():
    house = House(queue(ring_seconds=15), agent("ann"))
    house.call("c1")
    moved = only(AgentMoved, house.later(15))
    assert (moved[0].agent, moved[0].after, moved[0].reason) == ("ann", "not_ready", "not_placed")
    assert offers(house.later(5)) == [("c1", "ann")]


def test_an_agent_who_goes_not_ready_while_ringing_is_withdrawn_the_offer():
    house = House(queue(), agent("ann"), agent("ben"))
    house.call("c1")
    effects = house.tell(AgentBecameNotReady("ann", "lunch"))
    assert [withdrawn.offer for withdrawn in only(WithdrawOffer, effects)] == ["c1.1"]
    assert offers(effects) == [("c1", "ben")]


def test_an_offer_accepted_after_it_was_withdrawn_is_noted():
    house = House(queue(), agent("ann"), agent("ben"))
    house.call("c1")
    house.tell(AgentBecameNotReady("ann", "lunch"))
    assert notes(house.tell(OfferAccepted("c1.1"))) == ["OfferAccepted: over"]
    assert house.state("c1") == "offered"


def test_a_customer_who_hangs_up_while_the_agent_rings_is_withdrawn():
    house = House(queue(), agent("ann"))
    house.call("c1")
    effects = house.tell(CustomerLeft("c1"))
    assert outcomes(effects) == [("c1", "abandoned")]
    assert [withdrawn.offer for withdrawn in only(WithdrawOffer, effects)] == ["c1.1"]
    assert offers(house.call("c2")) == [("c2", "ann")]


def test_a_returned_contact_is_served_before_who_came_later():
    """The agent whose legs could not be joined takes the first in order again, not the next."""
    house = House(queue(), agent("ann"))
    house.call("c1")
    house.later(1)
    house.call("c2")
    house.tell(OfferAccepted("c1.1"))
    assert offers(house.later(10)) == [("c1", "ann")]


def test_an_agent_who_hangs_up_while_being_connected_pauses_like_one_who_refused():
    house = House(queue(), agent("ann"))
    house.call("c1")
    house.tell(OfferAccepted("c1.1"))
    assert offers(house.tell(AgentLeft("c1", "ann", "fault"))) == [], "or a broken phone would spin"
    assert offers(house.later(10)) == [("c1", "ann")]


def test_who_was_joined_while_no_process_ran_is_not_taken_apart():
    """Nobody heard that the conversation began, and the time for it is long over when the next process comes."""
    house = House(queue(), agent("ann"))
    house.call("c1")
    house.tell(OfferAccepted("c1.1"))
    house.at += 60 * SECOND
    assert only(ReleaseAgent, house.tell(FloorStarted("next"))) == []
    house.tell(ConversationStarted("c1", "c1.1"))
    assert house.state("c1") == "in_conversation"


def test_a_fault_in_the_agents_leg_returns_the_customer_to_the_front():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    house.answer(house.call("c1"))
    house.later(60)
    house.call("c2")
    effects = house.tell(AgentLeft("c1", "ann", "fault"))
    assert offers(effects) == [("c1", "ann")], "c1 came before c2"
    assert only(EndContact, effects) == []


def test_an_agent_who_hangs_up_ends_the_contact():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    effects = house.tell(AgentLeft("c1", "ann"))
    assert only(EndContact, effects) == [EndContact("c1", "agent_left")]
    assert only(ReleaseAgent, effects) == [], "the leg is gone"
    assert outcomes(effects) == [("c1", "answered")]


def test_a_call_is_not_offered_without_a_phone_but_a_chat_is():
    house = House(queue(), agent("ann", capacity=Capacity(voice=1, chat=1)))
    house.tell(AgentPhoneLost("ann"))
    assert offers(house.call("v1")) == []
    assert offers(house.call("t1", channel="chat")) == [("t1", "ann")]
    house = House(queue(), agent("ann"))
    house.tell(AgentPhoneLost("ann"))
    house.call("v1")
    assert offers(house.tell(AgentPhoneFound("ann"))) == [("v1", "ann")]


def test_who_signs_out_in_a_conversation_finishes_it():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentSignedOut("ann"))
    assert house.state("c1") == "in_conversation"
    house.tell(CustomerLeft("c1"), WrapUpEnded("ann", "c1"))
    assert offers(house.call("c2")) == []


def talking(*more: AgentProfile) -> House:
    house = House(queue(), queue("r"), agent("ann"), *more)
    house.answer(house.call("c1"))
    return house


def test_transfer_to_an_agent_waits_for_that_agent_and_then_for_anybody():
    house = talking(agent("ben", ["r"]), agent("cid"))
    house.answer(house.call("c2", "r"))
    effects = house.tell(TransferRequested("c1", "ann", "agent", "ben"))
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")]
    assert offers(effects) == [], "ben is in a call, and cid is not asked"
    assert offers(house.later(29.9)) == []
    assert offers(house.later(0.1)) == [("c1", "cid")]


def test_transfer_to_an_agent_needs_no_skill_for_the_queue():
    house = talking(agent("ben", ["r"]))
    effects = house.tell(TransferRequested("c1", "ann", "agent", "ben"))
    assert offers(effects) == [("c1", "ben")]
    assert decided(effects).rule == "only_agent"


def test_transfer_to_a_queue_keeps_the_place():
    house = talking(agent("ben", ["r"]))
    house.answer(house.call("c2", "r"))
    house.call("c3", "r")
    house.tell(TransferRequested("c1", "ann", "queue", "r"), CustomerLeft("c2"))
    assert offers(house.tell(WrapUpEnded("ben", "c2"))) == [("c1", "ben")]


def test_transfer_to_a_number_and_back_when_it_fails():
    house = talking(agent("ben"))
    effects = house.tell(TransferRequested("c1", "ann", "number", "99"))
    assert only(SendToNumber, effects) == [SendToNumber("c1", "99", "transfer")]
    assert offers(house.tell(ElsewhereFailed("c1", "no_answer"))) == [("c1", "ben")]
    house = talking()
    house.tell(TransferRequested("c1", "ann", "number", "99"))
    assert outcomes(house.tell(CustomerLeft("c1"))) == [("c1", "answered")]


@pytest.mark.parametrize(
    ("kind", "target"), [("agent", "nobody"), ("agent", "ann"), ("queue", "nowhere"), ("agent", "off")]
)
def test_a_transfer_that_cannot_be_leaves_the_two_talking(kind: str, target: str):
    house = talking(agent("off"))
    house.tell(AgentSignedOut("off"))
    effects = house.tell(TransferRequested("c1", "ann", kind, target))  # pyright: ignore[reportArgumentType]
    assert len(notes(effects)) == len(effects) == 1
    assert house.state("c1") == "in_conversation"


def test_a_transfer_to_an_agent_out_of_a_retired_queue_leaves_the_two_talking():
    house = talking(agent("ben"))
    house.retire("q")
    house.tell(TransferRequested("c1", "ann", "agent", "ben"))
    assert house.state("c1") == "in_conversation"


def test_a_transfer_does_not_stick_to_the_agent_who_made_it():
    sticky = queue("r", sticky=Sticky(agent="last"))
    house = House(queue(wrap_up_seconds_max=0), sticky, agent("ann", ["q", "r"]), agent("ben", ["r"]))
    house.answer(house.call("c1"))
    assert offers(house.tell(TransferRequested("c1", "ann", "queue", "r"))) == [("c1", "ben")]


def test_a_transfer_is_never_turned_away_by_a_full_queue():
    house = House(queue(), queue("r", waiting_max=1), agent("ann"))
    house.answer(house.call("c1"))
    house.call("c2", "r")
    effects = house.tell(TransferRequested("c1", "ann", "queue", "r"))
    assert only(EndContact, effects) == []
    assert house.state("c1") == "waiting"


def test_a_customer_who_was_answered_and_then_turned_away_was_answered():
    house = House(queue(), queue("r"), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(TransferRequested("c1", "ann", "queue", "r"))
    assert outcomes(house.retire("r")) == [("c1", "answered")]


def test_a_customer_who_hangs_up_after_a_transfer_was_answered():
    house = talking()
    house.tell(TransferRequested("c1", "ann", "queue", "r"))
    assert outcomes(house.tell(CustomerLeft("c1"))) == [("c1", "answered")]


def test_a_fault_in_the_customers_leg_is_a_loss_to_fault():
    house = talking()
    effects = house.tell(CustomerLeft("c1", "fault"))
    assert outcomes(effects) == [("c1", "lost_to_fault")]
    assert [moved.after for moved in only(EngagementMoved, effects)] == ["wrapping_up"]


def test_a_conversation_that_nobody_ends_is_asked_for_at_its_longest():
    house = House(queue(conversation_seconds_max=600), agent("ann"))
    house.answer(house.call("c1"))
    assert outcomes(house.later(630)) == [("c1", "lost_to_fault")]
    assert [moved.after for moved in only(ContactMoved, house.later(3_600))] == []


def test_an_agent_who_wraps_up_longer_is_offered_when_ready_again():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentBecameNotReady("ann", "break"), CustomerLeft("c1"))
    assert offers(house.call("c2")) == []
    assert offers(house.tell(AgentBecameReady("ann"))) == [("c2", "ann")]
