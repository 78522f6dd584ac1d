"""What a floor must be told of an organisation: all of it, or only what became different."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markaz import flows, routing
from markaz.organisation.model import SECTIONS, Agent, AnyEntry, Document, Number, Project, Queue

Stimulus = routing.Stimulus | flows.FlowStimulus

_TOLD = ("projects", "queues", "agents", "calendars", "flows", "numbers")
"""Sections the floor knows, what is named before what names it; they retire the other way round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What applying a document did, as ids such as `queues.cards`, and what a running floor must be told of it.

    Trunks and prompts are not told to the floor: with `telephony` true its telephony must read them again.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    stimuli: tuple[Stimulus, ...] = field(default=(), repr=False)
    version: int = field(default=0, compare=False)
    """The organisation's version with them, once they are stored."""

    @property
    def telephony(self) -> bool:
        return any(thing.startswith(("trunks.", "prompts.")) for thing in (*self.added, *self.changed, *self.retired))

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retired)


def stimuli_of(document: Document) -> list[Stimulus]:
    """The whole configuration; the same document always gives the same list."""
    return stimuli_between(None, document)


def stimuli_between(before: Document | None, after: Document) -> list[Stimulus]:
    """What a floor that was told `before` (None: nothing) must be told so that it knows `after`."""
    told: list[Stimulus] = []
    for section in _TOLD:
        old = entries_by_id(before, section)
        for key, entry in sorted(entries_by_id(after, section).items()):
            told_before = _configured(old[key]) if key in old else None
            if (stimulus := _configured(entry)) != told_before:  # what agents and administrators see is not told
                told.append(stimulus)
    for section in reversed(_TOLD):
        gone = entries_by_id(before, section).keys() - entries_by_id(after, section).keys()
        for key in sorted(gone):
            told += _retired(section, key)
    return told


def changes_between(before: Document | None, after: Document) -> Changes:
    """What turns `before` (None: no such centre yet) into `after`."""
    added: list[str] = []
    changed: list[str] = []
    retired: list[str] = []
    if before is None:
        added.append(f"centre.{after.centre.id}")
    elif before.centre != after.centre:
        changed.append(f"centre.{after.centre.id}")
    for section in SECTIONS:
        old, new = entries_by_id(before, section), entries_by_id(after, section)
        added += [f"{section}.{key}" for key in sorted(new.keys() - old.keys())]
        changed += [f"{section}.{key}" for key in sorted(new.keys() & old.keys()) if new[key] != old[key]]
        retired += [f"{section}.{key}" for key in sorted(old.keys() - new.keys())]
    return Changes(
        added=tuple(added),
        changed=tuple(changed),
        retired=tuple(retired),
        stimuli=tuple(stimuli_between(before, after)),
    )


def entries_by_id(document: Document | None, section: str) -> dict[str, AnyEntry]:
    """A section's entries by id; none when there is no document."""
    entries: tuple[AnyEntry, ...] = getattr(document, section, ())
    return {entry.id: entry for entry in entries}


def _configured(entry: AnyEntry) -> Stimulus:
    match entry:
        case Project():
            return routing.ProjectConfigured(entry.rules())
        case Queue():
            return routing.QueueConfigured(entry.rules())
        case Agent():
            return routing.AgentConfigured(entry.rules())
        case flows.Calendar():
            return flows.CalendarConfigured(entry)
        case flows.Flow():
            return flows.FlowConfigured(entry)
        case Number():
            return flows.NumberConfigured(entry.id, entry.project, entry.flow)
        case _:
            raise AssertionError(f"the floor is not told of {entry}")


def _retired(section: str, key: str) -> Iterator[Stimulus]:
    """A project without queues and numbers gets no contacts: it needs no word."""
    match section:
        case "queues":
            yield routing.QueueRetired(key)
        case "agents":
            yield routing.AgentRetired(key)
        case "calendars":
            yield flows.CalendarRetired(key)
        case "flows":
            yield flows.FlowRetired(key)
        case "numbers":
            yield flows.NumberRetired(key)
        case _:
            pass
