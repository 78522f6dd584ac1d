"""All values of a floor, kept up with what it was told: what a row of the journal touched is derived anew, no more.

Old values plus the changes that `refresh` gives are what `Views` of the same floor, made new, would hold.
"""

from collections.abc import Sequence

from markaz import routing
from markaz.kit.time import Instant
from markaz.runtime import Core, Output, Reported, Stimulus
from markaz.web.live.figures import Figures
from markaz.web.live.values import (
    AgentValue,
    AnyValue,
    ContactValue,
    FloorValue,
    QueueValue,
    agent_value,
    contact_value,
    queue_value,
)  # fmt: skip

FLOOR = "floor"
Changes = dict[str, AnyValue | None]
"""The values that changed, by key; None: there is none any more."""

_QUIET = (routing.Noted, routing.Decided, routing.AnnouncePlace)
"""They tell of many, and change nobody."""
_OF_PROJECTS = (routing.ProjectConfigured, routing.ProjectPaused, routing.ProjectResumed)
"""They change every queue of a project; that a contact belongs to one changes none."""


def contact_key(contact: str) -> str:
    return f"contacts/{contact}"


def agent_key(agent: str) -> str:
    return f"agents/{agent}"


def queue_key(queue: str) -> str:
    return f"queues/{queue}"


class Touched:
    """Who may have changed."""

    def __init__(self) -> None:
        self.contacts: set[str] = set()
        self.agents: set[str] = set()
        self.queues: set[str] = set()
        self.projects: set[str] = set()

    def add(self, stimulus: Stimulus, outputs: Sequence[Output]) -> None:
        """Everybody whom a row of the journal names."""
        for one in (stimulus, *outputs):
            if isinstance(one, _QUIET):
                continue
            if (contact := getattr(one, "contact", None)) is not None:
                self.contacts.add(contact)
            elif (offer := getattr(one, "offer", None)) is not None:
                self.contacts.add(offer.rpartition(".")[0])
            for name in ("agent", "supervisor"):
                if (agent := getattr(one, name, None)) is not None:
                    self.agents.add(_id(agent))
            if (queue := getattr(one, "queue", None)) is not None:
                self.queues.add(_id(queue))
            if isinstance(one, _OF_PROJECTS):
                self.projects.add(_id(one.project))


def _id(named: object) -> str:
    """An id, given as such or as the rules that have it."""
    return named if isinstance(named, str) else named.id  # pyright: ignore[reportAttributeAccessIssue]


class Views:
    """The values of one floor. `core` may be told more between calls, if `refresh` then learns all it was told.

    `figures` are counted by whoever made them; what changed in them is told by `refresh` too.
    """

    def __init__(self, core: Core, figures: Figures, reported: Reported | None = None) -> None:
        self._state = core.floor.state
        self._figures = figures
        self._waiting: dict[str, dict[str, Instant]] = {}
        """Queue -> contact that waits there -> since when."""
        self._place: dict[str, str] = {}
        """Contact that waits -> queue."""
        self.values: dict[str, AnyValue] = {}
        everybody = Touched()
        everybody.contacts.update(self._state.contacts)
        everybody.agents.update(self._state.agents)
        everybody.queues.update(self._state.queues)
        self.refresh(everybody)
        self.report(reported or Reported(silent=True))

    def report(self, reported: Reported) -> Changes:
        """What the floor says of itself."""
        changes: Changes = {}
        self._put(changes, FLOOR, FloorValue(reported.telephony, reported.spooling, reported.silent))
        return changes

    def refresh(self, touched: Touched) -> Changes:
        """Derive anew what may have changed; what did."""
        changes: Changes = {}
        agents, queues = set(touched.agents), touched.queues | self._figures.take_changed()
        for contact in touched.contacts:
            key = contact_key(contact)
            agents.update(agents_of(self.values.get(key)))
            known = self._state.contacts.get(contact)
            self._put(changes, key, None if known is None else contact_value(self._state, known))
            agents.update(agents_of(self.values.get(key)))
            queues.update(self._move_place(contact))
        if touched.projects:
            every = self._state.queues.values()
            queues.update(queue.rules.id for queue in every if queue.rules.project in touched.projects)
        for agent in agents:
            self._put(changes, agent_key(agent), self._agent(agent))
        for queue in queues:
            self._put(changes, queue_key(queue), self._queue(queue))
        return changes

    def _move_place(self, contact: str) -> list[str]:
        """Keep where the contact waits, if it does; the queues whose waiting that may change."""
        known = self._state.contacts.get(contact)
        now = known.queue if known is not None and known.state == "waiting" else None
        before = self._place.pop(contact, None)
        if before is not None:
            del self._waiting[before][contact]
        if known is not None and now is not None:
            self._place[contact] = now
            self._waiting.setdefault(now, {})[contact] = known.since or 0
        return [queue for queue in (before, now) if queue is not None]

    def _agent(self, agent: str) -> AgentValue | None:
        known = self._state.agents.get(agent)
        return None if known is None else agent_value(self._state, known)

    def _queue(self, queue: str) -> QueueValue | None:
        known = self._state.queues.get(queue)
        if known is None:
            return None
        today, recent = self._figures.of(queue, known.rules.target_seconds)
        longest = min(self._waiting.get(queue, {}).values(), default=None)
        return queue_value(self._state, known, longest=longest, today=today, recent=recent)

    def _put(self, changes: Changes, key: str, value: AnyValue | None) -> None:
        if value == self.values.get(key):
            return
        changes[key] = value
        if value is None:
            del self.values[key]
        else:
            self.values[key] = value


def agents_of(value: AnyValue | None) -> list[str]:
    """Who takes part in a contact."""
    return [part.agent for part in value.parts if part.agent is not None] if isinstance(value, ContactValue) else []
