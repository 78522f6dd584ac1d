"""What happens while a contact waits: overflow of each kind, bounds, announcements, call backs, leases."""

import pytest

from markaz.routing import (
    AgentLeft,
    AgentSignedOut,
    Announcement,
    AnnouncePlace,
    CallbackAsked,
    CheckContact,
    ConnectContact,
    ContactArrived,
    ContactMoved,
    ContactQueued,
    ContactSeen,
    CustomerLeft,
    CustomerMissed,
    CustomerReached,
    DialCustomer,
    ElsewhereAnswered,
    ElsewhereFailed,
    EndContact,
    KeepWaiting,
    MessageAsked,
    MessageLeft,
    NumberAsked,
    OfferAccepted,
    Overflow,
    PromiseCallback,
    Relaxation,
    SendToNumber,
    TakeMessage,
    ToCallback,
    ToDisconnect,
    ToNumber,
    ToQueue,
    ToVoicemail,
)  # fmt: skip
from markaz.routing.floor_state import MOVES_MAX
from tests.routing.house import House, agent, notes, offers, only, outcomes, queue


def test_overflow_to_a_queue_keeps_the_place():
    house = House(queue(overflow=(Overflow(after_seconds=30, to=ToQueue(queue="r")),)), queue("r"), agent("ann", ["r"]))
    house.answer(house.call("c0", "r"))
    house.call("c1")
    house.later(10)
    house.call("c2", "r")
    house.later(20)
    effects = house.tell(CustomerLeft("c0"))
    assert offers(effects + house.later(30)) == [("c1", "ann")], "c1 has waited longer, if not here"


def test_overflow_to_another_centre_counts_as_overflowed():
    to = ToNumber(number="700", centre="backup")
    house = House(queue(overflow=(Overflow(after_seconds=30, to=to),)))
    house.call("c1")
    assert only(SendToNumber, house.later(30)) == [SendToNumber("c1", "700", "overflow", "backup")]
    assert outcomes(house.tell(ElsewhereAnswered("c1"), CustomerLeft("c1"))) == [("c1", "overflowed")]


def test_who_hangs_up_before_the_number_outside_answers_has_abandoned():
    house = House(queue(overflow=(Overflow(after_seconds=30, to=ToNumber(number="700")),)))
    house.call("c1")
    house.later(30)
    assert outcomes(house.tell(CustomerLeft("c1"))) == [("c1", "abandoned")]


def test_overflow_to_a_number_that_fails_returns_to_the_place_and_to_the_next_step():
    steps = (
        Overflow(after_seconds=30, to=ToNumber(number="700")),
        Overflow(after_seconds=60, to=ToVoicemail(seconds_max=90)),
    )
    house = House(queue(overflow=steps))
    house.call("c1")
    house.later(30)
    assert only(KeepWaiting, house.tell(ElsewhereFailed("c1", "busy"))) == [KeepWaiting("c1", "q")]
    assert only(TakeMessage, house.later(30)) == [TakeMessage("c1", 90)]


@pytest.mark.parametrize(("seconds", "outcome"), [(0.4, "abandoned"), (20.0, "voicemail")])
def test_overflow_to_voicemail(seconds: float, outcome: str):
    house = House(queue(overflow=(Overflow(after_seconds=30, to=ToVoicemail(seconds_max=90)),)))
    house.call("c1")
    assert only(TakeMessage, house.later(30)) == [TakeMessage("c1", 90)]
    house.tell(CustomerLeft("c1"))
    assert outcomes(house.tell(MessageLeft("c1", seconds))) == [("c1", outcome)]


def test_overflow_to_disconnect_is_the_maximum_wait():
    house = House(queue(overflow=(Overflow(after_seconds=30, to=ToDisconnect(prompt="sorry")),)))
    house.call("c1")
    assert outcomes(house.later(29.9)) == []
    effects = house.later(0.1)
    assert only(EndContact, effects) == [EndContact("c1", "overflow", "sorry")]
    assert outcomes(effects) == [("c1", "refused")]


def test_overflow_in_a_circle_of_queues_ends_at_a_message():
    q = queue(overflow=(Overflow(after_seconds=0, to=ToQueue(queue="r")),))
    r = queue("r", overflow=(Overflow(after_seconds=0, to=ToQueue(queue="q")),))
    house = House(q, r)
    house.call("c1")
    effects = house.later(1)
    assert len(only(KeepWaiting, effects)) == MOVES_MAX
    assert only(TakeMessage, effects) == [TakeMessage("c1", 120)]


def test_overflow_to_a_queue_that_is_not_there_asks_for_a_message():
    house = House(queue(overflow=(Overflow(after_seconds=10, to=ToQueue(queue="gone")),)))
    house.call("c1")
    assert only(TakeMessage, house.later(10)) == [TakeMessage("c1", 120)]


def test_a_full_queue_sends_the_next_contact_on():
    house = House(queue(waiting_max=2, when_full=ToQueue(queue="r")), queue("r", waiting_max=1))
    house.call("c1")
    house.call("c2")
    assert [kept.queue for kept in only(KeepWaiting, house.call("c3"))] == ["r"]
    assert outcomes(house.call("c4")) == [("c4", "refused")], "r is full too, and has no way out"


def test_a_contact_that_comes_back_finds_its_place_in_a_full_queue():
    house = House(queue(waiting_max=1), agent("ann"))
    house.answer(house.call("c1"))
    house.call("c2")
    house.tell(AgentLeft("c1", "ann", "fault"))
    assert house.state("c1") == "waiting"


def test_announcements_tell_place_and_expected_wait():
    rules = queue(announcement=Announcement(first_seconds=10, every_seconds=30), wrap_up_seconds_max=0)
    house = House(rules, agent("ann"))
    house.answer(house.call("c1"))
    for contact in ("c2", "c3", "c4"):
        house.call(contact)
    assert only(AnnouncePlace, house.later(10)) == [
        AnnouncePlace("c2", "q", 1, None), AnnouncePlace("c3", "q", 2, None), AnnouncePlace("c4", "q", 3, None),
    ], "nothing is known of the pace yet"  # fmt: skip
    house.later(30)
    house.answer(house.tell(CustomerLeft("c1")))  # 40 s after c1 was served
    told = only(AnnouncePlace, house.later(30))
    assert told == [AnnouncePlace("c3", "q", 1, 40), AnnouncePlace("c4", "q", 2, 80)]


def test_an_idle_hour_does_not_count_as_pace():
    house = House(queue(announcement=Announcement(first_seconds=10), wrap_up_seconds_max=0), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(CustomerLeft("c1"))
    house.later(3_600)
    house.answer(house.call("c2"))
    house.call("c3")
    assert only(AnnouncePlace, house.later(10)) == [AnnouncePlace("c3", "q", 1, None)]


def test_parts_of_an_announcement_may_be_left_out():
    house = House(queue(announcement=Announcement(first_seconds=10, position=False)))
    house.call("c1")
    assert only(AnnouncePlace, house.later(10)) == [AnnouncePlace("c1", "q", None, None)]


def promised(*, attempts_max: int = 2, retry_seconds: int = 300) -> House:
    """Ann talks to c0; c1, who came before c2, was promised a call back."""
    rules = queue(
        callback_attempts_max=attempts_max, callback_retry_seconds=retry_seconds, wrap_up_seconds_max=0
    )  # fmt: skip
    house = House(rules, agent("ann"))
    house.answer(house.call("c0"))
    house.call("c1")
    house.later(1)
    house.call("c2")
    assert only(PromiseCallback, house.tell(CallbackAsked("c1", "+491"))) == [PromiseCallback("c1", "+491")]
    return house


def test_a_promised_call_back_keeps_its_place():
    house = promised()
    house.tell(CustomerLeft("c1"))
    effects = house.tell(CustomerLeft("c0"))
    assert offers(effects) == [("c1", "ann")]
    assert only(DialCustomer, house.tell(OfferAccepted("c1.1"))) == [DialCustomer("c1", "+491", "c1.1", 1)]
    assert only(ConnectContact, house.tell(CustomerReached("c1"))) == [ConnectContact("c1", "c1.1", "ann", "q", True)]
    assert house.state("c1") == "connecting"


def test_nobody_is_dialled_before_the_promise_was_heard_and_the_customer_hung_up():
    house = promised()
    assert offers(house.tell(CustomerLeft("c0"))) == [("c2", "ann")], "c1 still listens to the promise"
    house.answer_and_return([])
    house.tell(CustomerLeft("c2"))
    assert offers(house.tell(CustomerLeft("c1"))) == [("c1", "ann")]


def test_who_is_still_on_the_line_long_after_a_promise_is_let_go():
    """A process that ended before it acted has said nothing, and whom it left there can't be called back."""
    house = promised()
    assert only(EndContact, house.later(45)) == [EndContact("c1", "callback_due")]
    assert house.state("c1") == "waiting"
    assert notes(house.tell(CustomerLeft("c1"))) == ["CustomerLeft: had left before"]


def test_a_promise_that_nobody_hears_the_end_of_is_kept_all_the_same():
    house = promised()
    house.tell(CustomerLeft("c0"), CustomerLeft("c2"))
    assert offers(house.later(45)) == [("c1", "ann")]


def test_a_call_back_is_tried_again_later_and_then_given_up():
    house = promised(attempts_max=2, retry_seconds=300)
    house.tell(CustomerLeft("c1"), CustomerLeft("c2"), CustomerLeft("c0"), OfferAccepted("c1.1"))
    assert outcomes(house.tell(CustomerMissed("c1", "busy"))) == []
    assert offers(house.later(299)) == []
    assert offers(house.later(1)) == [("c1", "ann")]
    house.tell(OfferAccepted("c1.2"))
    assert outcomes(house.tell(CustomerMissed("c1", "no_answer"))) == [("c1", "callback")]


def test_a_call_back_that_was_talked_counts_as_callback():
    house = promised()
    house.tell(CustomerLeft("c1"))
    house.answer(house.tell(CustomerLeft("c0")))
    assert outcomes(house.tell(CustomerLeft("c1"))) == [("c1", "callback")]


def test_a_promise_outlives_its_queue():
    """The queue is retired while the customer hears the promise; its agents keep it."""
    house = promised()
    house.retire("q")
    house.tell(CustomerLeft("c1"))
    assert offers(house.tell(CustomerLeft("c0"))) == [("c1", "ann")]


def test_a_promise_in_a_queue_overflows_to_another_queue_only():
    steps = (
        Overflow(after_seconds=10, to=ToVoicemail()),
        Overflow(after_seconds=20, to=ToCallback()),
        Overflow(after_seconds=30, to=ToQueue(queue="r")),
    )
    house = House(queue(overflow=steps), queue("r"))
    house.call("c1")
    house.tell(CallbackAsked("c1", "+491"), CustomerLeft("c1"))
    moves = only(ContactMoved, house.later(60))
    assert [(moved.after, moved.queue) for moved in moves] == [("waiting", "r")]


def test_self_service_may_promise_a_call_back_from_a_queue():
    house = House(queue())
    house.tell(ContactArrived("c1", "voice", "p", "+1"))
    assert notes(house.tell(CallbackAsked("c1", "+1"))) == ["CallbackAsked: no queue to call back from"]
    house.tell(CallbackAsked("c1", "+1", "q"), CustomerLeft("c1"))
    assert house.state("c1") == "waiting"


def test_self_service_may_ask_for_a_message_or_a_number():
    house = House(queue())
    house.tell(ContactArrived("c1", "voice", "p", "+1"), ContactArrived("c2", "voice", "p", "+2"))
    assert only(TakeMessage, house.tell(MessageAsked("c1", 60))) == [TakeMessage("c1", 60)]
    assert only(SendToNumber, house.tell(NumberAsked("c2", "99"))) == [SendToNumber("c2", "99", "flow")]
    assert only(TakeMessage, house.tell(ElsewhereFailed("c2", "busy"))) == [TakeMessage("c2", 120)], "it has no queue"


def test_a_lease_asks_whether_the_leg_is_alive_and_then_gives_it_up():
    house = House(queue())
    house.call("c1")
    assert only(CheckContact, house.later(1_800)) == [CheckContact("c1")]
    house.tell(ContactSeen("c1"))
    assert only(CheckContact, house.later(1_800)) == [CheckContact("c1")]
    effects = house.later(30)
    assert outcomes(effects) == [("c1", "lost_to_fault")]
    assert only(EndContact, effects) == [EndContact("c1", "lease_expired")]


def test_a_message_longer_than_allowed_is_ended_and_counted_by_what_was_recorded():
    house = House(queue())
    house.tell(ContactArrived("c1", "voice", "p", "+1"), MessageAsked("c1", 60))
    assert only(CheckContact, house.later(75)) == [CheckContact("c1")]
    assert only(EndContact, house.tell(ContactSeen("c1"))) == [EndContact("c1", "message_limit")]
    assert outcomes(house.tell(CustomerLeft("c1"), MessageLeft("c1", 60.0))) == [("c1", "voicemail")]


def test_ringing_in_vain_does_not_renew_the_lease():
    house = House(queue(ring_seconds=10), agent("ann", no_answer_pause_seconds=10))
    house.call("c1")
    effects = house.later(1_830)
    assert len(offers(effects)) > 80
    assert outcomes(effects) == [("c1", "lost_to_fault")]


def test_the_clocks_of_waiting_start_again_after_a_conversation_that_a_fault_cut():
    rules = queue(overflow=(Overflow(after_seconds=60, to=ToVoicemail()),), relaxation=(Relaxation(after_seconds=5),))
    house = House(rules, agent("ann"))
    house.answer(house.call("c1"))
    house.later(600)
    house.tell(AgentLeft("c1", "ann", "fault"))
    assert only(TakeMessage, house.later(29)) == [], "ten minutes of talk are no ten minutes of waiting"
    house = House(rules)
    house.call("c1")
    assert only(TakeMessage, house.later(60)) == [TakeMessage("c1", 120)]


def test_what_was_said_too_late_is_noted():
    house = House(queue())
    house.call("c1")
    house.tell(CustomerLeft("c1"))
    assert notes(house.tell(ContactQueued("c1", "q"), MessageLeft("c1", 9.0))) == [
        "ContactQueued: closed",
        "MessageLeft: closed",
    ]


def test_who_spoke_with_a_number_outside_that_is_gone_is_asked_for_nothing_more():
    """The other side left while no floor ran: what is found out is that it is not there."""
    house = House(queue())
    house.tell(ContactArrived("c1", "voice", "p", "+1"), NumberAsked("c1", "99"), ElsewhereAnswered("c1"))
    effects = house.tell(ElsewhereFailed("c1", "fault"))
    assert only(EndContact, effects) == [EndContact("c1", "number_left")]
    assert outcomes(effects) == [("c1", "answered")]


def test_who_was_answered_counts_so_though_a_message_follows():
    house = House(queue(overflow=(Overflow(after_seconds=30, to=ToVoicemail()),)), agent("ann"))
    house.answer(house.call("c1"))
    house.tell(AgentLeft("c1", "ann", "fault"), AgentSignedOut("ann"))
    house.later(40)
    assert outcomes(house.tell(MessageLeft("c1", 12.0))) == [("c1", "answered")]
