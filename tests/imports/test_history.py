"""Lines folded into calls.

Invariants: every line is used or left aside, once; the figures of a log are those of the calls that wrote it; a log
read in two parts, its state stored in between, gives what it gives in one; nothing a log says breaks the fold; memory
holds what is open, and no more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markaz.imports import history as module
from markaz.imports.calls import Call
from markaz.imports.history import History, State
from markaz.imports.lines import OF_AGENTS, OF_CALLS, Line, Reader
from markaz.imports.telling import told
from markaz.kit.time import SECOND

BEGIN = 1_700_000_000


def fold(*texts: str, history: History | None = None) -> History:
    """The history of these lines; their times count from `BEGIN`."""
    history = history or History(State())
    reader = Reader(ZoneInfo("UTC"))
    for number, text in enumerate(texts, 1):
        after, rest = text.split("|", 1)
        line = reader.read(f"{BEGIN + float(after):.0f}|{rest}".encode())
        assert isinstance(line, Line), line
        history.tell(line, f"1 {number}")
    return history


def only(history: History) -> Call:
    calls = everyone(history)
    assert len(calls) == 1
    return calls[0]


def everyone(history: History) -> list[Call]:
    return [*history.finished, *history.ended.values(), *history.open.values()]


def seconds(at: int | None) -> float | None:
    return None if at is None else at / SECOND - BEGIN


def visits(call: Call) -> list[tuple[object, ...]]:
    return [(v.queue, seconds(v.entered_at), seconds(v.left_at), v.ended, v.agent, v.wait_seconds) for v in call.visits]


def offers(call: Call) -> list[tuple[object, ...]]:
    return [
        (o.agent, seconds(o.offered_at), seconds(o.connected_at), seconds(o.ended_at), o.reason) for o in call.offers
    ]


ENTER, CONNECT = "0|c|q|NONE|ENTERQUEUE||49151|1", "9|c|q|anna|CONNECT|9|x|4"


@pytest.mark.parametrize(
    ("end", "reason", "why"),
    [
        ("60|c|q|anna|COMPLETEAGENT|9|51|1", "agent_left", "agent_left"),
        ("60|c|q|anna|COMPLETECALLER|9|51|1", "customer_left", "customer_left"),
        ("60|c|q|anna|BLINDTRANSFER|7001|internal|9|51|1", "transferred", "transferred to 7001"),
        ("60|c|q|anna|TRANSFER|7001|internal", "transferred", "transferred to 7001"),
        ("60|c|q|anna|ATTENDEDTRANSFER|BRIDGE|b-1|9|51|1", "transferred", "transferred to b-1"),
        ("60|c|q|anna|ATTENDEDTRANSFER|LINK|PJSIP/a|PJSIP/b|9|51|1", "transferred", "transferred to PJSIP/a"),
        ("60|c|q|anna|ATTENDEDTRANSFER|APP|queue|9|51|1", "transferred", "transferred to queue"),
        ("60|c|q|anna|COMPLETEAGENT", "agent_left", "agent_left"),
    ],
)
def test_a_conversation_ends_as_its_line_says(end: str, reason: str, why: str) -> None:
    history = fold(ENTER, CONNECT, end)
    call = only(history)
    assert (call.outcome, call.reason, seconds(call.closed_at), call.customer) == ("answered", why, 60, "49151")
    assert visits(call) == [("q", 0, 9, "answered", "anna", 9.0)]
    assert offers(call) == [("anna", 5, 9, 60, reason)]
    assert [(s.state, seconds(s.began_at), seconds(s.ended_at)) for s in call.segments] == [
        ("waiting", 0, 9), ("in_conversation", 9, 60),
    ]  # fmt: skip
    assert (history.account.used, history.account.assumed, history.account.disagree) == (3, 0, 0)


@pytest.mark.parametrize(
    ("end", "ended", "reason"),
    [
        ("30|c|q|NONE|ABANDON|1|1|30", "abandoned", "customer_left"),
        ("30|c|q|anna|ABANDON|1|1|30", "abandoned", "customer_left"),
        ("30|c|q|NONE|EXITWITHTIMEOUT|1|1|30", "overflowed", "timeout"),
        ("30|c|q|NONE|EXITWITHTIMEOUT|1", "overflowed", "timeout"),
        ("30|c|q|NONE|EXITEMPTY|1|1|30", "overflowed", "no agents"),
        ("30|c|q|NONE|EXITWITHKEY|5|1|1|30", "overflowed", "key 5"),
        ("30|c|q|NONE|EXITWITHKEY|5|1", "overflowed", "key 5"),
        ("30|c|q|NONE|WITHDRAW|1|1|30|moved", "overflowed", "withdrawn"),
        ("30|c|q|anna|SYSCOMPAT|", "lost_to_fault", "no codec in common"),
    ],
)
def test_a_stay_ends_as_its_line_says(end: str, ended: str, reason: str) -> None:
    call = only(fold(ENTER, end))
    assert (call.outcome, call.reason, call.state) == (ended, reason, "closed")
    assert visits(call) == [("q", 0, 30, ended, None, 30.0)]


def test_offers_that_were_missed_say_since_when_they_rang_and_why() -> None:
    call = only(fold(
        ENTER, "5|c|q|anna|RINGNOANSWER|5000", "12|c|q|boris|AGENTDUMP|", "15|c|q|carla|RINGCANCELED|1500",
        "15|c|q|NONE|ABANDON|1|1|15",
    ))  # fmt: skip
    assert offers(call) == [
        ("anna", 0, None, 5, "no_answer"), ("boris", 12, None, 12, "agent_left"),
        ("carla", 13.5, None, 15, "customer_left"),
    ]  # fmt: skip


def test_a_caller_who_goes_on_to_another_queue_is_one_contact() -> None:
    call = only(fold(
        ENTER, "20|c|q|NONE|EXITWITHTIMEOUT|1|1|20", "23|c|r|NONE|ENTERQUEUE||49151|1", "30|c|r|anna|CONNECT|7|x|2",
        "60|c|r|anna|BLINDTRANSFER|s|i|7|30|1", "60|c|s|NONE|ENTERQUEUE||49151|1", "70|c|s|NONE|ABANDON|1|1|10",
    ))  # fmt: skip
    assert [(visit.queue, visit.ended) for visit in call.visits] == [
        ("q", "overflowed"), ("r", "answered"), ("s", "abandoned"),
    ]  # fmt: skip
    assert [segment.state for segment in call.segments] == [
        "waiting", "in_self_service", "waiting", "in_conversation", "waiting",
    ]  # fmt: skip
    assert (call.outcome, seconds(call.queued_at), seconds(call.answered_at)) == ("abandoned", 0, 30)


def test_a_transfer_whose_line_comes_after_what_it_led_to_is_the_same_transfer() -> None:
    history = fold(
        ENTER, CONNECT, "60|c|s|NONE|ENTERQUEUE||49151|1", "60|c|q|anna|BLINDTRANSFER|s|i|9|51|1",
        "65|c|s|boris|CONNECT|5|x|2", "70|c|s|boris|COMPLETEAGENT|5|5|1",
    )  # fmt: skip
    assert offers(only(history)) == [("anna", 5, 9, 60, "transferred"), ("boris", 63, 65, 70, "agent_left")]
    assert history.account.used == 6


def test_a_beginning_that_the_log_lacks_is_worked_out_from_seconds() -> None:
    for line, began in (
        ("100|c|q|anna|CONNECT|30|x|2", 70), ("100|c|q|anna|COMPLETEAGENT|30|20|1", 50),
        ("100|c|q|anna|BLINDTRANSFER|7|i|30|20|1", 50), ("100|c|q|NONE|ABANDON|1|1|30", 70),
        ("100|c|q|NONE|EXITWITHKEY|1|1|1|30", 70),
    ):  # fmt: skip
        history = fold(line)
        call = only(history)
        assert (seconds(call.arrived_at), call.visits[0].wait_seconds) == (began, 30.0), line
        assert (history.account.assumed, history.account.used) == (1, 1)
    for line in ("100|c|q|anna|COMPLETEAGENT", "100|c|q|anna|RINGNOANSWER|1000", "100|c|q|NONE|EXITWITHTIMEOUT|1"):
        history = fold(line)
        assert not everyone(history)
        assert history.account.left_aside == {"the call's beginning is unknown": 1}


def test_an_answer_that_the_log_lacks_is_worked_out_too() -> None:
    history = fold(ENTER, "60|c|q|anna|COMPLETEAGENT|9|51|1")
    assert visits(only(history)) == [("q", 0, 9, "answered", "anna", 9.0)]
    assert history.account.assumed == 1


def test_lines_that_come_twice_or_too_late_are_left_aside() -> None:
    end = "60|c|q|anna|COMPLETEAGENT|9|51|1"
    history = fold(ENTER, ENTER, CONNECT, CONNECT, "10|c|q|NONE|ABANDON|1|1|10", end, end, CONNECT)
    assert history.account.left_aside == {"repeated": 2, "out of order": 1, "after the call's end": 2}
    assert offers(only(history)) == [("anna", 5, 9, 60, "agent_left")]


def test_the_end_under_another_channels_id_finds_its_conversation() -> None:
    history = fold(ENTER, CONNECT, "60|other|q|anna|COMPLETEAGENT|9|51|1", "60|third|q|boris|COMPLETEAGENT|9|20|1")
    assert Counter(call.outcome for call in everyone(history)) == {"answered": 2}
    assert history.open == {}


def test_seconds_that_contradict_the_stamps_are_told() -> None:
    history = fold(ENTER, "9|c|q|anna|CONNECT|500|x|4")
    assert visits(only(history)) == [("q", 0, 9, "answered", "anna", 9.0)]
    assert history.account.disagree == 1


def test_a_restart_of_asterisk_ends_what_was_open_at_the_last_sign_of_life() -> None:
    history = fold(
        ENTER, "1|d|q|NONE|ENTERQUEUE||2|1", "5|d|q|anna|CONNECT|4|x|1", "50|e|q|NONE|ENTERQUEUE||3|1",
        "500|NONE|NONE|NONE|QUEUESTART|",
    )  # fmt: skip
    ends = {call.id: (call.outcome, seconds(call.closed_at)) for call in everyone(history)}
    assert ends == {"c": ("lost_to_fault", 50), "d": ("answered", 50), "e": ("lost_to_fault", 50)}
    assert history.open == {}


def test_a_call_without_an_end_is_given_up_after_a_day_of_the_log() -> None:
    history = fold(
        ENTER, *(f"{at}|x{at}|q|NONE|ABANDON|1|1|1" for at in range(90_000, 90_000 + 2 * module.SWEEP_LINES))
    )
    call = next(call for call in everyone(history) if call.id == "c")
    assert (call.outcome, call.reason, seconds(call.closed_at)) == ("lost_to_fault", module.NO_END, 0)


def test_one_line_from_the_future_ends_nothing() -> None:
    lines = [f"{at}|NONE|NONE|NONE|CONFIGRELOAD|" for at in range(2 * module.SWEEP_LINES)]
    history = fold(ENTER, "1000000000|f|q|NONE|ENTERQUEUE||1|1", *lines, CONNECT)
    assert "c" in history.open
    assert history.heard_at < (BEGIN + 10_000) * SECOND


def test_a_number_dialled_waits_for_its_call() -> None:
    history = fold("0|c|NONE|NONE|DID|100", "0|z|NONE|NONE|DID|200", ENTER, "1|c|q|NONE|INFO|vip", "2|c|q|NONE|DID|300")
    call = only(history)
    assert (call.number, len(call.record)) == ("300", 4)
    assert [text for _, text in history.close_file()] == [f"{BEGIN}|z|NONE|NONE|DID|200"]
    assert history.account.left_aside == {module.NUMBER_IN_VAIN: 1}
    assert history.account.used == 4
    assert told("\n".join(call.record))[1].words == "the customer 49151 entered queue q"


def test_events_without_figures_are_left_aside_by_name() -> None:
    history = fold(
        "0|NONE|NONE|NONE|CONFIGRELOAD|", "0|NONE|q|a|PENALTY|3", "0|c|q|NONE|INFO|x", "0|c|q|NONE|JOINEMPTY|"
    )
    assert set(history.account.left_aside) == {"event CONFIGRELOAD", "event PENALTY", "event INFO", "event JOINEMPTY"}
    history = fold(*(f"0|NONE|q|a|E{number}|" for number in range(500)))
    assert history.account.left_aside["other events"] == 500 - module.EVENT_KINDS_MAX


def test_presence_is_ready_unless_paused_in_every_queue() -> None:
    history = fold(
        "0|MANAGER|q|anna|ADDMEMBER|", "1|MANAGER|r|anna|ADDMEMBER|", "10|NONE|q|anna|PAUSE|lunch",
        "20|NONE|r|anna|PAUSE|lunch", "30|NONE|q|anna|UNPAUSE|", "40|NONE|NONE|anna|PAUSEALL|meeting",
        "50|NONE|NONE|anna|UNPAUSEALL|", "60|MANAGER|q|anna|REMOVEMEMBER|", "70|MANAGER|r|anna|REMOVEMEMBER|",
        "80|MANAGER|r|anna|ADDMEMBER|PAUSED", "90|x|NONE|Agent/1|AGENTLOGIN|PJSIP/1",
        "95|x|NONE|Agent/1|AGENTLOGOFF|PJSIP/1|5",
    )  # fmt: skip
    rows = [*history.take_activities(), *history.agents.open()]
    assert [(a.presence, a.reason, seconds(a.began_at), seconds(a.ended_at)) for a in rows if a.agent == "anna"] == [
        ("ready", None, 0, 20), ("not_ready", "lunch", 20, 30), ("ready", None, 30, 40),
        ("not_ready", "meeting", 40, 50), ("ready", None, 50, 70), ("signed_out", None, 70, 80),
        ("not_ready", "paused", 80, None),
    ]  # fmt: skip
    assert [(a.presence, seconds(a.began_at)) for a in rows if a.agent == "Agent/1"] == [
        ("ready", 90),
        ("signed_out", 95),
    ]


def test_what_is_followed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("OPEN_CALLS_MAX", 50), ("RETURNING_CALLS_MAX", 20), ("AGENTS_MAX", 30), ("NUMBERS_MAX", 10)):
        monkeypatch.setattr(module, name, most)
    texts: list[str] = []
    for number in range(4 * module.SWEEP_LINES):
        texts += [
            f"{number}|c{number}|q|NONE|ENTERQUEUE||1|1", f"{number}|NONE|q|a{number}|PAUSE|",
            f"{number}|n{number}|NONE|NONE|DID|1",
        ]  # fmt: skip
    history = fold(*texts)
    slack = module.SWEEP_LINES
    assert len(history.open) <= 50 + slack
    assert len(history.ended) <= 20 + slack
    assert len(history.agents.known) == 30
    history.close_file()
    assert history.account.used + sum(history.account.left_aside.values()) == len(texts)


# Calls drawn at random


@dataclass
class Drawn:
    """A call as it was: its lines with their times, and its figures."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    visits: list[tuple[str, str, float]] = field(default_factory=list)
    talks: list[tuple[str, int]] = field(default_factory=list)
    missed: int = 0


@st.composite
def drawn_call(draw: st.DrawFn, name: str) -> Drawn:
    call = Drawn()
    at = draw(st.integers(0, 3_000))
    for number in range(draw(st.integers(1, 3))):
        queue = f"q{number}"
        call.lines.append((at, f"{name}|{queue}|NONE|ENTERQUEUE||49|1"))
        wait = 0
        for _ in range(draw(st.integers(0, 2))):
            ring = draw(st.integers(0, 20))
            wait += ring
            call.lines.append((at + wait, f"{name}|{queue}|boris|RINGNOANSWER|{ring * 1_000}"))
            call.missed += 1
        wait += draw(st.integers(0, 300))
        match draw(st.sampled_from(["abandon", "overflow", "talk", "transfer"])):
            case "abandon":
                call.lines.append((at + wait, f"{name}|{queue}|NONE|ABANDON|1|1|{wait}"))
                call.visits.append((queue, "abandoned", wait))
                break
            case "overflow":
                call.lines.append((at + wait, f"{name}|{queue}|NONE|EXITWITHTIMEOUT|1|1|{wait}"))
                call.visits.append((queue, "overflowed", wait))
                at += wait
            case end:
                talk = draw(st.integers(0, 600))
                call.lines.append((at + wait, f"{name}|{queue}|anna|CONNECT|{wait}|x|{min(wait, 3)}"))
                what = f"BLINDTRANSFER|7|i|{wait}|{talk}|1" if end == "transfer" else f"COMPLETEAGENT|{wait}|{talk}|1"
                at += wait + talk
                call.lines.append((at, f"{name}|{queue}|anna|{what}"))
                call.visits.append((queue, "answered", wait))
                call.talks.append(("anna", talk))
                if end == "talk":
                    break
        at += draw(st.integers(0, 30))
    return call


@st.composite
def drawn_log(draw: st.DrawFn) -> tuple[list[Drawn], list[str]]:
    calls = [draw(drawn_call(f"{BEGIN}.{number}")) for number in range(draw(st.integers(1, 8)))]
    lines = sorted((at, index, n, text) for index, one in enumerate(calls) for n, (at, text) in enumerate(one.lines))
    return calls, [f"{at}|{text}" for at, _, _, text in lines]


def figures(calls: Sequence[Call]) -> dict[str, object]:
    return {call.id: msgspec.to_builtins(call) for call in calls}


@given(drawn_log())
def test_the_figures_are_those_of_the_calls_that_wrote_the_log(log: tuple[list[Drawn], list[str]]) -> None:
    calls, lines = log
    history = fold(*lines)
    assert (history.account.used, history.account.left_aside) == (len(lines), {})
    assert (history.account.assumed, history.account.disagree) == (0, 0)
    found = {call.id: call for call in everyone(history)}
    assert len(found) == len(calls)
    for number, drawn in enumerate(calls):
        call = found[f"{BEGIN}.{number}"]
        assert [(v.queue, v.ended, v.wait_seconds) for v in call.visits] == drawn.visits
        talks = [(o.agent, o.connected_at, o.ended_at) for o in call.offers if o.connected_at is not None]
        assert [(agent, ((end or 0) - began) // SECOND) for agent, began, end in talks] == drawn.talks
        assert len(call.offers) - len(talks) == drawn.missed
        assert len(call.record) == len(drawn.lines)
        assert all(one.ended_at == two.began_at for one, two in zip(call.segments, call.segments[1:], strict=False))


@given(drawn_log(), st.data())
def test_a_log_read_in_parts_is_the_log_read_at_once(log: tuple[list[Drawn], list[str]], data: st.DataObject) -> None:
    _, lines = log
    cut = data.draw(st.integers(0, len(lines)))
    first = fold(*lines[:cut])
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(first.state()), type=State)
    second = fold(*lines[cut:], history=History(stored))
    whole = fold(*lines)
    for history in (second, whole):
        for call in everyone(history):
            call.record = [one.split(" ", 2)[2] for one in call.record]  # lines are numbered from 1 in each part
    assert figures([*first.finished, *everyone(second)]) == figures(everyone(whole))


NAMES = st.sampled_from(["a", "b", "c", "NONE"])
HOSTILE = st.builds(
    lambda at, call, queue, agent, event, data: f"{at}|{call}|{queue}|{agent}|{event}|{'|'.join(data)}",
    st.integers(-100_000, 200_000), NAMES, NAMES, NAMES,
    st.sampled_from(sorted(OF_CALLS | OF_AGENTS | {"DID", "INFO", "QUEUESTART", "CONFIGRELOAD", "NEWS"})),
    st.lists(st.sampled_from(["", "0", "7", "-5", "100000", "LINK", "x", "PAUSED"]), max_size=5),
)  # fmt: skip


@given(st.lists(HOSTILE, max_size=60))
def test_no_order_of_lines_breaks_the_fold_or_loses_a_line(texts: list[str]) -> None:
    history, reader, read = History(State()), Reader(ZoneInfo("UTC")), 0
    for number, text in enumerate(texts, 1):
        after, rest = text.split("|", 1)
        line = reader.read(f"{BEGIN + int(after)}|{rest}".encode())
        if isinstance(line, Line):
            read += 1
            history.tell(line, f"1 {number}")
    history.close_file()
    assert history.account.used + sum(history.account.left_aside.values()) == read
    assert all(count > 0 for count in history.account.left_aside.values())
    for call in everyone(history):
        assert (call.closed_at is None) == (call.id in history.open)
        assert [visit.ended is None for visit in call.visits[:-1]] == [False] * (len(call.visits) - 1)
        assert call.state != "waiting" or call.visits[-1].ended is None
        for begin, end in [(v.entered_at, v.left_at) for v in call.visits] + [
            (s.began_at, s.ended_at) for s in call.segments
        ]:
            assert end is None or begin <= end
        assert all(o.ended_at is None or o.offered_at <= o.ended_at for o in call.offers)
    for activity in [*history.take_activities(), *history.agents.open()]:
        assert activity.ended_at is None or activity.began_at < activity.ended_at
