"""Attended transfer and conference: an example of each, and of what fails."""

import pytest

from markaz.routing import (
    AgentBecameNotReady,
    AgentLeft,
    AgentSignedOut,
    CallParty,
    ConferenceRequested,
    ConnectContact,
    ConsultCancelled,
    ConsultRequested,
    ContactMoved,
    ConversationStarted,
    CustomerLeft,
    EndContact,
    EngagementMoved,
    HoldBegan,
    HoldCustomer,
    JoinConversation,
    OfferAccepted,
    OfferContact,
    OfferFailed,
    OfferPlaced,
    OfferRefused,
    PartyAnswered,
    PartyFailed,
    PartyLeft,
    PartyReleaseRequested,
    ReleaseAgent,
    ReleaseParty,
    ResumeCustomer,
    StartRecording,
    Stimulus,
    TransferCompleted,
    WithdrawOffer,
)  # fmt: skip
from tests.routing.house import House, agent, notes, offers, only, outcomes, queue
from tests.routing.talks import consulting, house, parts

PARTY = "c1~p2"


# Attended transfer


def test_a_colleague_is_consulted_while_the_customer_hears_music():
    found = house()
    effects = found.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    assert only(HoldCustomer, effects) == [HoldCustomer("c1")]
    assert [(one.agent, one.part) for one in only(OfferContact, effects)] == [("ben", "consulted")]
    assert found.state("c1") == "on_hold"
    effects = found.tell(OfferAccepted("c1.2"))
    assert only(JoinConversation, effects) == [JoinConversation("c1", "c1.2", "ben")]
    found.tell(ConversationStarted("c1", "c1.2"))
    assert parts(found) == {"ann": ("lead", "consulting"), "ben": ("consulted", "consulting")}


def test_the_transfer_is_completed():
    found = consulting()
    effects = found.tell(TransferCompleted("c1", "ann"))
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]
    assert only(StartRecording, effects) == [StartRecording("c1", "c1.2", "ben", "q")]
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.1", "ann")]
    assert parts(found) == {"ann": ("lead", "wrapping_up"), "ben": ("lead", "in_conversation")}
    assert outcomes(found.tell(AgentLeft("c1", "ben"))) == [("c1", "answered")]


def test_hanging_up_completes_the_transfer():
    found = consulting()
    effects = found.tell(AgentLeft("c1", "ann"))
    assert only(ReleaseAgent, effects) == [], "her leg is gone already"
    assert parts(found)["ben"] == ("lead", "in_conversation")


REFUSED: list[Stimulus] = [OfferRefused("c1.2"), OfferFailed("c1.2", "no_answer"), OfferFailed("c1.2", "unreachable")]


@pytest.mark.parametrize("told", REFUSED, ids=repr)
def test_a_refused_consultation_returns_to_who_asked(told: Stimulus):
    found = house()
    found.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    effects = found.tell(told)
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]
    assert (found.state("c1"), parts(found)) == ("in_conversation", {"ann": ("lead", "in_conversation")})
    assert found.floor.state.agents["ben"].presence == "ready", "who is asked a favour is not punished for refusing"


def test_a_consultation_that_nobody_answers_returns_after_its_time():
    found = house()
    found.tell(ConsultRequested("c1", "ann", "agent", "ben"), OfferPlaced("c1.2"))
    effects = found.later(30)
    assert only(WithdrawOffer, effects) == [WithdrawOffer("c1.2", "c1", "ben", "no_answer")]
    assert found.state("c1") == "in_conversation"


def test_a_consultation_is_cancelled():
    found = consulting()
    effects = found.tell(ConsultCancelled("c1", "ann"))
    assert only(ReleaseAgent, effects) == [ReleaseAgent("c1", "c1.2", "ben")]
    assert (found.state("c1"), parts(found)) == ("in_conversation", {"ann": ("lead", "in_conversation")})


def test_hanging_up_while_it_rings_passes_the_contact_to_whom_it_rang():
    found = house()
    found.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    effects = found.tell(AgentLeft("c1", "ann"))
    assert offers(effects) == [("c1", "ben")]
    assert found.state("c1") == "offered"


def test_a_fault_of_who_consults_gives_the_customer_to_the_colleague():
    found = consulting()
    found.tell(AgentLeft("c1", "ann", "fault"))
    assert parts(found)["ben"] == ("lead", "in_conversation")


def test_a_customer_who_leaves_ends_the_consultation():
    found = consulting()
    effects = found.tell(CustomerLeft("c1"))
    assert outcomes(effects) == [("c1", "answered")]
    assert sorted(one.agent for one in only(ReleaseAgent, effects)) == ["ann", "ben"]
    assert parts(found) == {"ann": ("lead", "wrapping_up")}, "the colleague has nothing to wrap up"


def test_who_is_not_ready_may_be_consulted_but_nobody_in_a_call():
    found = house()
    found.tell(AgentBecameNotReady("ben", "paperwork"))
    assert offers(found.tell(ConsultRequested("c1", "ann", "agent", "ben"))) == [("c1", "ben")]
    found.tell(OfferRefused("c1.2"))
    found.answer(found.call("c2"))
    assert notes(found.tell(ConsultRequested("c1", "ann", "agent", "sue"))) == [
        "ConsultRequested: agent sue is in a call"
    ]
    found.tell(AgentSignedOut("ben"))
    assert notes(found.tell(ConsultRequested("c1", "ann", "agent", "ben"))) == [
        "ConsultRequested: agent ben is not there"
    ]


def test_signing_out_while_it_rings_is_a_refusal():
    found = house()
    found.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    assert only(WithdrawOffer, found.tell(AgentSignedOut("ben")))
    assert found.state("c1") == "in_conversation"


def test_a_chat_has_no_consultation():
    found = House(queue(), agent("ann"), agent("ben"))
    found.call("c1", channel="chat")
    assert notes(found.tell(ConsultRequested("c1", "ann", "agent", "ben"))) != []


# A number outside


def calling_out() -> House:
    found = house()
    effects = found.tell(ConsultRequested("c1", "ann", "number", "4930"))
    assert only(CallParty, effects) == [CallParty("c1", PARTY, "4930")]
    return found


def test_a_number_outside_is_consulted_and_gets_the_customer():
    found = calling_out()
    found.tell(PartyAnswered("c1", PARTY))
    effects = found.tell(TransferCompleted("c1", "ann"))
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]
    assert found.state("c1") == "elsewhere"
    effects = found.tell(PartyLeft("c1", PARTY))
    assert only(EndContact, effects) == [EndContact("c1", "party_left")]
    assert outcomes(effects) == [("c1", "answered")]


def test_a_number_outside_that_fails_returns_to_the_agent():
    found = calling_out()
    found.tell(PartyFailed("c1", PARTY, "busy"))
    assert parts(found) == {"ann": ("lead", "in_conversation")}


def test_a_number_outside_rings_no_longer_than_its_time():
    found = calling_out()
    assert only(ReleaseParty, found.later(45)) == [ReleaseParty("c1", PARTY)]
    assert found.state("c1") == "in_conversation"


def test_an_agent_who_hangs_up_while_it_rings_outside_leaves_the_customer_to_it():
    found = calling_out()
    found.tell(AgentLeft("c1", "ann"))
    assert found.state("c1") == "elsewhere"
    effects = found.tell(PartyAnswered("c1", PARTY))
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]


def test_nobody_is_lost_when_that_number_fails():
    found = calling_out()
    found.tell(AgentLeft("c1", "ann"))
    assert offers(found.tell(PartyFailed("c1", PARTY, "no_answer"))) == [("c1", "ben")]


def test_a_number_outside_joins_and_is_released():
    found = calling_out()
    found.tell(PartyAnswered("c1", PARTY), ConferenceRequested("c1", "ann"))
    assert found.state("c1") == "in_conversation"
    assert only(ReleaseParty, found.tell(PartyReleaseRequested("c1", "ann"))) == [ReleaseParty("c1", PARTY)]
    assert found.state("c1") == "in_conversation"


# Conference


def conference() -> House:
    found = consulting()
    effects = found.tell(ConferenceRequested("c1", "ann"))
    assert only(ResumeCustomer, effects) == [ResumeCustomer("c1")]
    assert parts(found) == {"ann": ("lead", "in_conversation"), "ben": ("joined", "in_conversation")}
    return found


def test_a_conference_goes_on_without_who_began_it():
    found = conference()
    effects = found.tell(AgentLeft("c1", "ann"))
    assert only(StartRecording, effects) == [StartRecording("c1", "c1.2", "ben", "q")]
    assert (found.state("c1"), parts(found)["ben"]) == ("in_conversation", ("lead", "in_conversation"))


def test_a_guest_who_leaves_a_conference_wraps_up():
    found = conference()
    found.tell(AgentLeft("c1", "ben"))
    assert parts(found) == {"ann": ("lead", "in_conversation"), "ben": ("joined", "wrapping_up")}


def test_a_phone_that_holds_leaves_the_customer_to_the_others():
    found = conference()
    found.tell(HoldBegan("c1", "ann"))
    assert found.state("c1") == "in_conversation"
    found.tell(AgentLeft("c1", "ben"))
    assert found.state("c1") == "on_hold"


def test_nobody_joins_before_they_answer():
    found = house()
    found.tell(ConsultRequested("c1", "ann", "agent", "ben"))
    for told in (ConferenceRequested("c1", "ann"), TransferCompleted("c1", "ann")):
        assert notes(found.tell(told)) == [f"{type(told).__name__}: nobody has answered yet"]


# The records


def test_every_move_says_the_part():
    found = consulting()
    effects = found.tell(TransferCompleted("c1", "ann"))
    moved = [(one.agent, one.part, one.before, one.after) for one in only(EngagementMoved, effects)]
    assert moved == [("ben", "lead", "consulting", "in_conversation"), ("ann", "lead", "consulting", "wrapping_up")]
    assert [(one.after, one.agent) for one in only(ContactMoved, effects)] == [("in_conversation", "ben")]
    assert only(ConnectContact, effects) == []
