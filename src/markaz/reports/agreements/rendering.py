"""A delivered report as a CSV file, for spreadsheets and programs. Nothing here decides what a figure is."""

import csv
import io
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from markaz.reports.agreements.telling import definition_lines, head_of, sealed, span_of
from markaz.reports.agreements.terms import Period, Terms
from markaz.reports.catalogue import Row, figure_of

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute; it is shown instead."""


def as_csv(terms: Terms, version: int, period: Period, rows: Sequence[Row], *, seal: str) -> bytes:
    """RFC 4180 in UTF-8, with a mark that spreadsheets want; what looks like a formula is text.

    Words are in the report's language, numbers and moments in no language's way: spreadsheets and programs read them.
    What the numbers mean stands below them after an empty line, where spreadsheets take the table to end: they sort
    and filter it alone. First there stands, under each column, its name for programs, which no language changes.
    """
    text = io.StringIO(BYTE_ORDER_MARK)
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head_of(terms))
    writer.writerows([[_harmless(cell) for cell in line] for line in _lines(terms, rows)])
    writer.writerow([])
    writer.writerow(_names(terms))
    writer.writerows([[_harmless(line)] for line in (
        terms.name, span_of(terms, period), *definition_lines(terms, version), sealed(terms, seal),
    )])  # fmt: skip
    return text.getvalue().encode()


def _names(terms: Terms) -> list[str]:
    return ["began_at", "ended_at", terms.group or "", *(figure_of(one).name_of(one) for one in terms.figures)]


def _lines(terms: Terms, rows: Sequence[Row]) -> Iterator[list[str | int | float]]:
    place = ZoneInfo(terms.zone)
    whole, every = terms.words.say("delivered.whole"), terms.words.say("delivered.all")
    for row in rows:
        borders = [whole, ""] if row.began_at is None or row.ended_at is None else [
            one.astimezone(place).isoformat(sep=" ", timespec="minutes") for one in (row.began_at, row.ended_at)
        ]  # fmt: skip
        values = ("" if value is None else value for value in row.values)
        yield [*borders, every if row.key is None else row.key, *values]


def _harmless(cell: str | int | float) -> str | int | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
