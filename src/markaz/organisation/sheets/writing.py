"""Writes a sheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from markaz.organisation.model import Document
from markaz.organisation.sheets.cells import cell_of
from markaz.organisation.sheets.columns import SHEETS

BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheet programs read UTF-8 as something else."""


def write_sheet(sheet: str, document: Document) -> bytes:
    """One line for each entry, by id, after a line of column names; UTF-8, with a byte order mark and CRLF."""
    rows = _holidays(document) if sheet == "holidays" else _entries(sheet, document)
    return _written([column.name for column in SHEETS[sheet]], rows)


def write_rows(columns: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A sheet of rows that are no part of an organisation, in the same form; what would be a formula is harmless."""
    return _written(columns, ([cell_of(value, "text") for value in row] for row in rows))


def _written(columns: list[str], rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _entries(sheet: str, document: Document) -> Iterator[list[str]]:
    columns = [(column, _getter(sheet, column.path)) for column in SHEETS[sheet]]
    for entry in sorted(getattr(document, sheet), key=lambda entry: entry.id):
        yield [cell_of(get(entry), column.kind) for column, get in columns]


def _getter(sheet: str, path: tuple[str, ...]) -> Any:
    is_number = sheet == "numbers" and path == ("number",)
    return attrgetter("id" if is_number else ".".join(path))


def _holidays(document: Document) -> Iterator[list[str]]:
    for calendar in sorted(document.calendars, key=lambda calendar: calendar.id):
        for date, name in sorted(calendar.holidays.items()):
            yield [cell_of(calendar.id, "word"), cell_of(date, "word"), cell_of(name, "text")]
