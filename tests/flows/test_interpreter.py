"""A contact's way through a flow, step by step."""

import msgspec
import pytest

from markaz.flows import (
    Answer,
    AnswerContact,
    AnyHandover,
    AnyNode,
    Calendar,
    CalendarConfigured,
    Callback,
    ContactAdmitted,
    ContactEntered,
    Dial,
    DigitPressed,
    Disconnect,
    FeedbackGiven,
    Finished,
    Flow,
    FlowConfigured,
    FlowNoted,
    FlowOutput,
    FlowRetired,
    FlowStepped,
    HandedOver,
    Hours,
    Limits,
    Menu,
    NumberConfigured,
    OpenPeriod,
    Play,
    PromptFailed,
    PromptFinished,
    Queue,
    Rate,
    RefuseNumber,
    SelfService,
    SpeakPrompt,
    StopPrompt,
    ToCallback,
    ToNumber,
    ToQueue,
    ToVoicemail,
    Voicemail,
)
from markaz.kit.time import SECOND

MENU = Menu(prompt="ask", choices={"1": "wait"}, otherwise="mail", timeout_seconds=5, attempts_max=2)
WAIT = Queue(queue="cards", skills={"gold": 2}, while_waiting={"1": "callback", "2": "voicemail"})
BANK = Flow(
    id="bank",
    start="answer",
    nodes={
        "answer": Answer(next="menu"),
        "menu": MENU,
        "wait": WAIT,
        "mail": Voicemail(prompt="beep", seconds_max=60),
    },
)


def floor(*flows: Flow, limits: Limits | None = None) -> SelfService:
    service = SelfService(limits)
    for flow in flows:
        service.handle(0, FlowConfigured(flow))
    service.handle(0, NumberConfigured("+1", "hotline", flows[0].id if flows else "bank"))
    return service


def flow(**nodes: AnyNode) -> Flow:
    return Flow(id="bank", start=next(iter(nodes)), nodes=nodes)


def enter(service: SelfService, *, contact: str = "c", customer: str = "+49301", at: int = 0) -> list[FlowOutput]:
    return service.handle(at, ContactEntered(contact, "voice", "+1", customer))


def told(outputs: list[FlowOutput]) -> list[FlowOutput]:
    """Outputs without the story."""
    return [output for output in outputs if not isinstance(output, FlowStepped)]


def test_answers_and_asks() -> None:
    assert enter(floor(BANK)) == [
        ContactAdmitted("c", "hotline", "voice", "+49301", "+1"),
        FlowStepped("c", "bank", "answer", "entered", 0),
        AnswerContact("c"),
        FlowStepped("c", "bank", "menu", "answered", 0),
        SpeakPrompt("c", "ask", 1),
    ]


def test_a_key_interrupts_the_prompt_and_chooses_at_once() -> None:
    service = floor(BANK)
    enter(service)
    assert service.handle(SECOND, DigitPressed("c", "1")) == [
        StopPrompt("c"),
        FlowStepped("c", "bank", "wait", "key 1", SECOND),
        HandedOver("c", ToQueue(queue="cards", skills={"gold": 2})),
    ]
    assert "c" in service
    assert service.deadline() is None


def test_silence_asks_again_then_goes_otherwise() -> None:
    service = floor(BANK)
    enter(service)
    assert service.handle(SECOND, PromptFinished("c", 1)) == []
    assert service.deadline() == 6 * SECOND
    assert service.time_passed(6 * SECOND - 1) == []
    assert told(service.time_passed(6 * SECOND)) == [SpeakPrompt("c", "ask", 2)]
    service.handle(7 * SECOND, PromptFinished("c", 2))
    assert told(service.time_passed(12 * SECOND)) == [SpeakPrompt("c", "beep", 3)]
    assert service.handle(13 * SECOND, PromptFinished("c", 3)) == [HandedOver("c", ToVoicemail(seconds_max=60))]
    assert "c" not in service


def test_a_wrong_key_is_excused_and_a_key_interrupts_the_excuse() -> None:
    menu = Menu(prompt="ask", choices={"1": "bye"}, otherwise="bye", invalid_prompt="sorry")
    service = floor(flow(answer=Answer(next="menu"), menu=menu, bye=Disconnect(result="done")))
    enter(service)
    assert told(service.handle(1, DigitPressed("c", "9"))) == [StopPrompt("c"), SpeakPrompt("c", "sorry", 2)]
    assert told(service.handle(2, PromptFinished("c", 2))) == [SpeakPrompt("c", "ask", 3)]
    assert told(service.handle(3, DigitPressed("c", "8"))) == [StopPrompt("c"), SpeakPrompt("c", "sorry", 4)]
    assert told(service.handle(4, DigitPressed("c", "1"))) == [
        StopPrompt("c"),
        HandedOver("c", Finished(result="done")),
    ]


def test_an_answer_is_kept_and_leads_on() -> None:
    service = floor(flow(answer=Answer(next="friendly"), friendly=Rate(prompt="ask", next="bye"), bye=Disconnect()))
    enter(service)
    assert told(service.handle(1, DigitPressed("c", "9"))) == [StopPrompt("c"), SpeakPrompt("c", "ask", 2)]
    assert told(service.handle(2, DigitPressed("c", "4"))) == [
        StopPrompt("c"),
        FeedbackGiven("c", "friendly", 4),
        HandedOver("c", Finished(result="self_served")),
    ]


def test_who_answers_nothing_is_done_or_goes_otherwise() -> None:
    rate = Rate(prompt="ask", next="bye", attempts_max=1)
    for otherwise, end in ((None, Finished(result="no_answer")), ("bye", Finished(result="self_served"))):
        asked = msgspec.structs.replace(rate, otherwise=otherwise)
        service = floor(flow(answer=Answer(next="friendly"), friendly=asked, bye=Disconnect()))
        enter(service)
        service.handle(SECOND, PromptFinished("c", 1))
        assert told(service.time_passed(6 * SECOND)) == [HandedOver("c", end)]


def test_a_survey_begins_after_the_contact_was_here_and_takes_no_late_prompt_for_its_own() -> None:
    service = floor(flow(answer=Answer(next="bye"), bye=Disconnect(prompt="bye")))
    survey = Flow(
        id="survey", start="friendly", nodes={"friendly": Rate(prompt="ask", next="end"), "end": Disconnect()}
    )
    service.handle(0, FlowConfigured(survey))
    enter(service)
    service.handle(1, PromptFinished("c", 1))
    (asked,) = told(service.survey(2, "c", "+49301", "survey"))
    assert isinstance(asked, SpeakPrompt)
    assert isinstance(service.handle(3, PromptFinished("c", 1))[0], FlowNoted)
    assert service.handle(4, PromptFinished("c", asked.step)) == []
    assert told(service.handle(5, DigitPressed("c", "1")))[0] == FeedbackGiven("c", "friendly", 1)
    assert isinstance(enter(service)[0], FlowNoted), "it is still known"


def test_a_survey_that_is_unknown_is_over_at_once() -> None:
    service = floor(flow(answer=Answer(next="bye"), bye=Disconnect()))
    assert service.survey(2, "c", "+49301", "survey")[-1] == HandedOver("c", Finished(result="flow_error"))


def test_waiting_contacts_choose_callback_or_voicemail() -> None:
    for key, to in (("1", ToCallback(queue=None, number="+49301")), ("2", ToVoicemail(seconds_max=120))):
        service = floor(BANK)
        enter(service)
        service.handle(1, DigitPressed("c", "1"))
        assert told(service.handle(2, DigitPressed("c", "7"))) == [
            FlowNoted("DigitPressed", "c", "7 means nothing while waiting")
        ]
        assert told(service.handle(3, DigitPressed("c", key))) == [HandedOver("c", to)]
        assert "c" not in service


def test_a_withheld_number_is_not_promised_a_callback() -> None:
    service = floor(BANK)
    enter(service, customer="Anonymous")
    service.handle(1, DigitPressed("c", "1"))
    [noted] = service.handle(2, DigitPressed("c", "1"))
    assert isinstance(noted, FlowNoted)
    assert "c" in service
    other = floor(flow(answer=Answer(next="back"), back=Callback(queue="cards")))
    assert told(enter(other, customer="")).pop() == HandedOver("c", ToVoicemail(seconds_max=120))


@pytest.mark.parametrize(
    ("node", "to"),
    [
        (Queue(queue="q", priority=2, named_agent="ana"), ToQueue(queue="q", priority=2, named_agent="ana")),
        (Callback(queue="q"), ToCallback(queue="q", number="+49301")),
        (Dial(number="+49"), ToNumber(number="+49")),
        (Disconnect(), Finished(result="self_served")),
        (Voicemail(), ToVoicemail(seconds_max=120)),
    ],
)
def test_every_end_hands_over_and_forgets(node: AnyNode, to: AnyHandover) -> None:
    service = floor(flow(answer=Answer(next="end"), end=node))
    assert told(enter(service))[2:] == [HandedOver("c", to)]
    assert "c" not in service


def test_last_words_are_spoken_before_the_end() -> None:
    service = floor(flow(answer=Answer(next="end"), end=Disconnect(prompt="bye", result="told")))
    assert told(enter(service)).pop() == SpeakPrompt("c", "bye", 1)
    assert service.handle(1, PromptFailed("c", 1, "no file")) == [HandedOver("c", Finished(result="told"))]


@pytest.mark.parametrize(("at", "node"), [(0, "open"), (12 * 3600, "closed"), (86_400, "day_off")])
def test_branches_on_hours(at: int, node: str) -> None:
    hours = Calendar(
        id="hours", zone="UTC", weekly=(OpenPeriod((3, 4), "00:00", "12:00"),), holidays={"1970-01-02": "day off"}
    )
    ends = {name: Disconnect(result=name) for name in ("open", "closed", "day_off")}
    service = floor(flow(start=Hours(calendar="hours", open="open", closed="closed", holiday="day_off"), **ends))
    service.handle(0, CalendarConfigured(hours))
    assert enter(service, at=at * SECOND).pop() == HandedOver("c", Finished(result=node))


def test_a_prompt_that_never_ends_is_ended() -> None:
    service = floor(flow(answer=Answer(next="hi"), hi=Play(prompt="hi", next="end"), end=Disconnect()))
    enter(service)
    assert service.deadline() == 120 * SECOND
    assert told(service.time_passed(120 * SECOND)) == [StopPrompt("c"), HandedOver("c", Finished(result="self_served"))]


def test_an_old_deadline_does_not_cut_the_next_prompt_short() -> None:
    service = floor(BANK)
    enter(service)
    assert told(service.handle(30 * SECOND, DigitPressed("c", "9"))) == [StopPrompt("c"), SpeakPrompt("c", "ask", 2)]
    assert service.deadline() == 150 * SECOND
    assert service.time_passed(150 * SECOND - 1) == []


def test_late_and_duplicate_stimuli_change_nothing() -> None:
    service = floor(BANK)
    enter(service)
    before = service.snapshot()
    late = [
        ContactEntered("c", "voice", "+1", "x"),
        PromptFinished("c", 0),
        PromptFinished("c", 2),
        PromptFailed("stranger", 1, "x"),
        DigitPressed("stranger", "1"),
        DigitPressed("c", "A"),
        DigitPressed("c", "12"),
    ]
    for stimulus in late:
        [noted] = service.handle(1, stimulus)
        assert isinstance(noted, FlowNoted)
    assert service.snapshot() == before
    service.forget("c")
    service.forget("c")
    [noted] = enter(service)
    assert isinstance(noted, FlowNoted), "a contact that left does not start again"


def test_an_unknown_number_is_refused() -> None:
    assert SelfService().handle(0, ContactEntered("c", "voice", "+2", "x")) == [RefuseNumber("c", "+2")]


def test_a_flow_that_circles_without_end_is_left() -> None:
    service = floor(flow(a=Answer(next="b"), b=Answer(next="a")), limits=Limits(steps_max=10))
    outputs = enter(service)
    assert outputs.pop() == HandedOver("c", Finished(result="loop"))
    assert sum(isinstance(output, FlowStepped) for output in outputs) == 10


@pytest.mark.parametrize(
    "broken",
    [
        flow(a=Answer(next="nowhere")),
        flow(a=Hours(calendar="never", open="a", closed="a")),
        flow(a=Menu(prompt="p", choices={}, otherwise="a", timeout_seconds=float("inf"))),
    ],
)
def test_a_broken_node_is_noted_and_left(broken: Flow) -> None:
    *_, noted, end = enter(floor(broken))
    assert isinstance(noted, FlowNoted)
    assert end == HandedOver("c", Finished(result="flow_error"))


def test_a_number_whose_flow_is_gone_and_a_full_house_are_outcomes() -> None:
    service = floor(BANK, limits=Limits(contacts_max=1))
    enter(service)
    assert enter(service, contact="d").pop() == HandedOver("d", Finished(result="full"))
    service.handle(1, FlowRetired("bank"))
    assert enter(service, contact="e").pop() == HandedOver("e", Finished(result="flow_error"))


def test_an_impossible_calendar_is_refused() -> None:
    [noted] = SelfService().handle(0, CalendarConfigured(Calendar(id="x", zone="Mars/Base", weekly=())))
    assert isinstance(noted, FlowNoted)


def test_a_contact_ends_in_the_flow_in_which_it_began() -> None:
    service = floor(BANK)
    enter(service)
    service.handle(1, FlowConfigured(flow(answer=Disconnect())))
    resumed = SelfService()
    resumed.restore(service.snapshot())
    for floor_ in (service, resumed):
        assert floor_.handle(2, DigitPressed("c", "1")).pop() == HandedOver(
            "c", ToQueue(queue="cards", skills={"gold": 2})
        )
        assert enter(floor_, contact="d").pop() == HandedOver("d", Finished(result="self_served"))
