"""What may help: agents who are ready elsewhere, where nobody waits, and whose skills suffice."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from markaz.alarms.rules import Kind
from markaz.alarms.seen import FloorSeen

_BY_MORE_AGENTS: frozenset[Kind] = frozenset({"longest_wait", "waiting", "service_level", "nobody_ready"})


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """Move `agents` of those who are `ready` in `from_queue`, where nobody waits, to the queue of the alarm."""

    from_queue: str
    ready: int
    agents: tuple[str, ...]


def cure_of(kind: Kind, subject: str, seen: FloorSeen) -> Cure | None:
    """The likely cure of an alarm; None when the floor shows none.

    As many agents as contacts wait (one at least), from the one queue that can spare most: one stays ready there.
    Agents who serve several queues are counted in each, and moved from the one that is named.
    """
    queue = seen.queues.get(subject)
    if kind not in _BY_MORE_AGENTS or queue is None or queue.paused_since is not None:
        return None
    spare = _spare(subject, seen)
    if not spare:
        return None
    name, agents = max(spare.items(), key=lambda one: (len(one[1]), one[0]))
    wanted = min(len(agents) - 1, max(1, queue.waiting))
    return Cure(from_queue=name, ready=len(agents), agents=tuple(agents[:wanted])) if wanted > 0 else None


def _spare(subject: str, seen: FloorSeen) -> Mapping[str, list[str]]:
    """Queue -> agents ready there, who could serve `subject` and do not, the longest ready first."""
    spare: defaultdict[str, list[str]] = defaultdict(list)
    ready = [(agent.since, id_) for id_, agent in seen.agents.items() if agent.state == "ready"]
    for _, id_ in sorted(ready):
        agent = seen.agents[id_]
        if subject in agent.queues or subject not in agent.able:
            continue
        for queue in agent.queues:
            if (one := seen.queues.get(queue)) is not None and not one.waiting and one.paused_since is None:
                spare[queue].append(id_)
    return spare
