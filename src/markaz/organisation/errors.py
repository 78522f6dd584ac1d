"""What may go wrong when an organisation is read or changed."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.flows import Problem
from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class DocumentRefused(MarkazError):
    """The organisation's file has problems, and nothing of it was applied; mend these and apply it again:"""

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
