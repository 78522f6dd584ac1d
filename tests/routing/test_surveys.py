"""Whom a project asks after the conversation, and how that ends."""

import pytest

from markaz.routing import (
    AgentLeft,
    ContactMoved,
    ContactServedItself,
    CustomerLeft,
    Effect,
    EndContact,
    EngagementMoved,
    FollowUpBegan,
    HoldBegan,
    LeaveConversation,
    Noted,
    ProjectConfigured,
    ProjectRules,
    ReleaseAgent,
    SurveyBegan,
)  # fmt: skip
from tests.routing.house import House, agent, only, queue


def outcomes(effects: list[Effect]) -> list[tuple[str | None, str | None]]:
    return [(moved.outcome, moved.reason) for moved in only(ContactMoved, effects) if moved.after == "closed"]


def talking(survey: str | None = "survey") -> House:
    """ann talks with c1, and will wrap up."""
    house = House(queue(wrap_up_seconds_max=30), agent("ann"))
    house.tell(ProjectConfigured(ProjectRules(id="p", survey=survey)))
    house.answer(house.call("c1", customer="+4930123"))
    return house


def asked() -> House:
    house = talking()
    house.tell(AgentLeft("c1", "ann"))
    return house


def test_who_is_left_by_the_agent_is_asked_and_the_agent_wraps_up():
    effects = talking().tell(AgentLeft("c1", "ann"))
    assert [moved.after for moved in only(ContactMoved, effects)] == ["in_survey"]
    assert only(LeaveConversation, effects) == [LeaveConversation("c1")]
    assert only(SurveyBegan, effects) == [SurveyBegan("c1", "survey")]
    assert [moved.after for moved in only(EngagementMoved, effects)] == ["wrapping_up"]
    assert only(EndContact, effects) == only(ReleaseAgent, effects) == []


def test_the_agent_serves_the_next_while_one_is_asked():
    house = asked()
    house.later(30)
    house.answer(house.call("c2"))
    assert (house.state("c1"), house.state("c2")) == ("in_survey", "in_conversation")
    assert house.floor.state.queues["q"].waiting == 0


@pytest.mark.parametrize("left", ["hung_up", "fault"])
def test_whoever_leaves_the_survey_was_answered_and_is_not_called_back(left):
    effects = asked().tell(CustomerLeft("c1", left))
    assert [outcome for outcome, _ in outcomes(effects)] == ["answered"]
    assert only(FollowUpBegan, effects) == []


def test_the_survey_is_over_when_its_flow_is():
    effects = asked().tell(ContactServedItself("c1", "self_served"))
    assert outcomes(effects) == [("answered", "self_served")]
    assert len(only(EndContact, effects)) == 1


def test_a_survey_that_does_not_end_is_ended():
    house = asked()
    assert outcomes(house.later(179)) == []
    assert outcomes(house.later(1)) == [("answered", "survey_limit")]


def test_nobody_is_asked_without_a_survey_or_when_the_customer_left_or_was_on_hold():
    assert outcomes(talking(None).tell(AgentLeft("c1", "ann"))) == [("answered", "agent_left")]
    assert outcomes(talking().tell(CustomerLeft("c1"))) == [("answered", "customer_left")]
    house = talking()
    house.tell(HoldBegan("c1", "ann"))
    assert outcomes(house.tell(AgentLeft("c1", "ann"))) == [("answered", "agent_left")]


def test_a_fault_of_ours_is_no_end_to_ask_about():
    house = talking()
    house.tell(AgentLeft("c1", "ann", "fault"))
    house.later(60)
    assert house.state("c1") != "in_survey"


def test_an_agent_who_left_cannot_leave_again():
    assert only(Noted, asked().tell(AgentLeft("c1", "ann"))) != []
