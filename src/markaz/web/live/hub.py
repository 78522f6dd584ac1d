"""Who is connected, and what each still has to be told.

Nobody has a queue of messages: a connection has the set of keys that changed since its last message, and gets their
present values when it can take them. So a slow reader skips what is past, and its memory is bounded; one that is too
far behind gets everything anew.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import msgspec

from markaz.kit.errors import MarkazError
from markaz.web.live.sight import CENTRE, Sight, all_seen, is_for_client, queues_of, seen
from markaz.web.live.values import AgentValue, AlarmValue, AnyValue, QueueValue
from markaz.web.live.views import FLOOR, Changes, agent_key, agents_of

WATCHERS_MAX = 5_000
KEYS_BEHIND_MAX = 2_000
"""Who is more values behind than these gets a snapshot instead of changes."""


@dataclass(eq=False)
class TooManyWatching(MarkazError):
    """{watchers_max} pages follow the floor already: close some, or run another web process."""

    code: ClassVar[str] = "too_many_watching"
    watchers_max: int


class Snapshot(msgspec.Struct, frozen=True, tag_field="type", tag="snapshot"):
    """Everything that may be seen, after change `number`; `journal` is the row of the floor's journal."""

    number: int
    journal: int
    values: dict[str, msgspec.Raw]


class Change(msgspec.Struct, frozen=True, tag_field="type", tag="change"):
    """New values, and the keys that have none any more, since the message with `previous` as its number."""

    number: int
    previous: int
    journal: int
    values: dict[str, msgspec.Raw]
    gone: list[str]


class Stale(msgspec.Struct, frozen=True, tag_field="type", tag="stale"):
    """What was told may be past: the floor's journal cannot be read at the moment."""


class Fresh(msgspec.Struct, frozen=True, tag_field="type", tag="fresh"):
    """What was told is so, together with the changes that follow."""


class Watcher:
    """One connection. `news` is set when there is something to tell, or `ended` says why there is nothing more."""

    __slots__ = ("behind", "ended", "is_told_stale", "news", "number", "queues", "sight", "wants_all")

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.number = 0
        self.queues: tuple[str, ...] = ()
        self.behind: set[str] = set()
        self.wants_all = True
        self.is_told_stale = False
        self.ended: Literal["session"] | None = None
        self.news = asyncio.Event()
        self.news.set()

    def mark(self, keys: Iterable[str]) -> None:
        if not self.wants_all:
            self.behind.update(keys)
            if len(self.behind) > KEYS_BEHIND_MAX:
                self.look_anew()
        self.news.set()

    def look_anew(self) -> None:
        self.wants_all = True
        self.behind.clear()
        self.news.set()

    def end(self, why: Literal["session"]) -> None:
        self.ended = why
        self.news.set()


class Hub:
    """The values as they are now, and the connections to whom they are told."""

    def __init__(self) -> None:
        self.number = 0
        self.journal = 0
        self.is_stale = True
        self._values: dict[str, AnyValue] = {}
        self._watchers: set[Watcher] = set()
        self._desks: dict[str, set[Watcher]] = {}
        self._pages: dict[str, set[Watcher]] = {}
        """Contact -> who follows it alone."""
        self._raw: dict[tuple[bool, str], msgspec.Raw] = {}
        self._messages: dict[object, str] = {}
        self._encode = msgspec.json.Encoder().encode

    @property
    def values(self) -> dict[str, AnyValue]:
        """For reading: everything as it is now."""
        return self._values

    @property
    def watchers(self) -> frozenset[Watcher]:
        return frozenset(self._watchers)

    def seen(self, sight: Sight, key: str) -> AnyValue | None:
        return seen(sight, key, self._values)

    def queues(self, sight: Sight) -> dict[str, QueueValue]:
        """The queues that may be seen, by id."""
        found = all_seen(sight, self._values).items()
        return {key.partition("/")[2]: value for key, value in found if isinstance(value, QueueValue)}

    def is_in_hand(self, contact: str) -> bool:
        """Whether an agent has to do with the contact, which may be gone from the floor itself."""
        return any(contact in _in_hands(value) for value in self._values.values())

    def check_room(self) -> None:
        """Raises `TooManyWatching`."""
        if len(self._watchers) >= WATCHERS_MAX:
            raise TooManyWatching(WATCHERS_MAX)

    def join(self, sight: Sight) -> Watcher:
        """Raises `TooManyWatching`."""
        self.check_room()
        watcher = Watcher(sight)
        self._watchers.add(watcher)
        if sight.agent is not None:
            self._desks.setdefault(sight.agent, set()).add(watcher)
        if sight.contact is not None:
            self._pages.setdefault(sight.contact, set()).add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        if watcher.sight.agent is not None:
            desks = self._desks[watcher.sight.agent]
            desks.discard(watcher)
            if not desks:
                del self._desks[watcher.sight.agent]
        if watcher.sight.contact is not None:
            pages = self._pages[watcher.sight.contact]
            pages.discard(watcher)
            if not pages:
                del self._pages[watcher.sight.contact]

    # What happens

    def begin(self, values: dict[str, AnyValue], journal: int) -> None:
        """Everything is another from now on."""
        up = {key: value for key, value in self._values.items() if isinstance(value, AlarmValue)}
        self._values = {**values, **up}
        self._raw.clear()
        self._step(journal)
        for watcher in self._watchers:
            watcher.look_anew()

    def publish(self, changes: Changes, journal: int) -> None:
        """Mark who has to be told."""
        if not changes:
            self.journal = journal
            return
        before = {key: self._values.get(key) for key in changes}
        for key, value in changes.items():
            self._raw.pop((False, key), None)
            self._raw.pop((True, key), None)
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
        self._step(journal)
        self._mark_desks(changes, before)
        if self._pages:
            self._mark_pages(changes, before)
        for watcher in self._watchers:
            if watcher.sight.of == "centre":
                watcher.mark(changes)
            elif watcher.sight.of == "client":
                self._mark_client(watcher, changes, before)

    def set_alarms(self, up: Mapping[str, AlarmValue]) -> None:
        """These, by id, are up now, and no others."""
        known = {key: value for key, value in self._values.items() if isinstance(value, AlarmValue)}
        now: dict[str, AnyValue] = {f"alarms/{id_}": value for id_, value in up.items()}
        changes: Changes = {key: value for key, value in now.items() if known.get(key) != value}
        changes |= dict.fromkeys(known.keys() - now.keys())
        self.publish(changes, self.journal)

    def set_stale(self, is_stale: bool) -> None:
        if is_stale != self.is_stale:
            self.is_stale = is_stale
            for watcher in self._watchers:
                watcher.news.set()

    def _step(self, journal: int) -> None:
        self.number += 1
        self.journal = journal
        self._messages.clear()

    def _mark_desks(self, changes: Changes, before: Changes) -> None:
        queues: set[str] = set()
        for key, value in changes.items():
            kind, _, name = key.partition("/")
            if kind == "contacts":
                for agent in {*agents_of(value), *agents_of(before[key])}:
                    for watcher in self._desks.get(agent, ()):
                        watcher.mark((key,))
            elif kind == "agents":
                for watcher in self._desks.get(name, ()):
                    watcher.mark((key,))
            elif kind == "queues":
                queues.add(key)
            elif key == FLOOR:
                for desks in self._desks.values():
                    for watcher in desks:
                        watcher.mark((key,))
        if queues:
            for desks in self._desks.values():
                for watcher in desks:
                    if found := queues.intersection(watcher.queues):
                        watcher.mark(found)

    def _mark_pages(self, changes: Changes, before: Changes) -> None:
        for key, value in changes.items():
            kind, _, name = key.partition("/")
            held = {name} if kind == "contacts" else {*_in_hands(value), *_in_hands(before[key])}
            for contact in held & self._pages.keys():
                for watcher in self._pages[contact]:
                    watcher.news.set()

    def _mark_client(self, watcher: Watcher, changes: Changes, before: Changes) -> None:
        for key, value in changes.items():
            if is_for_client(watcher.sight, value) or is_for_client(watcher.sight, before[key]):
                watcher.mark((key,))

    # What is told

    def message(self, watcher: Watcher) -> str | None:
        """The next message for a connection that can take one; None when there is nothing to tell it now."""
        if watcher.wants_all or self._serves_others(watcher):
            watcher.wants_all = watcher.is_told_stale = False
            watcher.behind.clear()
            watcher.queues = tuple(f"queues/{queue}" for queue in queues_of(watcher.sight, self._values))
            watcher.number = self.number
            return self._snapshot(watcher.sight)
        if watcher.behind:
            previous, watcher.number = watcher.number, self.number
            behind, watcher.behind = watcher.behind, set()
            return self._change(watcher.sight, previous, behind)
        if watcher.is_told_stale != self.is_stale:
            watcher.is_told_stale = self.is_stale
            return self._encode(Stale() if self.is_stale else Fresh()).decode()
        return None

    def _serves_others(self, watcher: Watcher) -> bool:
        """Whether the agent serves other queues than when the desk was told which."""
        agent = watcher.sight.agent
        if agent is None or agent_key(agent) not in watcher.behind:
            return False
        return watcher.queues != tuple(f"queues/{queue}" for queue in queues_of(watcher.sight, self._values))

    def _snapshot(self, sight: Sight) -> str:
        told = self._messages.get(sight)
        if told is None:
            values = {key: self._fragment(sight, key, value) for key, value in all_seen(sight, self._values).items()}
            told = self._encode(Snapshot(self.number, self.journal, values)).decode()
            if sight.of != "agent":
                self._messages[sight] = told
        return told

    def _change(self, sight: Sight, previous: int, behind: set[str]) -> str:
        """Who had the same message before and sees the same now gets the same text, made once."""
        known: object = previous  # for the centre: whoever had that message misses the same keys
        if sight == CENTRE and (told := self._messages.get(known)) is not None:
            return told
        shown = {key: seen(sight, key, self._values) for key in behind}
        gone = [key for key, value in shown.items() if value is None]
        if sight != CENTRE:
            known = (sight.of == "client", previous, frozenset(behind), frozenset(gone))
        told = self._messages.get(known)
        if told is None:
            values = {key: self._fragment(sight, key, value) for key, value in shown.items() if value is not None}
            told = self._encode(Change(self.number, previous, self.journal, values, gone)).decode()
            self._messages[known] = told
        return told

    def _fragment(self, sight: Sight, key: str, value: AnyValue) -> msgspec.Raw:
        """A value as JSON, which is made once for all who see it whole, and once for all clients."""
        known = (sight.of == "client", key)
        raw = self._raw.get(known)
        if raw is None:
            raw = self._raw[known] = msgspec.Raw(self._encode(value))
        return raw


def _in_hands(value: AnyValue | None) -> list[str]:
    """The contacts that an agent has to do with."""
    return [one.contact for one in value.contacts] if isinstance(value, AgentValue) else []
