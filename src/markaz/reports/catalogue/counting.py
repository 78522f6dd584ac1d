"""How figures count: the few aggregates that they are made of. Moments and waits are whole microseconds, so that sums
are exact and the same on every engine.
"""

from typing import Any

import ibis

Column = Any
"""Of an Ibis table, as with `Rows`."""
MICROSECONDS = 1_000_000
SHARE_DIGITS = 12
"""Engines that add in another order differ from the thirteenth digit on."""


def or_else(value: Any, other: Any) -> Any:
    """`value`, or `other` where there is none."""
    return ibis.coalesce(value, other)


def count(rows: Any) -> Any:
    """How many rows hold; 0 of none."""
    return or_else(rows.sum(), 0)


def share(part: Any, of: Any) -> Any:
    """`part` rows of `of` rows, 0 to 1; None when there are none."""
    return (count(part) / count(of).nullif(0)).round(SHARE_DIGITS)


def total_seconds(of: Column, rows: Any) -> Any:
    """The sum of microseconds `of` the rows, in seconds."""
    return or_else(of.sum(where=rows), 0) / MICROSECONDS


def mean_seconds(of: Column, rows: Any) -> Any:
    """The mean, in seconds, over rows where there is one; None when there are none."""
    there = rows & of.notnull()
    return (of.sum(where=there) / count(there).nullif(0) / MICROSECONDS).round(6)


def percentile_seconds(of: Column, rows: Any, per_cent: float) -> Any:
    """The exact percentile (linear interpolation, as PostgreSQL's percentile_cont), in seconds to the microsecond."""
    return (of.quantile(per_cent / 100, where=rows).round(0) / MICROSECONDS).round(6)


def named_in(column: Column, names: str) -> Any:
    """Whether `column` is one of the comma-separated `names`."""
    return column.isin([name.strip() for name in names.split(",") if name.strip()] or [""])
