"""Stays of contacts in queues: where one begins and how it ends, by what the floor says of contacts.

Pure. Read models, and whoever counts queues as they go, follow the same two rules.
"""

from collections.abc import Iterator, Sequence

import msgspec

from markaz import routing
from markaz.kit.time import Instant
from markaz.runtime.core import Output

_BEFORE_VISITS = ("in_self_service", "in_conversation", "on_hold", "elsewhere")


class Visit(msgspec.Struct, frozen=True):
    """A stay that goes on, or one that `ended`: answered, abandoned, overflowed and so on (`queue_visit`)."""

    contact: str
    queue: str
    entered_at: Instant
    left_at: Instant | None = None
    ended: str | None = None


class Visits:
    """The stays that go on."""

    def __init__(self, going_on: Sequence[Visit] = ()) -> None:
        self._going_on = {visit.contact: visit for visit in going_on}

    @property
    def going_on(self) -> list[Visit]:
        return list(self._going_on.values())

    def apply(self, at: Instant, outputs: Sequence[Output]) -> Iterator[Visit]:
        """The stays that end and begin with a row of the journal, in order."""
        for output in outputs:
            if isinstance(output, routing.ContactMoved):
                yield from self._move(at, output)

    def _move(self, at: Instant, moved: routing.ContactMoved) -> Iterator[Visit]:
        visit = self._going_on.get(moved.contact)
        had_visit = visit is not None
        if visit is not None and (ended := visit_end(visit.queue, moved)) is not None:
            yield msgspec.structs.replace(visit, left_at=at, ended=ended)
            del self._going_on[moved.contact]
            visit = None
        if visit is None and moved.queue is not None and visit_begins(moved, had_visit=had_visit):
            self._going_on[moved.contact] = begun = Visit(moved.contact, moved.queue, at)
            yield begun


def visit_begins(moved: routing.ContactMoved, *, had_visit: bool) -> bool:
    """Whether a contact that is in no queue enters one; `had_visit`: it just left another.

    A contact that is called back waits without its customer: that is no visit, nor is its way back to the lane.
    """
    begins = moved.before in _BEFORE_VISITS or (moved.before == "waiting" and had_visit)
    return moved.after == "waiting" and begins


def visit_end(queue: str, moved: routing.ContactMoved) -> str | None:
    """How this move ends a visit of `queue`; None when it goes on."""
    match moved.after:
        case "waiting":
            return None if moved.queue == queue else "overflowed"
        case "in_conversation":
            return "answered"
        case "leaving_message":
            return "voicemail"
        case "elsewhere":
            return "overflowed" if moved.reason == "overflow" else "transferred"
        case "postponed":
            return "callback"
        case "closed":
            return moved.outcome if moved.outcome in ("refused", "lost_to_fault") else "abandoned"
        case _:
            return None
