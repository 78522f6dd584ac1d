"""Who gets whom: one example for each rule of choice."""

from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentLeft,
    BenchConsidered,
    Capacity,
    ContactQueued,
    CustomerLeft,
    LaneConsidered,
    OfferRefused,
    Relaxation,
    Sticky,
    WrapUpEnded,
)  # fmt: skip
from tests.routing.house import House, agent, decided, offers, queue


def test_the_agent_idle_longest_is_offered_first():
    house = House(queue(wrap_up_seconds_max=0), agent("ann"), agent("ben"))
    assert offers(house.answer_and_return(house.call("c1"))) == [("c1", "ann")]
    house.tell(CustomerLeft("c1"))
    assert offers(house.call("c2")) == [("c2", "ben")], "ann has only just become idle"


def test_the_least_occupied_agent_is_offered_first():
    house = House(queue(agent_choice="least_occupied", wrap_up_seconds_max=0), agent("ann"), agent("ben"))
    house.answer(house.call("c1"))
    house.later(100)
    house.answer(house.call("c2"))
    house.tell(CustomerLeft("c1"))  # ann talked for 100 seconds,
    house.later(10)
    house.tell(CustomerLeft("c2"))  # ben for 10, and is idle for a shorter time
    assert offers(house.call("c3")) == [("c3", "ben")]


def test_the_agent_who_prefers_the_queue_is_offered_before_one_who_is_idle_longer():
    house = House(queue(), agent("ann", {"q": 2}), agent("ben", {"q": 1}))
    assert offers(house.call("c1")) == [("c1", "ben")]
    assert offers(house.call("c2")) == [("c2", "ann")]


def test_an_agent_needs_the_level_of_every_skill():
    house = House(queue(skills={"cards": 3}), agent("ann", skills={"cards": 2, "arabic": 5}))
    assert offers(house.call("c1")) == []
    house = House(queue(skills={"cards": 3}), agent("ann", skills={"cards": 3}))
    assert offers(house.call("c1", skills={"arabic": 1})) == []
    assert offers(house.call("c2")) == [("c2", "ann")]


def test_relaxation_lowers_and_drops_in_steps():
    steps = (Relaxation(after_seconds=20, drop=("arabic",)), Relaxation(after_seconds=10, lower={"cards": 2}))
    rules = queue(skills={"cards": 4, "arabic": 1}, relaxation=steps)
    house = House(rules, agent("ann", skills={"cards": 1, "arabic": 5}), agent("ben", skills={"cards": 2}))
    house.call("c1")
    assert offers(house.later(19.9)) == [], "at 10 s cards 2 will do, but nobody has that and arabic"
    assert offers(house.later(0.1)) == [("c1", "ben")]


def test_order_in_a_lane_is_order_of_arrival():
    house = House(queue(), agent("ann"))
    house.answer(house.call("c1"))
    house.call("c2")
    house.later(1)
    house.call("c3")
    house.tell(CustomerLeft("c1"))
    assert offers(house.tell(WrapUpEnded("ann", "c1"))) == [("c2", "ann")]


def test_priority_is_a_head_start_and_starves_nobody():
    house = House(queue(priority_head_start_seconds=60, wrap_up_seconds_max=0), agent("ann"))
    house.answer(house.call("c0"))
    house.call("old")
    house.later(59)
    house.call("vip", priority=1)
    house.later(2)
    house.call("late vip", priority=1)
    served = house.answer_and_return(house.tell(CustomerLeft("c0")))
    assert offers(served) == [("vip", "ann")], "59 s are less than the head start of 60"
    assert offers(house.tell(CustomerLeft("vip"))) == [("old", "ann")], "61 s are more"


def test_across_lanes_the_contact_goes_first_that_is_latest_against_its_target():
    house = House(queue("slow", target_seconds=100), queue("fast", target_seconds=10), agent("ann", ["slow", "fast"]))
    house.tell(AgentBecameNotReady("ann", "break"))
    house.call("patient", "slow")
    house.later(30)
    house.call("urgent", "fast")
    house.later(10)
    effects = house.tell(AgentBecameReady("ann"))
    assert offers(effects) == [("urgent", "ann")]
    assert decided(effects).lanes == (
        LaneConsidered("fast", "urgent", 1_000_000),
        LaneConsidered("slow", "patient", 400_000),
    )
    assert decided(effects).by == "agent"


def test_a_penalty_weighs_each_second():
    house = House(queue("plain"), queue("dear", penalty_weight=300), agent("ann", ["plain", "dear"]))
    house.tell(AgentBecameNotReady("ann", "break"))
    house.call("c1", "plain")
    house.later(20)
    house.call("c2", "dear")
    house.later(11)
    assert offers(house.tell(AgentBecameReady("ann"))) == [("c2", "ann")], "3 x 11 s weigh more than 31 s"


def test_an_agents_preference_divides_the_score():
    house = House(queue("first"), queue("second"), agent("ann", {"first": 1, "second": 2}))
    house.tell(AgentBecameNotReady("ann", "break"))
    house.call("c2", "second")
    house.later(10)
    house.call("c1", "first")
    house.later(11)
    assert offers(house.tell(AgentBecameReady("ann"))) == [("c1", "ann")]


def test_a_decision_to_wait_tells_the_benches_and_why_they_lost():
    house = House(queue(), agent("ann"), agent("ben"), agent("cid", {"q": 2}))
    house.answer(house.call("c1"))
    house.tell(AgentBecameNotReady("cid", "lunch"))
    effects = house.call("c2")
    assert decided(effects).benches == (
        BenchConsidered(first="ben", preference=1, free=1, ready=2, signed_in=2, members=2),
        BenchConsidered(first=None, preference=2, free=0, ready=0, signed_in=1, members=1),
    )
    assert decided(house.call("c3")).agent is None
    assert decided(house.call("c4")).benches[0].free == 0


def test_the_last_agent_has_a_returning_customer_first():
    rules = queue(sticky=Sticky(agent="last", wait_seconds=20), wrap_up_seconds_max=0)
    house = House(rules, agent("ann"), agent("ben"))
    house.answer(house.call("c1", customer="+49"))
    house.tell(CustomerLeft("c1"))
    effects = house.call("c2", customer="+49")
    assert offers(effects) == [("c2", "ann")], "although ben is idle longer"
    assert decided(effects).rule == "only_agent"


def test_after_the_sticky_time_anybody_may_serve():
    rules = queue(sticky=Sticky(agent="last", wait_seconds=20), wrap_up_seconds_max=0)
    house = House(rules, agent("ann"), agent("ben"))
    house.answer(house.call("c1", customer="+49"))
    house.tell(CustomerLeft("c1"), AgentBecameNotReady("ann", "lunch"))
    assert offers(house.call("c2", customer="+49")) == []
    assert offers(house.later(19.9)) == []
    assert offers(house.later(0.1)) == [("c2", "ben")]


def test_a_sticky_agent_who_refuses_does_not_keep_the_customer():
    rules = queue(sticky=Sticky(agent="named", wait_seconds=60))
    house = House(rules, agent("ann"), agent("ben"))
    house.call("c1", named="ann")
    assert offers(house.tell(OfferRefused("c1.1"))) == [("c1", "ben")]


def test_a_named_agent_who_signed_out_is_not_waited_for():
    house = House(queue(sticky=Sticky(agent="named")), agent("ann"), agent("ben"))
    assert offers(house.call("c1", named="ben")) == [("c1", "ben")]
    assert offers(house.call("c2", named="nobody")) == [("c2", "ann")]


def test_a_memory_older_than_its_time_does_not_stick():
    rules = queue(sticky=Sticky(agent="last", within_seconds=60), wrap_up_seconds_max=0)
    house = House(rules, agent("ann"), agent("ben"))
    house.answer(house.call("c1", customer="+49"))
    house.tell(CustomerLeft("c1"))
    house.later(61)
    assert offers(house.call("c2", customer="+49")) == [("c2", "ben")]


def test_a_reservation_survives_a_change_of_the_queues_rules():
    rules = queue(sticky=Sticky(agent="named", wait_seconds=20))
    house = House(rules, agent("ann"), agent("ben"))
    house.tell(AgentBecameNotReady("ann", "lunch"))
    house.call("c1", named="ann")
    house.configure(queue(sticky=Sticky(agent="named", wait_seconds=20), priority=1))
    assert offers(house.later(20)) == [("c1", "ben")], "it would wait for ann for ever without its deadline"


def test_several_chats_but_one_call_at_a_time():
    house = House(queue(), agent("ann", capacity=Capacity(voice=1, chat=2)))
    assert offers(house.call("t1", channel="chat")) == [("t1", "ann")]
    assert offers(house.call("t2", channel="chat")) == [("t2", "ann")]
    assert offers(house.call("t3", channel="chat")) == [], "two are the limit"
    assert offers(house.call("v1")) == [], "a call and chats exclude each other"


def test_an_agent_who_blends_takes_a_call_beside_chats():
    house = House(queue(), agent("ann", capacity=Capacity(voice=1, chat=2, blends_voice=True)))
    house.call("t1", channel="chat")
    assert offers(house.call("v1")) == [("v1", "ann")]
    assert offers(house.call("t2", channel="chat")) == [("t2", "ann")]
    assert offers(house.call("v2")) == []


def test_a_chat_waits_while_the_agent_is_in_a_call():
    house = House(queue(wrap_up_seconds_max=0), agent("ann", capacity=Capacity(voice=1, chat=2)))
    house.answer(house.call("v1"))
    assert offers(house.call("t1", channel="chat")) == []
    assert offers(house.tell(AgentLeft("v1", "ann"))) == [("t1", "ann")]


def test_the_less_loaded_agent_gets_the_next_chat():
    house = House(queue(), *(agent(name, capacity=Capacity(chat=3)) for name in ("ann", "ben")))
    chats = [offers(house.call(f"t{n}", channel="chat"))[0][1] for n in range(4)]
    assert chats == ["ann", "ben", "ann", "ben"]


def test_skills_wanted_by_the_flow_count_beside_the_queues():
    house = House(queue(skills={"cards": 2}), agent("ann", skills={"cards": 2}))
    house.call("c1", skills={"cards": 3})
    assert house.state("c1") == "waiting"
    assert house.tell(ContactQueued("c1", "q", {})), "queued again: noted, and nothing else"
    assert house.state("c1") == "waiting"
