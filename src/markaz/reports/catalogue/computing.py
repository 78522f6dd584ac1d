"""A report's rows out of exported facts: the same Ibis expressions, whichever engine is behind `source`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

import ibis
from ibis.backends import BaseBackend

from markaz.reports.catalogue.asked import Asked, Chosen, Row, Value
from markaz.reports.catalogue.counting import Sums, or_else
from markaz.reports.catalogue.entries import figure_of
from markaz.reports.catalogue.facts import SLOT_US
from markaz.reports.catalogue.figure import Facts, Figure, Rows, Settled
from markaz.reports.catalogue.placed import Placed, microseconds, table_of
from markaz.reports.errors import FiguresRefused, GroupRefused, ZoneRefused
from markaz.reports.intervals import interval_starts

FIGURES_MAX: Final = 50
CONTACTS_MAX: Final = 10_000


class Source:
    """Facts that `export_parquet` wrote into `folder`, read by `engine` (an Ibis backend: DuckDB, Spark)."""

    def __init__(self, engine: BaseBackend, folder: Path) -> None:
        self._folder = folder
        self._tables: dict[str, Rows] = {}
        self.engine = engine

    def table(self, name: str) -> Rows:
        """Facts by their table's name; only those that are asked for are read."""
        if name not in self._tables:
            path = str(self._folder / f"{name}.parquet")
            self._tables[name] = self.engine.read_parquet(path)  # pyright: ignore[reportAttributeAccessIssue]
        return self._tables[name]

    def kept(self, expression: Rows) -> Rows:
        """The expression's rows, computed now and kept for what follows."""
        return ibis.memtable(self.engine.to_pyarrow(expression))

    def columns(self, expression: Rows) -> dict[str, list[Any]]:
        """The expression's columns."""
        return self.engine.to_pyarrow(expression).to_pydict()


def compute(source: Source, asked: Asked) -> list[Row]:
    """Rows in order of interval and key; all together follow their interval, the whole period comes last.

    Raises `FigureUnknown`, `ParameterRefused`, `GroupRefused`, `FiguresRefused`, `UnknownZone`, `PeriodEmpty`,
    `TooManyIntervals` and `ZoneRefused`.
    """
    figures = settle(asked)
    starts = _starts(asked)
    ends = [*starts[1:], asked.until.astimezone(UTC)]
    placed = Placed(source, asked, starts)
    found: list[tuple[list[int], dict[str, list[Any]]]] = []
    for facts, chosen in _by_facts(figures):
        rows = placed.of(facts, chosen[0][2])
        aggregated = _summed(source, placed, rows, chosen) if chosen[0][1].is_summed else _whole(placed, rows, chosen)
        places = [place for place, _, _ in chosen]
        found += [(places, source.columns(aggregated(level))) for level in _levels(asked, facts)]
    keys = sorted({key for _, columns in found for key in columns.get("key", ()) if key is not None})
    spans = [] if asked.interval == "whole" else list(zip(starts, ends, strict=True))
    nothing = [figure.empty if figure.per_interval else None for _, figure, _ in figures]
    values = _values(found, nothing, intervals=len(spans), keys=keys)
    return [
        Row(began_at=began_at, ended_at=ended_at, key=key, values=cell)
        for ((began_at, ended_at), key), cell in zip(
            product([*spans, (None, None)], [*keys, None]), zip(*values, strict=True), strict=True
        )
    ]


def _values(
    found: list[tuple[list[int], dict[str, list[Any]]]], nothing: list[Value], *, intervals: int, keys: list[str]
) -> list[list[Value]]:
    """Each figure's values, interval by interval and the whole period last, of each key and of all together last.

    `found`: the columns of each level, with the places of the figures in them; what a later one says of a cell holds.
    """
    column_of = {key: n for n, key in enumerate([*keys, None])}
    width = len(column_of)
    values = [[empty] * ((intervals + 1) * width) for empty in nothing]
    for places, columns in found:
        size = len(columns[f"f{places[0]}"])
        rows = columns.get("interval", [intervals] * size)
        cells = [row * width + column_of[key] for row, key in zip(rows, columns.get("key", [None] * size), strict=True)]
        for place in places:
            its = values[place]
            for cell, value in zip(cells, columns[f"f{place}"], strict=True):
                its[cell] = None if value != value else value
    return values


def contacts_behind(
    source: Source, asked: Asked, chosen: Chosen, *, began_at: datetime | None, key: str | None, limit: int = 1_000
) -> list[str]:
    """The contacts that a figure counts in an interval (None: the period) and key (None: all), by id; none of a
    figure of agents' time. `limit` up to `CONTACTS_MAX`. None in an interval that there is not.
    """
    figure = figure_of(chosen)
    settled = figure.settle(chosen)
    if figure.facts == "agent_time":
        return []
    starts = _starts(asked)
    facts: Facts = "stays" if figure.facts == "days" else figure.facts
    placed = Placed(source, asked, starts)
    rows = placed.of(facts, settled)
    rows = rows.filter(figure.counted(rows, settled))
    if began_at is not None and began_at not in starts:
        return []
    if began_at is not None:
        rows = placed.placed(rows)
        rows = rows.filter(rows.interval == starts.index(began_at.astimezone(UTC)))
    if key is not None:
        rows = rows.filter(rows.key == key)
    found = rows.select("contact").distinct().order_by("contact").limit(min(limit, CONTACTS_MAX))
    return source.columns(found)["contact"]


Chosen_ = tuple[int, Figure, Settled]
"""A figure's place in what was asked, and its parameters."""


def settle(asked: Asked) -> list[Chosen_]:
    """What was chosen, checked."""
    if not 1 <= len(asked.figures) <= FIGURES_MAX:
        raise FiguresRefused(len(asked.figures), FIGURES_MAX)
    found: list[Chosen_] = []
    for place, chosen in enumerate(asked.figures):
        figure = figure_of(chosen)
        if asked.group is not None and asked.group not in figure.groups:
            raise GroupRefused(figure.name, asked.group, ", ".join(sorted(figure.groups)))
        found.append((place, figure, figure.settle(chosen)))
    return found


def tables_of(asked: Asked) -> frozenset[str]:
    """The tables of facts that what is asked needs. Raises what `settle` raises."""
    return frozenset(table_of(figure.facts, asked) for _, figure, _ in settle(asked))


def _starts(asked: Asked) -> list[datetime]:
    kind = "day" if asked.interval == "whole" else asked.interval
    starts = interval_starts(asked.since, asked.until, zone=asked.zone, kind=kind)
    if any(microseconds(start) % SLOT_US for start in starts[1:]):
        raise ZoneRefused(asked.zone)
    return starts[:1] if asked.interval == "whole" else starts


def _by_facts(figures: Iterable[Chosen_]) -> Iterator[tuple[Facts, list[Chosen_]]]:
    """Figures that are aggregated together; contacts whose window is over are rows of their own by its days."""
    found: dict[tuple[Facts, Any, bool], list[Chosen_]] = {}
    for place, figure, settled in figures:
        window = settled["days"] if figure.facts == "resolutions" else None
        found.setdefault((figure.facts, window, figure.is_summed), []).append((place, figure, settled))
    for (facts, _, _), chosen in found.items():
        yield facts, chosen


def _levels(asked: Asked, facts: Facts) -> list[tuple[str, ...]]:
    """Every interval and key, every interval, every key, and all."""
    keys: list[tuple[str, ...]] = [()] if asked.group is None else [("key",), ()]
    if asked.interval == "whole" or facts == "days":
        return keys
    return [("interval", *key) for key in keys] + keys


Aggregated = Callable[[tuple[str, ...]], Rows]
"""The values of some figures, grouped by a level's columns."""


def _summed(source: Source, placed: Placed, rows: Rows, chosen: list[Chosen_]) -> Aggregated:
    """The rows are read once, and summed by quarter hour and key: every level is made of those sums."""
    sums = Sums()
    values = {f"f{place}": figure.value(rows, settled, sums) for place, figure, settled in chosen}
    finest = [name for name in ("interval", "slot", "key") if name in rows.columns]
    parts = {name: or_else(part.sum(), 0) for name, part in sums.parts.items()}
    partial = source.kept(rows.group_by(finest).agg(**parts) if finest else rows.agg(**parts))
    partial = placed.placed(partial)

    def aggregated(level: tuple[str, ...]) -> Rows:
        totals = {name: or_else(partial[name].sum(), 0) for name in parts}
        whole = partial.group_by(list(level)).agg(**totals) if level else partial.agg(**totals)
        return whole.select(*level, **values)

    return aggregated


def _whole(placed: Placed, rows: Rows, chosen: list[Chosen_]) -> Aggregated:
    """What cannot be added up is aggregated anew for each level."""
    rows = placed.placed(rows)
    values = {f"f{place}": figure.value(rows, settled, Sums()) for place, figure, settled in chosen}
    return lambda level: rows.group_by(list(level)).agg(**values) if level else rows.agg(**values)
