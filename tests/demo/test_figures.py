"""The demo's figures, counted from rows made by hand."""

import pytest

from markaz.demo.figures import (
    Audio,
    Contacts,
    ContactSeen,
    DemoReport,
    EngagementSeen,
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


def talk(agent: str, *, wait: float, assign: float) -> EngagementSeen:
    return EngagementSeen("cards", agent, True, "wrapped_up", "ended", wait, assign)


SEEN = Seen(
    contacts=[
        ContactSeen("1", "answered", 5.0),
        ContactSeen("2", "answered", 25.0),
        ContactSeen("3", "abandoned", 8.0),
        ContactSeen("4", "voicemail", 50.0),
        ContactSeen("5", None, None),
    ],
    visits=[
        VisitSeen("cards", "answered", 5.0),
        VisitSeen("cards", "answered", 25.0),
        VisitSeen("cards", "abandoned", 8.0),
        VisitSeen("loans", "transferred", 25.0),
        VisitSeen("general", "voicemail", 25.0),
        VisitSeen("general", None, None),
    ],
    engagements=[
        talk("anna", wait=5.0, assign=4.0),
        talk("ben", wait=25.0, assign=8.0),
        EngagementSeen("cards", "anna", False, "no_answer", "ended", None, 6.0),
        EngagementSeen("cards", "ben", False, "customer_left", "ended", None, 6.0),
        EngagementSeen("cards", "ben", False, None, "offered", None, None),
    ],
    recordings=[
        RecordingSeen("cards", "anna", "present"),
        RecordingSeen("cards", "ben", "silent"),
        RecordingSeen(None, None, "expected"),
        RecordingSeen("cards", "ben", "missing"),
    ],
)


def test_everybody() -> None:
    total = everybody(SEEN, placed=6)
    assert total.contacts == Contacts(arrived=6, answered=2, abandoned=1, voicemail=1, unaccounted=2)
    assert total.service_level == pytest.approx(1 / 5)  # the visit that still waits has no wait yet
    assert total.wait_seconds == Seconds(mean=17.6, p50=25.0, p95=25.0)
    assert total.assign_milliseconds == Milliseconds(p50=6.0, p95=7.7, p99=7.94)
    assert total.recordings == Recordings(expected=4, present=1, missing=2, silent=1)
    assert total.stuck == Stuck(contacts=1)


def test_a_queue_counts_who_passed_through_it() -> None:
    assert of_queue(SEEN, "loans").contacts == Contacts(arrived=1, overflowed=1)
    cards = of_queue(SEEN, "cards")
    assert cards.contacts == Contacts(arrived=3, answered=2, abandoned=1)
    assert cards.service_level == pytest.approx(1 / 3)
    assert of_queue(SEEN, "general").contacts == Contacts(arrived=2, voicemail=1, unaccounted=1)
    assert of_queue(SEEN, "general").stuck.contacts == 1


def test_an_agent_counts_offers() -> None:
    anna = of_agent(SEEN, "anna")
    assert anna.contacts == Contacts(arrived=2, answered=1, refused=1)
    assert (anna.service_level, anna.stuck.agents) == (1.0, 0)
    ben = of_agent(SEEN, "ben")
    assert ben.contacts == Contacts(arrived=3, answered=1, abandoned=1, unaccounted=1)
    assert (ben.service_level, ben.stuck.agents, ben.recordings.silent) == (0.0, 1, 1)


def test_nobody_came() -> None:
    nothing = everybody(Seen([], [], [], []), placed=0)
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
def test_what_fails_the_demo(flaw: dict[str, object], sentence: str | None) -> None:
    sound: dict[str, object] = {
        "contacts": Contacts(), "service_level": None, "wait_seconds": Seconds(), "assign_milliseconds": Milliseconds(),
        "recordings": Recordings(), "audio": Audio(), "replay": Replay(identical=True, rows=9), "stuck": Stuck(),
        "queues": {}, "agents": {}, "callers": {}, "seconds": 1.0, "seed": 1,
    }  # fmt: skip
    report = DemoReport(**sound | flaw)  # type: ignore[arg-type]
    assert report.failures == ([] if sentence is None else [sentence])
