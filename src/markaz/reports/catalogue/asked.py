"""What is asked of the catalogue: which figures, of what, when, how finely; and what comes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

IntervalOf = Literal["half_hour", "hour", "day", "whole"]
Group = Literal["queue", "project", "agent", "disposition"]
Value = float | int | None
"""A count, seconds, a share (0 to 1), a score or a correlation; None where nothing counts."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of the catalogue in one version; parameters that are not given have the figure's defaults."""

    figure: str
    version: int = 1
    parameters: Mapping[str, float | int | str] = {}


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of `since` (included) to `until` (excluded), both aware, for `projects` (none: all) of a floor.

    `zone` (IANA) is where half hours and days begin; `group` is what the rows are of, beside all together.
    """

    floor: str
    projects: tuple[str, ...] = ()
    since: datetime
    until: datetime
    zone: str
    interval: IntervalOf
    group: Group | None = None
    figures: tuple[Chosen, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One interval (None: the whole period) and key (None: all together); `values` in the order of what was chosen.

    A report has tens of thousands, none of which leads back to itself: the garbage collector need not look at them.
    """

    began_at: datetime | None
    ended_at: datetime | None
    key: str | None
    values: tuple[Value, ...]
