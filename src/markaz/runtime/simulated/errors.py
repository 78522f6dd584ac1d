"""What a scenario or a file of recorded calls can be refused for."""

from dataclasses import dataclass
from pathlib import Path

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class ScenarioInvalid(MarkazError):
    """The scenario "{name}" cannot be run: {problem}."""

    code = "scenario_invalid"
    name: str
    problem: str


@dataclass(eq=False)
class RecordedCallsUnreadable(MarkazError):
    """The recorded calls in {file} cannot be used: {problem}."""

    code = "recorded_calls_unreadable"
    file: Path
    problem: str
