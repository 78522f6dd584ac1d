"""The house changes while it runs: projects pause, queues and agents come, change and go."""

from markaz.routing import (
    AgentBecameNotReady,
    AgentConfigured,
    AgentRetired,
    CustomerLeft,
    EndContact,
    OfferRefused,
    PauseRule,
    PlayPrompt,
    ProjectMoved,
    ProjectPaused,
    ProjectResumed,
    ProjectRules,
    PromiseCallback,
    QueueConfigured,
    Relaxation,
    SendToNumber,
    ToCallback,
    ToNumber,
    ToVoicemail,
    WrapUpEnded,
)  # fmt: skip
from tests.routing.house import House, agent, notes, offers, only, outcomes, queue


def paused(pause: PauseRule) -> tuple[House, list[object]]:
    """C1 rings at ann, c2 waits, and the project is paused."""
    house = House(ProjectRules(id="p", pause=pause), queue(), agent("ann"))
    house.call("c1")
    house.call("c2")
    return house, list(house.tell(ProjectPaused("p", "retraining")))


def test_while_a_project_is_paused_contacts_wait_and_hear_why():
    house, effects = paused(PauseRule(prompt="we train"))
    assert effects == [ProjectMoved("p", paused=True, reason="retraining"), PlayPrompt("c2", "we train")]
    assert only(PlayPrompt, house.call("c3")) == [PlayPrompt("c3", "we train")]
    house.tell(OfferRefused("c1.1"))
    assert offers(house.later(60)) == [], "ann is ready again, but nothing is offered"
    resumed = house.tell(ProjectResumed("p"))
    assert offers(resumed) == [("c1", "ann")], "in the old order"


def test_a_pause_may_send_contacts_to_the_backup_centre():
    house, effects = paused(PauseRule(prompt="we train", to=ToNumber(number="700", centre="backup")))
    assert [e for e in effects if isinstance(e, SendToNumber)] == [SendToNumber("c2", "700", "overflow", "backup")]
    assert only(SendToNumber, house.tell(OfferRefused("c1.1"))) == [SendToNumber("c1", "700", "overflow", "backup")]


def test_a_pause_may_promise_calls_back_that_are_kept_when_it_ends():
    house, effects = paused(PauseRule(to=ToCallback()))
    assert [e for e in effects if isinstance(e, PromiseCallback)] == [PromiseCallback("c2", "+c2")]
    house.tell(CustomerLeft("c2"), CustomerLeft("c1"))
    assert offers(house.later(3_600)) == []
    assert offers(house.tell(ProjectResumed("p"))) == [("c2", "ann")]


def test_a_conversation_goes_on_while_its_project_is_paused():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(ProjectPaused("p", "retraining"))
    assert house.state("c1") == "in_conversation"


def test_resuming_serves_the_most_urgent_of_all_queues_first():
    house = House(queue("slow", target_seconds=60), queue("fast", target_seconds=10), agent("ann", ["slow", "fast"]))
    house.tell(ProjectPaused("p", "retraining"))
    house.call("c1", "slow")
    house.later(5)
    house.call("c2", "fast")
    house.later(20)
    assert offers(house.tell(ProjectResumed("p"))) == [("c2", "ann")]


def test_pausing_twice_is_noted():
    house = House(queue())
    house.tell(ProjectPaused("p", "a"))
    assert notes(house.tell(ProjectPaused("p", "a"), ProjectPaused("x", "a"))) == [
        "ProjectPaused: is paused", "ProjectPaused: unknown project",
    ]  # fmt: skip


def test_a_retired_queue_sends_on_who_waits_and_takes_nobody():
    house = House(queue(when_full=ToVoicemail()), agent("ann"))
    house.answer(house.call("c1"))
    house.call("c2")
    house.retire("q")
    assert house.state("c2") == "leaving_message"
    house.call("c3")
    assert house.state("c3") == "leaving_message"
    assert house.state("c1") == "in_conversation"
    house.tell(QueueConfigured(queue()))
    house.call("c4")
    assert offers(house.tell(CustomerLeft("c1"), WrapUpEnded("ann", "c1"))) == [("c4", "ann")]


def test_new_rules_put_waiting_contacts_into_lanes_anew_in_the_same_places():
    house = House(queue(skills={"cards": 5}), agent("ann", skills={"cards": 1}))
    house.call("c1")
    house.later(1)
    house.call("c2", priority=1)
    effects = house.configure(queue(skills={"cards": 1}))
    assert offers(effects) == [("c2", "ann")], "whose head start counts now too"


def test_new_rules_count_relaxation_from_the_beginning_of_the_wait():
    old = (Relaxation(after_seconds=1, lower={"cards": 4}), Relaxation(after_seconds=2, lower={"cards": 3}))
    new = (Relaxation(after_seconds=5, lower={"cards": 4}), Relaxation(after_seconds=60, drop=("cards",)))
    house = House(queue(skills={"cards": 5}, relaxation=old), agent("ann"))
    house.call("c1")
    house.later(10)
    assert offers(house.configure(queue(skills={"cards": 5}, relaxation=new))) == [], "one step is due, not two"
    assert offers(house.later(49.9)) == []
    assert offers(house.later(0.1)) == [("c1", "ann")]


def test_an_agent_who_learns_a_skill_is_offered_who_waits_for_it():
    house = House(queue(skills={"cards": 1}), agent("ann"))
    house.call("c1")
    assert offers(house.configure(agent("ann", skills={"cards": 1}))) == [("c1", "ann")]


def test_a_retired_agent_finishes_first_and_comes_back_as_new():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentRetired("ann"), CustomerLeft("c1"))
    assert "ann" in house.floor.state.agents
    house.tell(WrapUpEnded("ann", "c1"))
    assert "ann" not in house.floor.state.agents
    house.tell(AgentConfigured(agent("ann")))
    assert house.floor.state.agents["ann"].presence == "signed_out"


def test_an_agent_who_retires_while_ringing_gives_the_offer_back():
    house = House(queue(), agent("ann"), agent("ben"))
    house.call("c1")
    assert offers(house.tell(AgentRetired("ann"))) == [("c1", "ben")]


def test_who_waits_for_an_agent_who_leaves_waits_for_anybody():
    house = House(queue(), agent("ann", ["x"]), agent("ben"))
    house.answer(house.call("c1"))
    house.tell(AgentBecameNotReady("ann", "break"))
    house.transfer("c1", "ben", "ann")
    house.tell(WrapUpEnded("ben", "c1"))
    assert house.state("c1") == "waiting"
    assert offers(house.tell(AgentRetired("ann"))) == [("c1", "ben")]


def test_a_full_floor_refuses_the_next_contact(monkeypatch):
    monkeypatch.setattr("markaz.routing.contacts.CONTACTS_OPEN_MAX", 1)
    house = House(queue())
    house.call("c1")
    effects = house.call("c2")
    assert outcomes(effects) == [("c2", "refused")]
    assert only(EndContact, effects) == [EndContact("c2", "floor_full")]
