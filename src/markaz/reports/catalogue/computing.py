"""A report's rows out of exported facts: the same Ibis expressions, whichever engine is behind `source`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ibis.backends import BaseBackend

from markaz.reports.catalogue.asked import Asked, Chosen, Row, Value
from markaz.reports.catalogue.entries import figure_of
from markaz.reports.catalogue.facts import SLOT_US, TABLES
from markaz.reports.catalogue.figure import Facts, Figure, Rows, Settled
from markaz.reports.catalogue.placed import Placed, microseconds
from markaz.reports.errors import FiguresRefused, GroupRefused, ZoneRefused
from markaz.reports.intervals import interval_starts

FIGURES_MAX: Final = 50
CONTACTS_MAX: Final = 10_000
Cell = tuple[int | None, str | None]
"""An interval, from 0, and a key; None means all."""


class Source:
    """Facts that `export_parquet` wrote into `folder`, read by `engine` (an Ibis backend: DuckDB, Spark)."""

    def __init__(self, engine: BaseBackend, folder: Path) -> None:
        self._tables = {
            table.name: engine.read_parquet(str(folder / f"{table.name}.parquet")) for table in TABLES  # pyright: ignore[reportAttributeAccessIssue]
        }  # fmt: skip
        self.engine = engine

    def table(self, name: str) -> Rows:
        return self._tables[name]

    def rows(self, expression: Rows) -> list[dict[str, Any]]:
        """The expression's rows."""
        return self.engine.to_pyarrow(expression).to_pylist()


def compute(source: Source, asked: Asked) -> list[Row]:
    """Rows in order of interval and key; all together follow their interval, the whole period comes last.

    Raises `FigureUnknown`, `ParameterRefused`, `GroupRefused`, `FiguresRefused`, `UnknownZone`, `PeriodEmpty`,
    `TooManyIntervals` and `ZoneRefused`.
    """
    figures = settle(asked)
    starts = _starts(asked)
    ends = [*starts[1:], asked.until.astimezone(UTC)]
    placed = Placed(source, asked, starts)
    cells: dict[Cell, dict[int, Value]] = {}
    for facts, chosen in _by_facts(figures):
        rows = placed.of(facts, chosen[0][2])
        for level in _levels(asked, facts):
            for found in source.rows(_aggregated(rows, chosen, level)):
                cell = cells.setdefault((found.get("interval"), found.get("key")), {})
                cell.update({place: _plain(found[f"f{place}"]) for place, _, _ in chosen})
    keys = sorted({key for _, key in cells if key is not None})
    numbers: list[int | None] = [None] if asked.interval == "whole" else [*range(len(starts)), None]
    return [
        Row(
            began_at=None if number is None else starts[number],
            ended_at=None if number is None else ends[number],
            key=key,
            values=tuple(_value(cells, (number, key), place, figure) for place, figure, _ in figures),
        )
        for number in numbers
        for key in [*keys, None]
    ]


def contacts_behind(
    source: Source, asked: Asked, chosen: Chosen, *, began_at: datetime | None, key: str | None, limit: int = 1_000
) -> list[str]:
    """The contacts that a figure counts in an interval (None: the period) and key (None: all), by id; none of a
    figure of agents' time. `limit` up to `CONTACTS_MAX`.
    """
    figure = figure_of(chosen)
    settled = figure.settle(chosen)
    if figure.facts == "agent_time":
        return []
    starts = _starts(asked)
    facts: Facts = "stays" if figure.facts == "days" else figure.facts
    rows = Placed(source, asked, starts).of(facts, settled)
    rows = rows.filter(figure.counted(rows, settled))
    if began_at is not None:
        rows = rows.filter(rows.interval == starts.index(began_at.astimezone(UTC)))
    if key is not None:
        rows = rows.filter(rows.key == key)
    found = rows.select("contact").distinct().order_by("contact").limit(min(limit, CONTACTS_MAX))
    return [row["contact"] for row in source.rows(found)]


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


def _starts(asked: Asked) -> list[datetime]:
    kind = "day" if asked.interval == "whole" else asked.interval
    starts = interval_starts(asked.since, asked.until, zone=asked.zone, kind=kind)
    if any(microseconds(start) % SLOT_US for start in starts[1:]):
        raise ZoneRefused(asked.zone)
    return starts[:1] if asked.interval == "whole" else starts


def _by_facts(figures: Iterable[Chosen_]) -> Iterator[tuple[Facts, list[Chosen_]]]:
    """Figures that are counted over the same rows; contacts whose window is over are rows of their own by its days."""
    found: dict[tuple[Facts, Any], list[Chosen_]] = {}
    for place, figure, settled in figures:
        window = settled["days"] if figure.facts == "resolutions" else None
        found.setdefault((figure.facts, window), []).append((place, figure, settled))
    for (facts, _), chosen in found.items():
        yield facts, chosen


def _levels(asked: Asked, facts: Facts) -> list[tuple[str, ...]]:
    """Every interval and key, every interval, every key, and all."""
    keys: list[tuple[str, ...]] = [()] if asked.group is None else [("key",), ()]
    if asked.interval == "whole" or facts == "days":
        return keys
    return [("interval", *key) for key in keys] + keys


def _aggregated(rows: Rows, chosen: list[Chosen_], level: tuple[str, ...]) -> Rows:
    values = {f"f{place}": figure.value(rows, settled) for place, figure, settled in chosen}
    return rows.group_by(list(level)).agg(**values) if level else rows.agg(**values)


def _value(cells: dict[Cell, dict[int, Value]], cell: Cell, place: int, figure: Figure) -> Value:
    if not figure.per_interval and cell[0] is not None:
        return None
    return cells.get(cell, {}).get(place, figure.empty)


def _plain(value: Any) -> Value:
    if value is None or value != value:
        return None
    return float(value) if isinstance(value, float) else int(value)
