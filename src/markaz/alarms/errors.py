"""What can be wrong with an alarm or a rule that somebody names."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class AlarmUnknown(MarkazError):
    """There is no alarm "{alarm}" on this floor: read the list anew."""

    code: ClassVar[str] = "alarm_unknown"
    alarm: str


@dataclass(eq=False)
class AlarmOver(MarkazError):
    """The alarm "{alarm}" has ended, or somebody else has it: read the list anew."""

    code: ClassVar[str] = "alarm_over"
    alarm: str


@dataclass(eq=False)
class RuleInvalid(MarkazError):
    """The rule "{kind}" cannot be so: {problem}."""

    code: ClassVar[str] = "alarm_rule_invalid"
    kind: str
    problem: str
