"""The demo's figures, counted from rows made by hand."""

from typing import Any

import pytest

from markaz.demo.figures import (
    Audio,
    Contacts,
    ContactSeen,
    DemoReport,
    EngagementSeen,
    Feedback,
    Milliseconds,
    Recordings,
    RecordingSeen,
    Replay,
    Seconds,
    Seen,
    Stuck,
    VisitSeen,
    everybody,
    of_agent,
    of_queue,
)


def talk(agent: str, *, assign: float) -> EngagementSeen:
    return EngagementSeen("cards", agent, True, "wrapped_up", "ended", assign)


SEEN = Seen(
    contacts=[
        ContactSeen("1", "+1", "answered"),
        ContactSeen("2", "+2", "answered"),
        ContactSeen("3", "+3", "abandoned"),
        ContactSeen("4", "+4", "voicemail"),
        ContactSeen("5", "+5", None),
    ],
    visits=[
        VisitSeen("1", "cards", "answered", "anna", 5.0),
        VisitSeen("2", "cards", "overflowed", None, 15.0),
        VisitSeen("2", "cards", "answered", "ben", 10.0),
        VisitSeen("2", "loans", "abandoned", None, 90.0),  # after a transfer: not the wait for an answer
        VisitSeen("3", "cards", "abandoned", None, 8.0),
        VisitSeen("4", "general", "voicemail", None, 25.0),
        VisitSeen("5", "general", None, None, None),
    ],
    engagements=[
        talk("anna", assign=4.0),
        talk("ben", assign=8.0),
        EngagementSeen("cards", "anna", False, "no_answer", "ended", 6.0),
        EngagementSeen("cards", "ben", False, "customer_left", "ended", 6.0),
        EngagementSeen("cards", "ben", False, None, "offered", None),
    ],
    recordings=[
        RecordingSeen("cards", "anna", "present"),
        RecordingSeen("cards", "ben", "silent"),
        RecordingSeen(None, None, "expected"),
        RecordingSeen("cards", "ben", "missing"),
    ],
)


CALLED = ("+1", "+2", "+3", "+4", "+5")


def test_everybody() -> None:
    total = everybody(SEEN, placed=CALLED)
    assert total.contacts == Contacts(arrived=5, answered=2, abandoned=1, voicemail=1, unaccounted=1)
    assert total.service_level == pytest.approx(1 / 5)
    assert total.wait_seconds == Seconds(mean=15.75, p50=16.5, p95=25.0)
    assert total.assign_milliseconds == Milliseconds(p50=6.0, p95=7.7, p99=7.94)
    assert total.recordings == Recordings(expected=4, present=1, missing=2, silent=1)
    assert total.stuck == Stuck(contacts=1)


def test_a_lost_call_and_a_contact_out_of_nowhere_do_not_cancel_out() -> None:
    assert everybody(SEEN, placed=("+1", "+2", "+3", "+5", "+6")).contacts.unaccounted == 3


def test_a_queue_counts_who_passed_through_it() -> None:
    assert of_queue(SEEN, "loans").contacts == Contacts(arrived=1, abandoned=1)
    cards = of_queue(SEEN, "cards")
    assert cards.contacts == Contacts(arrived=4, answered=2, overflowed=1, abandoned=1)
    assert cards.service_level == pytest.approx(2 / 4)
    assert of_queue(SEEN, "general").contacts == Contacts(arrived=2, voicemail=1, unaccounted=1)
    assert of_queue(SEEN, "general").stuck.contacts == 1


def test_an_agent_counts_offers() -> None:
    anna = of_agent(SEEN, "anna")
    assert anna.contacts == Contacts(arrived=2, answered=1, refused=1)
    assert (anna.service_level, anna.stuck.agents) == (1.0, 0)
    ben = of_agent(SEEN, "ben")
    assert ben.contacts == Contacts(arrived=3, answered=1, abandoned=1, unaccounted=1)
    assert (ben.service_level, ben.stuck.agents, ben.recordings.silent) == (1.0, 1, 1)


def test_nobody_came() -> None:
    nothing = everybody(Seen([], [], [], []), placed=())
    assert (nothing.service_level, nothing.wait_seconds, nothing.contacts) == (None, Seconds(), Contacts())


@pytest.mark.parametrize(
    ("flaw", "sentence"),
    [
        ({}, None),
        ({"contacts": Contacts(arrived=1, unaccounted=1)}, "1 contacts are unaccounted for"),
        ({"recordings": Recordings(expected=1, missing=1)}, "1 recordings are missing"),
        ({"recordings": Recordings(expected=2, silent=2)}, "2 recordings are silent"),
        ({"stuck": Stuck(bridges=1)}, "1 bridges are stuck"),
        ({"stuck": Stuck(agents=1)}, "1 agents are stuck"),
        ({"audio": Audio(checked=3, deaf=1)}, "1 customers did not hear their agent"),
        ({"callers": {"offered_to_busy_agents": 1}}, "1 calls were offered to agents who were talking"),
        ({"replay": Replay(identical=False, rows=9)}, "the replay of the journal differs"),
    ],
)
def test_what_fails_the_demo(flaw: dict[str, Any], sentence: str | None) -> None:
    sound: dict[str, Any] = {
        "contacts": Contacts(), "service_level": None, "wait_seconds": Seconds(), "assign_milliseconds": Milliseconds(),
        "recordings": Recordings(), "audio": Audio(), "replay": Replay(identical=True, rows=9), "stuck": Stuck(),
        "queues": {}, "agents": {}, "callers": {}, "feedback": Feedback(), "seconds": 1.0, "seed": 1,
    }  # fmt: skip
    report = DemoReport(**sound | flaw)
    assert report.failures == ([] if sentence is None else [sentence])
