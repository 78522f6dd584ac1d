"""An agent's phone that is gone from a conversation and comes back: a page loaded again, a network that changed."""

import pytest

from markaz.routing import (
    AgentLeft,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentPhoneReturned,
    AgentRejoined,
    AgentSignedIn,
    AgentSignedOut,
    Capacity,
    ConsultRequested,
    ContactMoved,
    ConversationStarted,
    CustomerLeft,
    Effect,
    EndContact,
    EngagementMoved,
    HoldBegan,
    HoldCustomer,
    JoinConversation,
    KeepWaiting,
    LegMoved,
    OfferAccepted,
    OfferContact,
    PauseRecording,
    RecordingPauseRequested,
    ReleaseAgent,
    ResumeCustomer,
    RingAgain,
    StartRecording,
    Supervise,
    SupervisionRequested,
    SupervisionStarted,
)  # fmt: skip
from markaz.routing.parties import RETURN_SECONDS
from markaz.routing.returning import SILENCE_SECONDS_MAX
from tests.routing.house import House, agent, notes, offers, only, queue


@pytest.fixture
def house() -> House:
    """Ann, whose phone is a page, talks to c1; Ben and Cyr are there."""
    house = House(queue(record=True, wrap_up_seconds_max=30), agent("ann"), agent("ben", ()), agent("cyr", ()))
    for name in ("ann", "ben", "cyr"):
        house.tell(AgentSignedIn(name, returns=True))
    house.answer(house.call("c1"))
    assert house.state("c1") == "in_conversation"
    return house


def moves(effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, ContactMoved | EngagementMoved)]


def test_a_page_that_is_loaded_again_gets_its_conversation_back(house: House) -> None:
    effects = house.tell(AgentPhoneReturned("ann", "c1"))
    [again] = only(RingAgain, effects)
    assert (again.offer, again.contact, again.agent, again.attempt) == ("c1.1", "c1", "ann", 1)
    assert [(moved.away, moved.reason) for moved in only(LegMoved, effects)] == [(True, "phone_returned")]
    house.later(1)
    back = house.tell(AgentRejoined("c1.1"))
    assert only(JoinConversation, back) == [JoinConversation("c1", "c1.1", "ann")]
    assert only(StartRecording, back) == [StartRecording("c1", "c1.1", "ann", "q")]
    assert not only(ResumeCustomer, back), "nobody took the customer out of the conversation"
    assert not moves([*effects, *back]), "it is one conversation, in every report"
    assert not moves(house.later(RETURN_SECONDS * 2))


def test_a_customer_who_hears_nobody_for_longer_than_a_moment_hears_music(house: House) -> None:
    house.tell(AgentPhoneReturned("ann"))
    assert only(HoldCustomer, house.later(SILENCE_SECONDS_MAX)) == [HoldCustomer("c1")]
    assert only(ResumeCustomer, house.tell(AgentRejoined("c1.1"))) == [ResumeCustomer("c1")]


def test_an_agent_whose_phone_does_not_come_back_is_lost_as_ever(house: House) -> None:
    house.tell(AgentPhoneReturned("ann"))
    house.later(RETURN_SECONDS - 1)
    assert house.state("c1") == "in_conversation"
    effects = house.later(1)
    assert house.state("c1") == "waiting"
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")], "it may be ringing still"
    assert only(KeepWaiting, effects) == [KeepWaiting("c1", "q")]
    assert [(moved.after, moved.reason) for moved in only(EngagementMoved, effects)] == [("wrapping_up", "agent_lost")]


def test_a_leg_that_a_fault_cut_is_rung_again_when_the_phone_is_back(house: House) -> None:
    house.tell(AgentPhoneLost("ann"))
    effects = house.tell(AgentLeft("c1", "ann", "fault"))
    assert not only(RingAgain, effects), "there is nobody to ring"
    house.later(5)
    [again] = only(RingAgain, house.tell(AgentPhoneFound("ann")))
    assert again.attempt == 1
    house.tell(AgentRejoined("c1.1"))
    assert house.state("c1") == "in_conversation"


def test_a_leg_that_a_fault_cut_is_rung_again_at_once_when_the_phone_is_there(house: House) -> None:
    assert len(only(RingAgain, house.tell(AgentLeft("c1", "ann", "fault")))) == 1


def test_a_page_that_asks_before_its_registration_is_known_is_rung_when_it_is(house: House) -> None:
    house.tell(AgentPhoneLost("ann"))
    assert not only(RingAgain, house.tell(AgentPhoneReturned("ann")))
    assert len(only(RingAgain, house.tell(AgentPhoneFound("ann")))) == 1


def test_who_hangs_up_or_has_another_sort_of_phone_is_not_waited_for(house: House) -> None:
    house.tell(AgentSignedIn("ann", returns=False))
    effects = house.tell(AgentLeft("c1", "ann", "fault"))
    assert house.state("c1") == "waiting"
    assert not only(RingAgain, effects)
    house = House(queue(), agent("ann"))
    house.tell(AgentSignedIn("ann", returns=True))
    house.answer(house.call("c1"))
    assert only(EndContact, house.tell(AgentLeft("c1", "ann")))


def test_a_second_reload_rings_the_newest_page(house: House) -> None:
    house.tell(AgentPhoneReturned("ann"))
    [again] = only(RingAgain, house.tell(AgentPhoneReturned("ann")))
    assert again.attempt == 2
    house.tell(AgentRejoined("c1.1"))
    assert notes(house.tell(AgentRejoined("c1.1"))) == ["AgentRejoined: was not away"]


def test_a_customer_who_leaves_meanwhile_ends_the_conversation_and_the_ringing(house: House) -> None:
    house.tell(AgentPhoneReturned("ann"))
    effects = house.tell(CustomerLeft("c1"))
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")]
    assert house.state("c1") == "closed"


def test_the_hold_of_a_phone_that_is_gone_is_over(house: House) -> None:
    house.tell(HoldBegan("c1", "ann"))
    house.tell(AgentPhoneReturned("ann"))
    house.tell(AgentRejoined("c1.1"))
    assert house.state("c1") == "in_conversation"


def test_a_pause_of_the_recording_outlives_the_page(house: House) -> None:
    house.tell(RecordingPauseRequested("c1", "ann"), AgentPhoneReturned("ann"))
    back = house.tell(AgentRejoined("c1.1"))
    kinds = [type(effect) for effect in back if isinstance(effect, StartRecording | PauseRecording)]
    assert kinds == [StartRecording, PauseRecording]


def test_while_others_are_heard_there_is_no_music_and_they_take_over_in_the_end(house: House) -> None:
    effects = house.tell(SupervisionRequested("c1", "ben", "barge"))
    house.answer(effects)
    house.tell(AgentPhoneReturned("ann"))
    assert not only(HoldCustomer, house.later(RETURN_SECONDS - 1))
    house.later(1)
    assert house.floor.state.contacts["c1"].offer == "c1.2", "ben has the customer now"


def test_music_begins_when_the_others_go(house: House) -> None:
    house.answer(house.tell(SupervisionRequested("c1", "ben", "barge")))
    house.tell(AgentPhoneReturned("ann"))
    house.later(5)
    assert only(HoldCustomer, house.tell(AgentLeft("c1", "ben"))) == [HoldCustomer("c1")]


def test_who_consults_comes_back_to_the_colleague_and_the_customer_hears_music_on(house: House) -> None:
    effects = house.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    [offer] = only(OfferContact, effects)
    house.tell(OfferAccepted(offer.offer), ConversationStarted("c1", offer.offer))
    house.tell(AgentPhoneReturned("ann"))
    assert not only(HoldCustomer, house.later(5)), "it is on hold already"
    back = house.tell(AgentRejoined("c1.1"))
    assert only(JoinConversation, back) == [JoinConversation("c1", "c1.1", "ann")]
    assert not only(ResumeCustomer, back)
    house.tell(AgentPhoneReturned("ann"), AgentLeft("c1", "ben"))
    assert only(ResumeCustomer, house.tell(AgentRejoined("c1.1"))) == [ResumeCustomer("c1")]


def test_a_supervisor_comes_back_to_where_they_listened(house: House) -> None:
    [offer] = only(OfferContact, house.tell(SupervisionRequested("c1", "ben", "listen")))
    house.tell(OfferAccepted(offer.offer), SupervisionStarted("c1", offer.offer))
    house.tell(AgentPhoneReturned("ben"))
    assert only(Supervise, house.tell(AgentRejoined(offer.offer))) == [
        Supervise("c1", offer.offer, "ben", "c1.1", "listen")
    ]
    assert house.state("c1") == "in_conversation"


def test_who_signs_out_meanwhile_is_lost_at_the_end_of_the_wait(house: House) -> None:
    house.tell(AgentPhoneReturned("ann"), AgentSignedOut("ann"))
    house.later(RETURN_SECONDS)
    assert house.state("c1") == "waiting"


def test_a_phone_without_a_conversation_has_none_to_return_to(house: House) -> None:
    told = notes(house.tell(AgentPhoneReturned("cyr"), AgentPhoneReturned("ann", "c9")))
    assert told == [
        "AgentPhoneReturned: cyr has no conversation to return to",
        "AgentPhoneReturned: ann has no conversation to return to",
    ]
    assert not offers(house.later(60))


def test_a_chat_is_not_waited_for() -> None:
    found = House(queue(), agent("ann", capacity=Capacity(voice=1, chat=2)))
    found.tell(AgentSignedIn("ann", returns=True))
    found.answer(found.call("c1", channel="chat"))
    effects = found.tell(AgentLeft("c1", "ann", "fault"))
    assert only(LegMoved, effects) == only(RingAgain, effects) == []
    assert found.state("c1") != "in_conversation"
