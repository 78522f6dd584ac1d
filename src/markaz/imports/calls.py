"""One call's lines folded into a contact: its states, its stays in queues, and the agents it was offered to. Pure.

The rules of docs/decisions/0012 stand here. A call is a contact under its uniqueid, however many queues it enters.
What the log leaves out (a beginning before the file, an answer whose line was lost) is worked out from the seconds
that later lines carry, and counted as assumed; what can't be is left aside and counted.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from markaz.imports.lines import Line
from markaz.kit.time import SECOND, Instant

AGREE_SECONDS = 2
"""Asterisk's whole seconds and the difference of two stamps in whole seconds may differ by rounding, no more."""
MOVES_MAX = 10_000
"""Stays in queues and offers of one call."""
LATE_SECONDS_MAX = 5
"""A transfer's line may come this much after what the transfer led to: another thread writes it."""

Fate = Literal[
    "used", "repeated", "after the call's end", "the call's beginning is unknown", "out of order",
    "more than one call can have",
]  # fmt: skip
"""What became of a line."""


class Segment(msgspec.Struct, array_like=True, gc=False):
    state: str
    queue: str | None
    agent: str | None
    began_at: Instant
    ended_at: Instant | None = None
    reason: str | None = None


class Visit(msgspec.Struct, array_like=True, gc=False):
    queue: str
    entered_at: Instant
    left_at: Instant | None = None
    ended: str | None = None
    agent: str | None = None
    wait_seconds: float | None = None


class Offer(msgspec.Struct, array_like=True, gc=False):
    """`connected_at` None: it was missed, for `reason`."""

    agent: str
    queue: str
    offered_at: Instant
    connected_at: Instant | None = None
    ended_at: Instant | None = None
    reason: str | None = None


class Call(msgspec.Struct, gc=False):
    """A contact in the making, under Asterisk's uniqueid. `record` holds its lines.

    `contact`: the name under which it has been stored, None before; `is_changed` since then.
    """

    id: str
    arrived_at: Instant
    last_at: Instant
    customer: str = ""
    number: str | None = None
    queue: str | None = None
    queued_at: Instant | None = None
    answered_at: Instant | None = None
    closed_at: Instant | None = None
    outcome: str | None = None
    reason: str | None = None
    agents: list[str] = []
    segments: list[Segment] = []
    visits: list[Visit] = []
    offers: list[Offer] = []
    record: list[str] = []
    contact: str | None = None
    is_changed: bool = True
    assumed: bool = False
    """Something of it was worked out, or is not known."""
    disagrees: bool = False
    """Asterisk's seconds and the stamps of its lines differ."""

    @property
    def state(self) -> str:
        return "closed" if self.closed_at is not None else self.segments[-1].state if self.segments else "waiting"


def began(line: Line) -> Call | None:
    """The call that `line` is the first known of; None when it does not say when the call began."""
    match line.event:
        case "ENTERQUEUE":
            return _new(line, line.at, line.word(1) or "")
        case "CONNECT" | "ABANDON" | "EXITEMPTY" | "EXITWITHTIMEOUT" | "EXITWITHKEY" | "WITHDRAW":
            before = line.seconds(_WAITED[line.event])
        case _:
            hold, talk = spoken(line)
            before = None if hold is None or talk is None else hold + talk
    if before is None or line.queue is None:
        return None
    call = _new(line, line.at - before * SECOND, "")
    call.assumed = True
    _enter(call, line.queue, call.arrived_at)
    return call


def spoken(line: Line) -> tuple[int | None, int | None]:
    """The hold and talk seconds that the end of a conversation carries; None where it does not."""
    match line.event:
        case "COMPLETEAGENT" | "COMPLETECALLER":
            return line.seconds(0), line.seconds(1)
        case "BLINDTRANSFER" | "TRANSFER":
            return line.seconds(2), line.seconds(3)
        case "ATTENDEDTRANSFER":
            # The method comes first, then one field or two (LINK), then hold, talk and position.
            first = 3 if line.word(0) == "LINK" else 2
            found = line.data[first : first + 2]
            if len(found) == 2 and all(one.isascii() and one.isdecimal() and len(one) < 10 for one in found):
                return int(found[0]), int(found[1])
            return None, None
        case _:
            return None, None


def tell(call: Call, line: Line) -> Fate:
    """Fold one line into its call."""
    at = line.at if line.at >= call.last_at else call.last_at
    if line.event in _REPEATABLE and len(call.visits) + len(call.offers) >= MOVES_MAX:
        return "more than one call can have"
    fate = _RULES[line.event](call, line, at)
    if fate == "used":
        call.last_at = at
        call.is_changed = True
    return fate


def end_unknown(call: Call, reason: str, *, at: Instant) -> None:
    """End a call whose end the log does not have. Who waited is lost to a fault; who talked was answered."""
    call.assumed = call.is_changed = True
    if call.state == "waiting":
        _leave(call, at, "lost_to_fault", None)
        _close(call, at, "lost_to_fault", reason)
    elif call.state == "in_conversation":
        _hang_up(call, at, reason)
        _close(call, at, "answered", reason)


def _new(line: Line, at: Instant, customer: str) -> Call:
    return Call(line.call or "", at, at, customer, agents=[], segments=[], visits=[], offers=[], record=[])


# What each event does


def _enter_queue(call: Call, line: Line, at: Instant) -> Fate:
    queue = line.queue or ""
    match call.state:
        case "waiting" if call.visits and call.queue == queue:
            return "repeated"
        case "waiting" if call.visits:  # the line of its leaving is missing
            _leave(call, at, "overflowed", None)
            call.assumed = True
        case "in_conversation":  # transferred here: the line of the transfer may follow
            _hang_up(call, at, "transferred")
        case "closed":
            state = "elsewhere" if call.outcome == "answered" else "in_self_service"
            if call.closed_at is not None and at > call.closed_at:
                call.segments.append(Segment(state, call.queue, None, call.closed_at, None, call.reason))
            call.closed_at = call.outcome = call.reason = None
        case _:
            pass
    call.customer = call.customer or line.word(1) or ""
    _enter(call, queue, at)
    return "used"


def _connect(call: Call, line: Line, at: Instant) -> Fate:
    agent, queue = line.agent or "", line.queue or ""
    match call.state:
        case "waiting":
            ring = line.seconds(2) or 0
            _answer(call, line, agent, at, line.seconds(0), at - ring * SECOND)
            return "used"
        case "in_conversation":
            return "repeated" if call.segments[-1].agent == agent and call.queue == queue else "out of order"
        case _:
            return "after the call's end"


def _complete(call: Call, line: Line, at: Instant) -> Fate:
    return _end_talk(call, line, at, "agent_left" if line.event == "COMPLETEAGENT" else "customer_left")


def _transfer(call: Call, line: Line, at: Instant) -> Fate:
    last = _last_talk(call)
    if last is not None and last.ended_at is not None:
        is_its_own = last.reason == "transferred" and last.agent == line.agent and last.queue == line.queue
        if is_its_own and call.state == "waiting" and at - last.ended_at <= LATE_SECONDS_MAX * SECOND:
            return "used"
    to = line.word(1) if line.event == "ATTENDEDTRANSFER" else line.word(0)
    return _end_talk(call, line, at, "transferred", f"transferred to {to}" if to else "transferred")


def _end_talk(call: Call, line: Line, at: Instant, reason: str, why: str | None = None) -> Fate:
    hold, talk = spoken(line)
    match call.state:
        case "waiting":  # the line of the answer is missing, but this one says when it was
            if talk is None or line.agent is None:
                return "out of order"
            answered_at = max(call.segments[-1].began_at, at - talk * SECOND)
            _answer(call, line, line.agent, answered_at, hold, answered_at)
            call.assumed = True
        case "in_conversation":
            if line.agent is not None and call.segments[-1].agent != line.agent:
                return "out of order"
            stamped = (at - call.segments[-1].began_at) // SECOND
            call.disagrees |= talk is not None and abs(stamped - talk) > AGREE_SECONDS
        case _:
            return "after the call's end"
    _hang_up(call, at, reason)
    _close(call, at, "answered", why or reason)
    return "used"


def _abandon(call: Call, line: Line, at: Instant) -> Fate:
    return _go(call, line, at, "abandoned", "customer_left")


def _exit(call: Call, line: Line, at: Instant) -> Fate:
    why = {"EXITWITHTIMEOUT": "timeout", "EXITEMPTY": "no agents", "WITHDRAW": "withdrawn"}.get(line.event)
    return _go(call, line, at, "overflowed", why or f"key {line.word(0) or '?'}")


def _incompatible(call: Call, line: Line, at: Instant) -> Fate:
    return _go(call, line, at, "lost_to_fault", "no codec in common")


def _go(call: Call, line: Line, at: Instant, ended: str, reason: str) -> Fate:
    if call.state == "in_conversation":
        return "out of order"
    if call.state != "waiting":
        return "after the call's end"
    waited = line.seconds(_WAITED[line.event]) if line.event in _WAITED else None
    _leave(call, at, ended, _waited(call, at, line, waited))
    _close(call, at, ended, reason)
    return "used"


def _missed(call: Call, line: Line, at: Instant) -> Fate:
    rang = (line.seconds(0) or 0) * (SECOND // 1_000) if line.event != "AGENTDUMP" else 0
    reason = {"RINGNOANSWER": "no_answer", "RINGCANCELED": "customer_left"}.get(line.event, "agent_left")
    call.offers.append(Offer(line.agent or "", line.queue or "", at - rang, None, at, reason))
    return "used"


_RULES: dict[str, Callable[[Call, Line, Instant], Fate]] = {
    "ENTERQUEUE": _enter_queue, "CONNECT": _connect, "COMPLETEAGENT": _complete, "COMPLETECALLER": _complete,
    "ABANDON": _abandon, "EXITEMPTY": _exit, "EXITWITHTIMEOUT": _exit, "EXITWITHKEY": _exit, "WITHDRAW": _exit,
    "RINGNOANSWER": _missed, "RINGCANCELED": _missed, "AGENTDUMP": _missed, "SYSCOMPAT": _incompatible,
    "BLINDTRANSFER": _transfer, "ATTENDEDTRANSFER": _transfer, "TRANSFER": _transfer,
}  # fmt: skip
_WAITED = {"CONNECT": 0, "ABANDON": 2, "EXITEMPTY": 2, "EXITWITHTIMEOUT": 2, "EXITWITHKEY": 3, "WITHDRAW": 2}
"""Which field of an event's data is the seconds that the call waited."""

_REPEATABLE = frozenset(("ENTERQUEUE", "RINGNOANSWER", "RINGCANCELED", "AGENTDUMP"))

# The moves


def _enter(call: Call, queue: str, at: Instant) -> None:
    _segment(call, at, Segment("waiting", queue, None, at))
    call.visits.append(Visit(queue, at))
    call.queue = queue
    call.queued_at = call.queued_at or at


def _answer(call: Call, line: Line, agent: str, at: Instant, hold: int | None, offered_at: Instant) -> None:
    queue = line.queue or call.queue or ""
    _leave(call, at, "answered", _waited(call, at, line, hold), agent)
    call.offers.append(Offer(agent, queue, min(offered_at, at), at))
    _segment(call, at, Segment("in_conversation", queue, agent, at))
    call.queue = queue
    call.answered_at = call.answered_at or at
    if agent not in call.agents:
        call.agents.append(agent)


def _leave(call: Call, at: Instant, ended: str, waited: float | None, agent: str | None = None) -> None:
    visit = call.visits[-1]
    visit.left_at, visit.ended, visit.agent = at, ended, agent
    visit.wait_seconds = (at - visit.entered_at) / SECOND if waited is None else waited


def _waited(call: Call, at: Instant, line: Line, told: int | None) -> float | None:
    """The seconds that Asterisk itself counted, where they are the better measure; None: take the stamps."""
    if told is None:
        return None
    stamped = (at - call.visits[-1].entered_at) / SECOND
    agrees = abs(stamped - told) <= AGREE_SECONDS
    call.disagrees |= not agrees
    return float(told) if agrees and not line.exact else None


def _hang_up(call: Call, at: Instant, reason: str) -> None:
    talk = _last_talk(call)
    if talk is not None and talk.ended_at is None:
        talk.ended_at, talk.reason = at, reason


def _last_talk(call: Call) -> Offer | None:
    return next((offer for offer in reversed(call.offers) if offer.connected_at is not None), None)


def _close(call: Call, at: Instant, outcome: str, reason: str) -> None:
    if call.segments:
        call.segments[-1].ended_at = at
    call.closed_at, call.outcome, call.reason = at, outcome, reason


def _segment(call: Call, at: Instant, segment: Segment) -> None:
    if call.segments and call.segments[-1].ended_at is None:
        call.segments[-1].ended_at = at
    call.segments.append(segment)
