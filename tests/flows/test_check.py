"""A flow or a calendar that could not work is refused with every problem and its place."""

import pytest

from markaz.flows import (
    Answer,
    AnyNode,
    Calendar,
    Dial,
    Disconnect,
    Flow,
    Hours,
    Known,
    Menu,
    OpenPeriod,
    Play,
    Queue,
    Rate,
    Voicemail,
    check_calendar,
    check_flow,
    check_survey,
)

KNOWN = Known(calendars={"hours"}, prompts={"hello"}, queues={"cards"}, skills={"cards"}, agents={"ana"})
BYE = Disconnect()


def problems(**nodes: AnyNode) -> list[str]:
    return [str(problem) for problem in check_flow(Flow(id="f", start="start", nodes=nodes), KNOWN)]


def test_a_whole_flow_has_no_problem() -> None:
    menu = Menu(prompt="hello", choices={"1": "cards", "#": "away"}, otherwise="mail", invalid_prompt="hello")
    assert (
        problems(
            start=Hours(calendar="hours", open="answer", closed="bye", holiday="bye"),
            answer=Answer(next="menu"),
            menu=menu,
            cards=Queue(queue="cards", skills={"cards": 3}, while_waiting={"1": "callback"}, named_agent="ana"),
            mail=Voicemail(prompt="hello"),
            away=Dial(number="+4930123"),
            bye=BYE,
        )
        == []
    )


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ({"begin": BYE}, ['start: unknown node "start"', "nodes.begin: no way leads here"]),
        ({"start": Answer(next="gone")}, ['nodes.start.next: unknown node "gone"']),
        ({"start": BYE, "extra": BYE}, ["nodes.extra: no way leads here"]),
        ({"start": Play(prompt="hello", next="bye"), "bye": BYE}, ["nodes.start: the customer hears nothing here"]),
        ({"start": Dial(number="sip:x@y")}, ['nodes.start.number: "sip:x@y" is not a telephone number']),
        ({"start": Disconnect(prompt="nope")}, ['nodes.start.prompt: unknown prompt "nope"', "nodes.start: the cust"]),
        (
            {"start": Hours(calendar="never", open="bye", closed="bye"), "bye": BYE},
            ['nodes.start.calendar: unknown calendar "never"'],
        ),
        (
            {
                "start": Answer(next="m"),
                "m": Menu(
                    prompt="hello",
                    choices={"12": "bye", "": "bye", "x": "bye"},
                    otherwise="bye",
                    timeout_seconds=float("nan"),
                    attempts_max=0,
                ),
                "bye": BYE,
            },
            [
                'nodes.m.choices.12: "12" is not a key',
                'nodes.m.choices.: "" is not a key',
                'nodes.m.choices.x: "x" is not a key',
                "nodes.m.timeout_seconds: must be more than 0",
                "nodes.m.attempts_max: must be between 1 and 10",
            ],
        ),
        (
            {"start": Answer(next="r"), "r": Rate(prompt="hello", next="gone", keys="101", timeout_seconds=0)},
            [
                'nodes.r.next: unknown node "gone"',
                'nodes.r.keys: "101" are no answers: write each key once, of 123456789',
                "nodes.r.timeout_seconds: must be more than 0",
            ],
        ),
        (
            {
                "start": Answer(next="q"),
                "q": Queue(queue="x", skills={"y": 11}, while_waiting={"1": "music"}, named_agent="bob"),
            },
            [
                'nodes.q.queue: unknown queue "x"',
                'nodes.q.named_agent: unknown agent "bob"',
                'nodes.q.skills.y: unknown skill "y"',
                "nodes.q.skills.y: a level is between 1 and 10",
                'nodes.q.while_waiting.1: "music" is not offered while waiting',
            ],
        ),
    ],
)
def test_each_problem_is_said_with_its_place(nodes: dict[str, AnyNode], expected: list[str]) -> None:
    found = problems(**nodes)
    assert len(found) == len(expected), found
    for sentence, beginning in zip(found, expected, strict=True):
        assert sentence.startswith(beginning)


def test_a_survey_passes_nobody_on() -> None:
    survey = Flow(id="f", start="a", nodes={"a": Answer(next="q"), "q": Queue(queue="cards")})
    assert [problem.place for problem in check_survey(survey)] == ["nodes.q"]


def test_calendar_problems_are_all_said() -> None:
    calendar = Calendar(
        id="hours",
        zone="Europe/Nowhere",
        weekly=(OpenPeriod((7,), "24:00", "9:00"),),
        holidays={"20261224": "Eve"},
        special={"2026-02-30": (("08:00", "25:00"),)},
    )
    assert [problem.place for problem in check_calendar(calendar)] == [
        "zone",
        "weekly[0].days",
        "weekly[0].since",
        "weekly[0].until",
        "holidays.20261224",
        "special.2026-02-30",
        "special.2026-02-30[0].until",
    ]


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../UTC", "Europe", "a\0b", "x" * 5_000])
def test_no_name_of_a_zone_escapes(zone: str) -> None:
    assert [problem.place for problem in check_calendar(Calendar(id="c", zone=zone, weekly=()))] == ["zone"]
