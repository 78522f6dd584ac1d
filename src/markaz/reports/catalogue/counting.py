"""How figures count: the few aggregates that they are made of.

Moments and waits are whole microseconds, so that sums are exact and the same on every engine, and so that the sums of
quarter hours add up to those of days: all but percentiles and maxima are made of `Sums`, which are taken once.
"""

from typing import Any

import ibis

Column = Any
"""Of an Ibis table, as with `Rows`."""
MICROSECONDS = 1_000_000
SHARE_DIGITS = 12
"""Engines that add in another order differ from the thirteenth digit on."""


class Sums:
    """Collects what is summed over rows; each stands for its sum in what the figure makes of them."""

    def __init__(self) -> None:
        self.parts: dict[str, Column] = {}

    def of(self, rows: Column) -> Any:
        """The sum of a column, or how many rows hold; 0 of none."""
        name = f"s{len(self.parts)}"
        self.parts[name] = rows
        return ibis._[name]


def or_else(value: Any, other: Any) -> Any:
    """`value`, or `other` where there is none."""
    return ibis.coalesce(value, other)


def share(sums: Sums, part: Any, of: Any) -> Any:
    """`part` rows of `of` rows, 0 to 1; None when there are none."""
    return (sums.of(part) / sums.of(of).nullif(0)).round(SHARE_DIGITS)


def total_seconds(sums: Sums, of: Column, rows: Any) -> Any:
    """The sum of microseconds `of` the rows, in seconds."""
    return sums.of(ibis.ifelse(rows, of, 0)) / MICROSECONDS


def mean_seconds(sums: Sums, of: Column, rows: Any) -> Any:
    """The mean, in seconds, over rows where there is one; None when there are none."""
    there = rows & of.notnull()
    return (sums.of(ibis.ifelse(there, of, 0)) / sums.of(there).nullif(0) / MICROSECONDS).round(6)


def percentile_seconds(of: Column, rows: Any, per_cent: float) -> Any:
    """The exact percentile (linear interpolation, as PostgreSQL's percentile_cont), in seconds to the microsecond."""
    return (of.quantile(per_cent / 100, where=rows).round(0) / MICROSECONDS).round(6)


def named_in(column: Column, names: str) -> Any:
    """Whether `column` is one of the comma-separated `names`."""
    return column.isin([name.strip() for name in names.split(",") if name.strip()] or [""])
