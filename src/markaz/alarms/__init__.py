"""Alarms: by which rules they rise and end, what may cure them, and where they are kept."""

from markaz.alarms.cure import Cure, cure_of
from markaz.alarms.errors import AlarmOver, AlarmUnknown, RuleInvalid
from markaz.alarms.rules import DEFAULTS, KINDS, Kind, Rule, check_rule, in_force
from markaz.alarms.seen import AgentSeen, FloorSeen, QueueSeen
from markaz.alarms.store import (
    Alarm,
    end,
    give_back,
    give_rule,
    latest,
    open_alarms,
    rise,
    rules_of,
    take,
)  # fmt: skip
from markaz.alarms.tables import metadata
from markaz.alarms.watch import Cause, Ended, Risen, Watch

__all__ = [
    "DEFAULTS", "KINDS", "AgentSeen", "Alarm", "AlarmOver", "AlarmUnknown", "Cause", "Cure", "Ended", "FloorSeen",
    "Kind", "QueueSeen", "Risen", "Rule", "RuleInvalid", "Watch", "check_rule", "cure_of", "end", "give_back",
    "give_rule", "in_force", "latest", "metadata", "open_alarms", "rise", "rules_of", "take",
]  # fmt: skip
