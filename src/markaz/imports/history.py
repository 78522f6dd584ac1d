"""The fold over a whole queue_log: lines in, finished calls and activities out, and every line accounted for. Pure.

Memory is bounded by what is open: calls without an end are ended after `OPEN_SECONDS_MAX` of the log's own time, and
ended calls are kept for `RETURN_SECONDS_MAX`, in which the caller may enter another queue under the same id.
"""

from collections import Counter, OrderedDict

import msgspec

from markaz.imports.agents import Activity, Agent, Agents
from markaz.imports.calls import Call, Fate, began, end_unknown, spoken, tell
from markaz.imports.lines import OF_AGENTS, OF_CALLS, Line
from markaz.imports.telling import entry
from markaz.kit.time import SECOND, Instant

OPEN_SECONDS_MAX = 24 * 3_600
OPEN_CALLS_MAX = 50_000
RETURN_SECONDS_MAX = 3_600
RETURNING_CALLS_MAX = 10_000
NUMBERS_MAX = 10_000
"""Numbers dialled (DID) by calls that have not entered a queue yet."""
RECORD_LINES_MAX = 500
"""Lines that a call's story keeps; in a queue that is never answered RINGNOANSWER can repeat for hours."""
EVENT_KINDS_MAX = 100
SWEEP_LINES = 1_024
AGENTS_MAX = 50_000
BACK_SECONDS_MAX = 5
"""Lines of several threads may be out of order by this much; beyond, the clock went back."""
JUMP_SECONDS = 24 * 3_600
"""A line this far ahead of all before it is believed when the next one is there too."""
NUMBER_IN_VAIN = "a number that no call came for"
NO_END = "no end in the log"


class State(msgspec.Struct):
    """What a later file goes on from. Both dicts are in the order of each call's last line."""

    heard_at: Instant = 0
    open: dict[str, Call] = {}
    ended: dict[str, Call] = {}
    agents: dict[str, Agent] = {}


class Account(msgspec.Struct):
    """Where the lines went: used, or left aside (why -> how many). The notices are about lines that were used."""

    used: int = 0
    left_aside: Counter[str] = msgspec.field(default_factory=Counter)
    assumed: int = 0
    disagree: int = 0
    went_back: int = 0


class History:
    """Feed it lines in the order of the log, with `place` naming each line's file and number."""

    def __init__(self, state: State) -> None:
        # Of a plain dict the first key is found ever more slowly, the more have been taken from its front.
        self.open = OrderedDict(state.open)
        self.ended = OrderedDict(state.ended)
        self.heard_at = state.heard_at
        self.agents = Agents(state.agents)
        self.account = Account()
        self.finished: list[Call] = []
        self._talking: dict[tuple[str, str], str] = {}
        """(queue, agent) -> the call that the agent took last: some ends come under the id of another channel."""
        for call in state.open.values():
            self._note_talk(call)
        self._numbers: dict[str, tuple[str, str]] = {}
        self._lines = 0
        self._before = state.heard_at
        self._ahead: Instant = 0

    def state(self) -> State:
        return State(self.heard_at or self._ahead, self.open, self.ended, self.agents.known)

    def tell(self, line: Line, place: str) -> str | None:
        """Fold one line; why it was left aside, or None when it was used."""
        self._lines += 1
        self._before = self.heard_at
        if line.at > self.heard_at:
            self._hear(line.at)
        elif line.at < self.heard_at - BACK_SECONDS_MAX * SECOND:
            self.account.went_back += 1
        if self._lines % SWEEP_LINES == 0:
            self._sweep()
        why = self._tell(line, place)
        if why is None:
            self.account.used += 1
        else:
            self.account.left_aside[why] += 1
        return why

    def take_finished(self) -> list[Call]:
        """Calls to which nothing can be added any more."""
        finished, self.finished = self.finished, []
        return finished

    def unfinished(self) -> list[Call]:
        """Calls to which something may be added, but whose rows are not what they were."""
        return [call for calls in (self.open, self.ended) for call in calls.values() if call.is_changed]

    def take_activities(self) -> list[Activity]:
        return self.agents.take_finished()

    def close_file(self) -> list[tuple[int, str]]:
        """Numbers that no call came for were in vain: the number and the text of their lines."""
        records = [record for _, record in self._numbers.values()]
        self._numbers.clear()
        self.account.used -= len(records)
        if records:
            self.account.left_aside[NUMBER_IN_VAIN] += len(records)
        return [(int(number), text) for _, number, _, text in (record.split(" ", 3) for record in records)]

    def _tell(self, line: Line, place: str) -> str | None:
        event = line.event
        if event in OF_CALLS:
            return self._tell_call(line, place)
        if event in OF_AGENTS:
            if line.agent not in self.agents.known and len(self.agents.known) >= AGENTS_MAX:
                return "an agent beyond the most that are followed"
            self.agents.tell(line)
            return None
        call = self.open.get(line.call or "")
        match event:
            case "DID" if line.call is not None and (number := line.word(0)) is not None:
                if call is None:
                    return self._announce(line.call, number, place, line)
                call.number = number
                _record(call, place, line)
                return None
            case "QUEUESTART":
                self._restart()
                return None
            case "INFO" if call is not None:
                _record(call, place, line)
                return None
            case _:
                return self._without_figures(event)

    def _tell_call(self, line: Line, place: str) -> str | None:
        name = line.call or ""
        call = self.open.pop(name, None)
        if call is None and (call := self.ended.get(name)) is None:
            call = self._renamed(line) or self._begin(line)
            if call is None:
                return _UNKNOWN
            name = call.id
            self.open.pop(name, None)
        was_assumed, disagreed = call.assumed, call.disagrees
        was_closed = call.closed_at is not None
        fate = tell(call, line)
        if fate == "used":
            _record(call, place, line)
            self.account.assumed += call.assumed and not was_assumed
            self.account.disagree += call.disagrees and not disagreed
            self._note_talk(call)
        is_closed = call.closed_at is not None
        if not is_closed:
            self.ended.pop(name, None) if was_closed else None
            self.open[name] = call
        elif not was_closed:
            self.ended[name] = call
            if call.offers:
                self._talking.pop((call.offers[-1].queue, call.offers[-1].agent), None)
        return None if fate == "used" else fate

    def _begin(self, line: Line) -> Call | None:
        call = began(line)
        if call is not None:
            self.account.assumed += call.assumed
            announced = self._numbers.pop(call.id, None)
            if announced is not None:
                call.number, record = announced
                call.record.append(record)
        return call

    def _renamed(self, line: Line) -> Call | None:
        """The conversation that `line` ends under another id: Local channels that were optimised away rename it."""
        hold, talk = spoken(line)
        if hold is None or talk is None:
            return None
        call = self.open.get(self._talking.get((line.queue or "", line.agent or ""), ""))
        if call is None or call.state != "in_conversation":
            return None
        began_at = call.segments[-1].began_at
        return call if abs(line.at - talk * SECOND - began_at) <= 2 * SECOND else None

    def _note_talk(self, call: Call) -> None:
        if call.state == "in_conversation":
            self._talking[call.segments[-1].queue or "", call.segments[-1].agent or ""] = call.id

    def _announce(self, name: str, number: str, place: str, line: Line) -> str | None:
        """A number for a call that has not entered a queue yet."""
        if name in self._numbers:
            return "repeated"
        if len(self._numbers) >= NUMBERS_MAX:
            return NUMBER_IN_VAIN
        self._numbers[name] = (number, entry(place, line))
        return None

    def _without_figures(self, event: str) -> str:
        why = f"event {event}"
        kinds = self.account.left_aside
        return why if why in kinds or len(kinds) < EVENT_KINDS_MAX else "other events"

    def _hear(self, at: Instant) -> None:
        """The log has come to `at`; one line alone, far ahead of the others, does not say so."""
        if at <= self.heard_at + JUMP_SECONDS * SECOND or abs(at - self._ahead) <= JUMP_SECONDS * SECOND:
            self.heard_at = at
        self._ahead = at

    # Ends that the log does not have

    def _restart(self) -> None:
        """Asterisk started: whoever was in it is gone since its last sign of life."""
        for call in self.open.values():
            self._end(call, "Asterisk was restarted", at=max(call.last_at, self._before))
        self.open.clear()
        self._talking.clear()

    def _end(self, call: Call, reason: str, *, at: Instant) -> None:
        self.account.assumed += not call.assumed
        end_unknown(call, reason, at=at)
        self.ended[call.id] = call

    def _sweep(self) -> None:
        oldest = self.heard_at - OPEN_SECONDS_MAX * SECOND
        if len(self._talking) > 2 * OPEN_CALLS_MAX:
            self._talking.clear()
            for call in self.open.values():
                self._note_talk(call)
        while self.open and (len(self.open) > OPEN_CALLS_MAX or _first(self.open).last_at < oldest):
            _, call = self.open.popitem(last=False)
            self._end(call, NO_END, at=call.last_at)
        oldest = self.heard_at - RETURN_SECONDS_MAX * SECOND
        while self.ended and (len(self.ended) > RETURNING_CALLS_MAX or _first(self.ended).last_at < oldest):
            _, call = self.ended.popitem(last=False)
            if call.is_changed:
                self.finished.append(call)


_UNKNOWN: Fate = "the call's beginning is unknown"


def _first(calls: dict[str, Call]) -> Call:
    return calls[next(iter(calls))]


def _record(call: Call, place: str, line: Line) -> None:
    call.is_changed = True
    if len(call.record) < RECORD_LINES_MAX:
        call.record.append(entry(place, line))
