"""Agents are moved between queues for now, and told why; projects are paused by a rule of the moment."""

from markaz.routing import (
    AgentAssigned,
    AgentAssignmentEnded,
    AgentBecameNotReady,
    AgentBecameReady,
    AgentSignedIn,
    AgentSignedOut,
    CustomerLeft,
    Floor,
    PauseRule,
    ProjectPaused,
    ProjectResumed,
    ProjectRules,
    PromiseCallback,
    QueueRetired,
    ToCallback,
    ToVoicemail,
)
from tests.routing.house import House, agent, notes, offers, only, queue


def serves(house: House, name: str = "ann") -> dict[str, int]:
    return house.floor.state.agents[name].profile.queues


def test_a_moved_agent_gets_who_waits_there_and_nobody_from_their_own_queue():
    house = House(queue("cards"), queue("loans"), agent("ann", ["cards"]), agent("ben", ["loans"]))
    house.answer(house.call("c1", "loans"))
    house.call("c2", "loans")
    assert offers(house.tell(AgentAssigned("ann", ("loans",), "please"))) == [("c2", "ann")]
    house.tell(CustomerLeft("c2"))
    assert offers(house.call("c3", "cards")) == []
    assert house.floor.state.agents["ann"].note == "please"
    assert offers(house.tell(AgentAssignmentEnded("ann"))) == [("c3", "ann")]
    assert serves(house) == {"cards": 1}


def test_a_queue_that_is_served_otherwise_too_keeps_its_preference():
    house = House(queue("cards"), queue("loans"), queue("mail"), agent("ann", {"cards": 1, "loans": 2}))
    house.tell(AgentAssigned("ann", ("loans", "mail", "nowhere")))
    assert serves(house) == {"loans": 2, "mail": 1}
    house.tell(AgentAssigned("ann", ("cards",)))
    assert serves(house) == {"cards": 1}, "moved again, from what the organisation says"


def test_who_signs_out_serves_their_own_queues_again():
    house = House(queue("cards"), queue("loans"), agent("ann", ["cards"]))
    house.tell(AgentAssigned("ann", ("loans",)), AgentSignedOut("ann", "thank you"))
    assert (serves(house), house.floor.state.agents["ann"].note) == ({"cards": 1}, "thank you")
    house.tell(AgentSignedIn("ann"))
    assert house.floor.state.agents["ann"].note is None


def test_new_settings_wait_until_the_move_is_taken_back():
    house = House(queue("cards"), queue("loans"), queue("mail"), agent("ann", ["cards"]))
    house.tell(AgentAssigned("ann", ("loans", "mail")), QueueRetired("mail"))
    house.configure(agent("ann", ["cards", "mail"], skills={"tact": 3}))
    assert serves(house) == {"loans": 1}, "the queue that is gone is not served"
    assert house.floor.state.agents["ann"].profile.skills == {"tact": 3}
    house.tell(QueueRetired("loans"))
    house.configure(agent("ann", ["cards"]))
    assert serves(house) == {"cards": 1}, "nothing is left of the move"
    assert notes(house.tell(AgentAssignmentEnded("ann"))) == ["AgentAssignmentEnded: is not assigned"]


def test_a_move_that_makes_no_sense_is_noted():
    house = House(queue("cards"), agent("ann", ["cards"]))
    assert notes(house.tell(AgentAssigned("ann", ("nowhere",)))) == ["AgentAssigned: no such queue"]
    house.tell(AgentSignedOut("ann"))
    assert notes(house.tell(AgentAssigned("ann", ("cards",)))) == ["AgentAssigned: is signed out"]


def test_a_restored_floor_knows_of_the_move():
    house = House(queue("cards"), queue("loans"), agent("ann", ["cards"]))
    house.tell(AgentAssigned("ann", ("loans",)))
    house.floor = Floor.restored(house.floor.snapshot())
    assert offers(house.call("c1", "loans")) == [("c1", "ann")]
    house.tell(CustomerLeft("c1"), AgentAssignmentEnded("ann"))
    assert serves(house) == {"cards": 1}


def test_a_note_lasts_until_the_next_change():
    house = House(queue(), agent("ann"))
    house.tell(AgentBecameNotReady("ann", "training", "come and see me"))
    assert house.floor.state.agents["ann"].note == "come and see me"
    house.tell(AgentBecameReady("ann"))
    assert house.floor.state.agents["ann"].note is None


def test_a_pause_may_have_a_rule_of_its_own_which_ends_with_it():
    house = House(ProjectRules(id="p", pause=PauseRule(to=ToVoicemail())), queue(), agent("ann"))
    house.answer(house.call("c1"))
    told = house.tell(ProjectPaused("p", "retraining", PauseRule(to=ToCallback())))
    assert only(PromiseCallback, told) == []
    assert only(PromiseCallback, house.call("c2")) == [PromiseCallback("c2", "+c2")]
    project = house.floor.state.projects["p"]
    assert (project.reason, project.paused_at) == ("retraining", house.at)
    house.tell(ProjectResumed("p"))
    assert (project.pause_rule, project.reason, project.paused_at) == (PauseRule(to=ToVoicemail()), None, None)
