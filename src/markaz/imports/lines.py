"""One line of a queue_log: `time|call|queue|agent|EVENT|data...`, read or refused with a reason. Pure.

Fields as Asterisk 22's `app_queue` and `app_agent_pool` write them, and as older versions did (docs.asterisk.org,
"Queue Logs"): what later versions appended may be absent. Times are whole or fractional seconds since 1970, or, in
what was exported from a realtime table, a local date and time.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from markaz.kit.time import SECOND, Instant, instant

LINE_BYTES_MAX = 16_384
"""Asterisk writes at most 8,192 bytes of data after the names."""
SHOWN_BYTES_MAX = 200
"""Of a line that is too long, what is kept to be shown."""
NAME_LETTERS_MAX = 256
"""Of a call's id, a queue, an agent or an event; Asterisk's own bounds are lower."""
TIME_MIN, TIME_MAX = 900_000_000, 4_102_444_800
"""Seconds: from 1998, before there was an Asterisk, to 2100."""

Why = Literal[
    "holds a NUL byte",
    "longer than a line may be",
    "fewer than five fields",
    "no time that can be read",
    "a time before 1998 or after 2100",
    "no event",
    "a name that is too long",
    "no call's id",
    "no agent",
    "a number that is none",
]


class Line(msgspec.Struct, gc=False):
    """What a line says. `data` is everything after the event; absent names ("NONE") are None.

    `exact`: the time has a fraction, so that differences are better than the whole seconds in `data`.
    """

    at: Instant
    call: str | None
    queue: str | None
    agent: str | None
    event: str
    data: list[str]
    text: str
    exact: bool = False

    def seconds(self, index: int) -> int | None:
        """The whole number in that field of `data`; None when it is not there. Never negative."""
        if index >= len(self.data) or not self.data[index]:
            return None
        return max(0, int(self.data[index]))

    def word(self, index: int) -> str | None:
        """The text in that field of `data`; None when it is not there or empty."""
        return self.data[index] or None if index < len(self.data) else None


class Malformed(msgspec.Struct, gc=False):
    """Why a line can't be read, and the line, decoded as far as it goes."""

    why: Why
    text: str


_TIME = re.compile(r"([0-9]{1,12})\.([0-9]{1,9})", re.ASCII)
_EVENT = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_ABSENT = frozenset(("", "NONE", "NULL", "REALTIME", "MANAGER", "CLI"))
"""What stands in the place of a call's id when there is no call: the last three say who changed a member."""

NUMBERS: dict[str, tuple[int, ...]] = {
    "CONNECT": (0, 2), "COMPLETEAGENT": (0, 1), "COMPLETECALLER": (0, 1), "ABANDON": (2,), "EXITEMPTY": (2,),
    "EXITWITHTIMEOUT": (2,), "EXITWITHKEY": (3,), "WITHDRAW": (2,), "RINGNOANSWER": (0,), "RINGCANCELED": (0,),
    "BLINDTRANSFER": (2, 3), "TRANSFER": (2, 3),
}  # fmt: skip
"""Which fields of `data` are numbers that the figures need."""
OF_CALLS = frozenset((*NUMBERS, "ENTERQUEUE", "ATTENDEDTRANSFER", "AGENTDUMP", "SYSCOMPAT"))
"""Events that are nothing without a call's id."""
OF_AGENTS = frozenset((
    "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "AGENTLOGIN", "AGENTLOGOFF",
    "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF",
))  # fmt: skip
_WITH_AGENT = OF_AGENTS | {"CONNECT", "COMPLETEAGENT", "COMPLETECALLER", "RINGNOANSWER", "RINGCANCELED", "AGENTDUMP"}


class Reader:
    """Reads lines one after the other; `zone` is where times without an offset were written.

    `names`: an agent's interface -> its name. Unless `log_membername_as_agent` is on, Asterisk logs ADDMEMBER and
    REMOVEMEMBER under the interface, and everything else under the name.
    """

    def __init__(self, zone: ZoneInfo, names: Mapping[str, str] = MappingProxyType({})) -> None:
        self._zone = zone
        self._names = names
        self._before: Instant = 0
        self.not_utf8 = 0
        """Lines that are read with their undecodable bytes written as \\xNN."""

    def read(self, raw: bytes) -> Line | Malformed | None:
        """What `raw`, a line without its end, says; None for an empty one."""
        if len(raw) > LINE_BYTES_MAX:
            return Malformed("longer than a line may be", raw[:SHOWN_BYTES_MAX].decode(errors="backslashreplace"))
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode(errors="backslashreplace")
            self.not_utf8 += 1
        if "\0" in text:
            return Malformed("holds a NUL byte", text)
        text = text.removesuffix("\r")
        if not text or text.isspace():
            return None
        fields = text.split("|")
        if len(fields) < 5:
            return Malformed("fewer than five fields", text)
        time = fields[0]
        exact = False
        # `isdecimal` alone would let other scripts' digits pass.
        if len(time) <= 12 and time.isascii() and time.isdecimal():
            at = int(time) * SECOND
        else:
            read = self._other_time(time)
            if read is None:
                return Malformed("no time that can be read", text)
            at, exact = read, read % SECOND != 0
        if not TIME_MIN * SECOND <= at < TIME_MAX * SECOND:
            return Malformed("a time before 1998 or after 2100", text)
        _, call, queue, agent, event, *data = fields
        if len(text) > NAME_LETTERS_MAX and max(len(call), len(queue), len(agent)) > NAME_LETTERS_MAX:
            return Malformed("a name that is too long", text)
        if (why := _refused(fields)) is not None:
            return Malformed(why, text)
        self._before = at
        return Line(
            at,
            None if call in _ABSENT else call,
            None if queue in _NOBODY else queue,
            None if agent in _NOBODY else self._names.get(agent, agent),
            event,
            data,
            text,
            exact,
        )

    def _other_time(self, time: str) -> Instant | None:
        """A fractional epoch, or a date and time; of the two hours that a change-over repeats, the one that follows."""
        found = _TIME.fullmatch(time)
        if found is not None:
            return int(found[1]) * SECOND + int(found[2].ljust(9, "0")) // 1_000
        try:
            written = datetime.fromisoformat(time)
        except ValueError:
            return None
        if len(time) < len("2026-11-25 10:00"):  # a day alone is no time
            return None
        try:
            if written.tzinfo is not None:
                return instant(written)
            first, second = (instant(written.replace(tzinfo=self._zone, fold=fold).astimezone(UTC)) for fold in (0, 1))
        except OverflowError:  # the first and the last day of all
            return None
        return second if first < self._before - 60 * SECOND and second >= self._before - 60 * SECOND else first


def _refused(fields: list[str]) -> Why | None:
    """Why the names or numbers of a line can't be right; None when they can."""
    event = fields[4]
    wanted = _WANTED.get(event)
    if wanted is None:
        return None if len(event) <= NAME_LETTERS_MAX and _EVENT.fullmatch(event) else "no event"
    needs_call, needs_agent, numbers = wanted
    if needs_call and fields[1] in _ABSENT:
        return "no call's id"
    if needs_agent and fields[3] in _NOBODY:
        return "no agent"
    for index in numbers:
        if index >= len(fields):
            break
        number = fields[index]
        if number and not _WHOLE.fullmatch(number):
            return "a number that is none"
    return None


_NOBODY = frozenset(("", "NONE"))
_WANTED = {
    event: (event in OF_CALLS, event in _WITH_AGENT, tuple(index + 5 for index in NUMBERS.get(event, ())))
    for event in OF_CALLS | OF_AGENTS
}
