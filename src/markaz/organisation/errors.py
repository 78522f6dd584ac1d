"""What may go wrong when an organisation is read or changed."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError
from markaz.kit.problems import Problem


@dataclass(eq=False)
class DocumentRefused(MarkazError):
    """The organisation would have problems, and nothing of it was applied; mend these and try again:"""

    code: ClassVar[str] = "document_refused"
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {problem}" for problem in self.problems)])


@dataclass(eq=False)
class FloorTaken(MarkazError):
    """The floor "{floor}" serves the centre "{centre}": give "{other}" a floor of its own, with --floor NAME."""

    code: ClassVar[str] = "floor_taken"
    floor: str
    centre: str
    other: str


@dataclass(eq=False)
class SectionUnknown(MarkazError):
    """An organisation has no section "{section}": there are {known}."""

    code: ClassVar[str] = "section_unknown"
    section: str
    known: str


@dataclass(eq=False)
class EntryUnknown(MarkazError):
    """The organisation has no {section}.{id}: somebody may have retired it."""

    code: ClassVar[str] = "entry_unknown"
    section: str
    id: str


@dataclass(eq=False)
class EntryChangedMeanwhile(MarkazError):
    """{section}.{id} was changed after version {version}, in change {change} by {made_by}: load it anew."""

    code: ClassVar[str] = "changed_meanwhile"
    section: str
    id: str
    version: int
    change: int
    made_by: str


@dataclass(eq=False)
class ChangeUnknown(MarkazError):
    """There was no change {number}: look at the history."""

    code: ClassVar[str] = "change_unknown"
    number: int


@dataclass(eq=False)
class UndoRefused(MarkazError):
    """Change {number} can't be undone: {why}."""

    code: ClassVar[str] = "undo_refused"
    number: int
    why: str


@dataclass(eq=False)
class ScriptUnknown(MarkazError):
    """The project "{project}" has no such script: name one in the project."""

    code: ClassVar[str] = "script_unknown"
    project: str


@dataclass(eq=False)
class SoundUnknown(MarkazError):
    """The prompt "{prompt}" has no uploaded sound."""

    code: ClassVar[str] = "sound_unknown"
    prompt: str


@dataclass(eq=False)
class SoundsFull(MarkazError):
    """The centre keeps {sounds_max} sounds already: use one of them, or speak a text."""

    code: ClassVar[str] = "sounds_full"
    sounds_max: int
