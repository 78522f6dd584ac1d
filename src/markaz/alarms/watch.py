"""Which alarms are up: a pure fold over moments of the floor.

A cause is a kind and a subject (a queue, an agent, a project, or "" for the floor). While it holds long enough there is
one alarm of it, which ends when it has been over long enough.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from markaz.alarms.rules import Kind, Rule
from markaz.alarms.seen import FloorSeen, QueueSeen

Cause = tuple[Kind, str]
Parameters = dict[str, float]
"""What was so, for the reader's sentence: seconds, counts and shares by name."""

_LASTING: Mapping[str, Kind] = {
    "wrapping_up": "in_wrap_up", "not_ready": "not_ready", "in_conversation": "in_conversation",
}  # fmt: skip


class Risen(msgspec.Struct, frozen=True):
    """An alarm is to be raised."""

    cause: Cause
    parameters: Parameters


class Ended(msgspec.Struct, frozen=True):
    """The cause has been over for long enough."""

    cause: Cause


class Watch:
    """Remembers since when each cause holds, or is over; `up` are the alarms that there are at the beginning."""

    def __init__(self, up: Iterable[Cause] = ()) -> None:
        self.up: set[Cause] = set(up)
        self.holding: dict[Cause, Parameters] = {}
        """What is so at the moment, whether or not there is an alarm of it yet."""
        self._since: dict[Cause, datetime] = {}
        self._over_since: dict[Cause, datetime] = {}

    def step(self, rules: Mapping[Kind, Rule], seen: FloorSeen) -> list[Risen | Ended]:
        """The floor is so now; moments come in order."""
        self.holding = dict(_causes(rules, seen))
        self._since = {cause: self._since.get(cause, seen.at) for cause in self.holding}
        said: list[Risen | Ended] = []
        for cause, since in self._since.items():
            lasted = (seen.at - since).total_seconds()
            if cause not in self.up and lasted >= rules[cause[0]].after_seconds:
                self.up.add(cause)
                said.append(Risen(cause, self.holding[cause]))
        over = {cause: self._over_since.get(cause, seen.at) for cause in self.up - self.holding.keys()}
        for cause, since in list(over.items()):
            if (seen.at - since).total_seconds() >= rules[cause[0]].clear_seconds or not rules[cause[0]].enabled:
                self.up.discard(cause)
                del over[cause]
                said.append(Ended(cause))
        self._over_since = over
        return said


def _causes(rules: Mapping[Kind, Rule], seen: FloorSeen) -> Iterator[tuple[Cause, Parameters]]:
    """Everything that is so, of the rules that are enabled."""
    on: dict[Kind, Rule] = {kind: rule for kind, rule in rules.items() if rule.enabled}
    for queue, one in seen.queues.items():
        for kind, parameters in _of_queue(on, seen, queue, one):
            yield (kind, queue), parameters
    for agent, one in seen.agents.items():
        kind = _LASTING.get(one.state)
        seconds = (seen.at - one.since).total_seconds()
        if kind is not None and kind in on and seconds > (on[kind].limit or 0):
            yield (kind, agent), {"seconds": seconds}
    if "project_paused" in on:
        for project in {one.project for one in seen.queues.values() if one.paused_since is not None}:
            yield ("project_paused", project), {}
    if "telephony_away" in on and seen.is_telephony_away:
        yield ("telephony_away", ""), {}


def _of_queue(
    on: Mapping[Kind, Rule], seen: FloorSeen, queue: str, one: QueueSeen
) -> Iterator[tuple[Kind, Parameters]]:
    """A paused queue waits by intention: of it only its figures count."""
    level, share = on.get("service_level"), one.service_level
    if level is not None and share is not None and one.offered >= level.offered_min and share < (level.limit or 0):
        yield "service_level", {"share": share, "offered": one.offered}
    if one.paused_since is not None or one.waiting_since is None:
        return
    seconds = (seen.at - one.waiting_since).total_seconds()
    if (longest := on.get("longest_wait")) is not None and seconds > (longest.limit or 0):
        yield "longest_wait", {"seconds": seconds, "waiting": one.waiting}
    if (many := on.get("waiting")) is not None and one.waiting > (many.limit or 0):
        yield "waiting", {"waiting": one.waiting}
    if "nobody_ready" in on and not _is_anybody_ready(seen, queue):
        yield "nobody_ready", {"waiting": one.waiting}


def _is_anybody_ready(seen: FloorSeen, queue: str) -> bool:
    return any(agent.state == "ready" and queue in agent.queues for agent in seen.agents.values())
