"""Who was there when, and for what: inferred from who served which recorded call.

A record of calls shows agents only while they serve. Between two calls of one an agent was idle or away, and before
the first and after the last we assume absence. Two signs tell a pause: that it was long, and that customers whom this
agent serves waited meanwhile, since an agent who is there takes the next one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

import msgspec

from markaz.runtime.simulated.recorded import DAY_SECONDS, RecordedCall
from markaz.runtime.simulated.shifts import Pause, Shift


class AgentsAsRecorded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read agents out of recorded calls.

    * `calls_min`: of a type that an agent serves, they served at least so many calls in the period.
    * `pause_seconds_min`: a longer gap between two calls is a pause.
    * `grace_seconds`: so is the part of a gap in which customers of this agent's types waited for longer than this;
      None: do not look at who waited. Shorter ones are the agent's wrap-up.
    * `shift_gap_minutes`: a gap longer than this ends a shift.
    """

    calls_min: Annotated[int, msgspec.Meta(ge=1)] = 5
    pause_seconds_min: Annotated[float, msgspec.Meta(gt=0)] = 900.0
    grace_seconds: Annotated[float, msgspec.Meta(gt=0)] | None = 20.0
    shift_gap_minutes: Annotated[float, msgspec.Meta(gt=0)] = 240.0


class Seen(msgspec.Struct, frozen=True):
    """One server of the recording: the types they serve and their shifts."""

    server: str
    types: tuple[str, ...]
    shifts: tuple[Shift, ...]


Period = tuple[float, float]


def agents_seen(calls: Sequence[RecordedCall], *, first_day: date, rules: AgentsAsRecorded) -> list[Seen]:
    """Every server of `calls` who serves some type, by name. `first_day` is the date of second 0."""
    waits = _waits(calls)
    found: list[Seen] = []
    for server, mine in _by_server(calls).items():
        counts = Counter(call.type for call in mine)
        types = tuple(sorted(kind for kind, count in counts.items() if count >= rules.calls_min))
        if types:
            waiting = _merged([wait for kind in types for wait in waits.get(kind, ())])
            shifts = tuple(_shift(part, waiting, first_day, rules) for part in _parts(mine, rules))
            found.append(Seen(server, types, shifts))
    return sorted(found, key=lambda one: one.server)


def turnovers(calls: Sequence[RecordedCall], *, seconds_max: float) -> dict[str, list[float]]:
    """Seconds between two calls of one server while customers of the second one's type waited, by the first's type.

    Longer ones than `seconds_max` are pauses, not wrap-up.
    """
    waits = {kind: _merged(waits) for kind, waits in _waits(calls).items()}
    found: dict[str, list[float]] = {}
    for mine in _by_server(calls).values():
        for one, other in pairwise(mine):
            since, until = _served(one)[1], _served(other)[0]
            if 0 <= until - since <= seconds_max and _covers(waits.get(other.type, []), (since, until)):
                found.setdefault(one.type, []).append(until - since)
    return found


def _by_server(calls: Sequence[RecordedCall]) -> Mapping[str, list[RecordedCall]]:
    found: dict[str, list[RecordedCall]] = {}
    for call in calls:
        if call.server is not None and call.served_from is not None:
            found.setdefault(call.server, []).append(call)
    return {server: sorted(mine, key=_served) for server, mine in found.items()}


def _served(call: RecordedCall) -> Period:
    assert call.served_from is not None, "only served calls have a server"
    return call.served_from, call.served_from + (call.service or 0.0)


def _waits(calls: Sequence[RecordedCall]) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = {}
    for call in calls:
        if call.waited > 0:
            found.setdefault(call.type, []).append((call.queued, call.queued + call.waited))
    return found


def _merged(periods: Sequence[Period]) -> list[Period]:
    """The moments that some of `periods` covers, as disjoint periods in order."""
    found: list[Period] = []
    for since, until in sorted(periods):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return found


def _within(periods: Sequence[Period], gap: Period) -> Iterator[Period]:
    """What of the disjoint ordered `periods` lies in `gap`."""
    at = max(bisect_left(periods, gap) - 1, 0)
    while at < len(periods) and periods[at][0] < gap[1]:
        since, until = max(periods[at][0], gap[0]), min(periods[at][1], gap[1])
        if since < until:
            yield since, until
        at += 1


def _covers(periods: Sequence[Period], gap: Period) -> bool:
    return any(period == gap for period in _within(periods, gap))


def _parts(mine: Sequence[RecordedCall], rules: AgentsAsRecorded) -> Iterator[list[Period]]:
    """One server's periods of service, shift by shift, disjoint and in order."""
    part: list[Period] = []
    for period in _merged([_served(call) for call in mine]):
        if part and period[0] - part[-1][1] > 60 * rules.shift_gap_minutes:
            yield part
            part = []
        part.append(period)
    if part:
        yield part


def _shift(part: Sequence[Period], waiting: Sequence[Period], first_day: date, rules: AgentsAsRecorded) -> Shift:
    pauses: list[Pause] = []
    for (_, since), (until, _) in pairwise(part):
        gap = (since, until)
        if until - since > rules.pause_seconds_min:
            away = [gap]
        elif rules.grace_seconds is not None:
            away = [wait for wait in _within(waiting, gap) if wait[1] - wait[0] > rules.grace_seconds]
        else:
            away = []
        pauses += [Pause(since=_clock(begin), until=_clock(end)) for begin, end in away]
    since, until = part[0][0], max(part[-1][1], part[0][0] + 1)
    day = first_day + timedelta(days=int(since // DAY_SECONDS))
    return Shift(day=day, since=_clock(since), until=_clock(until), pauses=tuple(pauses))


def _clock(seconds: float) -> str:
    minutes, second = divmod(round(seconds) % DAY_SECONDS, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
