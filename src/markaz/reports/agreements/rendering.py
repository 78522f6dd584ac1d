"""A delivered report as a file: CSV for spreadsheets, PDF for people. Nothing here decides what a figure is."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import typst

from markaz.reports.agreements.terms import Period, Terms
from markaz.reports.catalogue import Chosen, Row, Value, figure_of

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute; it is shown instead."""

_PAGE = """
#set page(paper: "a4", flipped: true, margin: 1.5cm, numbering: "1 / 1")
#set text(size: 9pt)
#let given = json(bytes(sys.inputs.report))
= #given.name
#given.period

#table(
  columns: given.head.len(),
  align: (column, row) => if column < 2 { left } else { right },
  stroke: 0.4pt + luma(180),
  table.header(..given.head.map(one => strong(one))),
  ..given.rows.flatten(),
)
== #given.definitions
#for one in given.words [
  / #one.title: #one.words
]
#v(1em)
#text(size: 7pt, fill: luma(90))[#given.seal]
"""


def definition_lines(terms: Terms, version: int) -> list[str]:
    """What the figures of a report mean, a line each, as agreed."""
    return [f"{title(one)}: {' '.join(figure_of(one).words_of(one))}" for one in terms.figures] + [
        f"Zone {terms.zone}; version {version} of the report as agreed."
    ]


def title(chosen: Chosen) -> str:
    """A figure as a column is headed: name, unit, version where it is not the first."""
    figure = figure_of(chosen)
    settled = ", ".join(
        f"{value:g}" if isinstance(value, float) else str(value)
        for value in figure.settle(chosen).values()
        if value != ""
    )
    version = "" if figure.version == 1 else f", version {figure.version}"
    return f"{figure.title}{f' ({settled})' if settled else ''} [{figure.unit}{version}]"


def as_csv(terms: Terms, version: int, period: Period, rows: Sequence[Row], *, seal: str) -> bytes:
    """RFC 4180 in UTF-8, with a mark that spreadsheets want; what looks like a formula is text.

    What the numbers mean stands below them after an empty line, where spreadsheets take the table to end: they sort
    and filter it alone.
    """
    text = io.StringIO(BYTE_ORDER_MARK)
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_head(terms))
    writer.writerows([[_harmless(cell) for cell in line] for line in _lines(terms, rows)])
    writer.writerow([])
    writer.writerows([[_harmless(line)] for line in (
        terms.name, _span(terms, period), *definition_lines(terms, version), _sealed(seal),
    )])  # fmt: skip
    return text.getvalue().encode()


def as_pdf(terms: Terms, version: int, period: Period, rows: Sequence[Row], *, seal: str) -> bytes:
    """A table, what its figures mean, and the `seal` by which the same numbers are known."""
    given = {
        "name": terms.name,
        "period": _span(terms, period),
        "head": _head(terms),
        "rows": [[str(cell) for cell in line] for line in _lines(terms, rows)],
        "definitions": f"What the figures mean (version {version}, agreed by both sides)",
        "words": [{"title": title(one), "words": " ".join(figure_of(one).words_of(one))} for one in terms.figures],
        "seal": _sealed(seal),
    }
    made = typst.compile(_PAGE.encode(), sys_inputs={"report": json.dumps(given)}, format="pdf")
    assert isinstance(made, bytes)
    return made


def _span(terms: Terms, period: Period) -> str:
    place = ZoneInfo(terms.zone)
    return f"{_moment(period.began_at, place)} to {_moment(period.ended_at, place)} ({terms.zone})"


def _sealed(seal: str) -> str:
    return f"SHA-256 of the delivered numbers: {seal}"


def _head(terms: Terms) -> list[str]:
    return ["from", "to", terms.group or "of", *(title(one) for one in terms.figures)]


def _lines(terms: Terms, rows: Sequence[Row]) -> Iterator[list[str | int | float]]:
    place = ZoneInfo(terms.zone)
    for row in rows:
        borders = ["whole period", ""] if row.began_at is None or row.ended_at is None else [
            _moment(row.began_at, place), _moment(row.ended_at, place)]  # fmt: skip
        yield [*borders, row.key or "all", *(_shown(value) for value in row.values)]


def _shown(value: Value) -> str | int | float:
    return "" if value is None else value


def _moment(at: datetime, place: ZoneInfo) -> str:
    return at.astimezone(place).isoformat(sep=" ", timespec="minutes")


def _harmless(cell: str | int | float) -> str | int | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
