"""The rules by which alarms rise: one of each kind, a centre's own or the usual one."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

import msgspec

from markaz.alarms.errors import RuleInvalid

Kind = Literal[
    "longest_wait", "waiting", "service_level", "nobody_ready", "in_wrap_up", "not_ready", "in_conversation",
    "project_paused", "telephony_away",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

SECONDS_MAX = 86_400
COUNT_MAX = 100_000
_LIMITED: Final = frozenset({"longest_wait", "waiting", "service_level", "in_wrap_up", "not_ready", "in_conversation"})


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When an alarm of `kind` rises.

    `limit`: seconds for what lasts, contacts for `waiting`, a share (0 to 1) for `service_level`, which needs
    `offered_min` contacts in its 15 minutes; None for what has none. What is so has to stay so for `after_seconds`
    before the alarm rises, and to be over for `clear_seconds` before it ends, so that it does not flap.
    """

    kind: Kind
    limit: float | None = None
    offered_min: int = 1
    after_seconds: int = 0
    clear_seconds: int = 10
    enabled: bool = True


DEFAULTS: Final[Mapping[Kind, Rule]] = {
    rule.kind: rule
    for rule in (
        Rule(kind="longest_wait", limit=60),
        Rule(kind="waiting", limit=10, after_seconds=10),
        Rule(kind="service_level", limit=0.8, offered_min=10, after_seconds=30, clear_seconds=60),
        Rule(kind="nobody_ready", after_seconds=20),
        Rule(kind="in_wrap_up", limit=180),
        Rule(kind="not_ready", limit=1_800),
        Rule(kind="in_conversation", limit=1_800),
        Rule(kind="project_paused", clear_seconds=0),
        Rule(kind="telephony_away", after_seconds=5, clear_seconds=5),
    )
}


def in_force(own: Iterable[Rule]) -> dict[Kind, Rule]:
    """The centre's `own` rules, and the usual ones of the other kinds."""
    return {**DEFAULTS, **{rule.kind: rule for rule in own}}


def check_rule(rule: Rule) -> None:
    """Raises `RuleInvalid`."""
    if (rule.kind in _LIMITED) != (rule.limit is not None):
        raise RuleInvalid(rule.kind, "it needs a limit" if rule.kind in _LIMITED else "it has no limit")
    most = 1 if rule.kind == "service_level" else COUNT_MAX
    if rule.limit is not None and not 0 <= rule.limit <= most:
        raise RuleInvalid(rule.kind, f"its limit lies between 0 and {most}")
    if not 1 <= rule.offered_min <= COUNT_MAX:
        raise RuleInvalid(rule.kind, f"offered_min lies between 1 and {COUNT_MAX}")
    for seconds in (rule.after_seconds, rule.clear_seconds):
        if not 0 <= seconds <= SECONDS_MAX:
            raise RuleInvalid(rule.kind, f"seconds lie between 0 and {SECONDS_MAX}")
