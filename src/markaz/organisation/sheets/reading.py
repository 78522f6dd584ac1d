"""Reads a sheet: edits of an organisation, and every problem with its line and column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from markaz.organisation.change import entries_by_id
from markaz.organisation.editing import Edit
from markaz.organisation.model import Document
from markaz.organisation.sheets.cells import CellUnfit, value_of
from markaz.organisation.sheets.columns import SECTION_OF, SHEETS, Column

SHEET_BYTES_MAX = 5_000_000
ROWS_MAX = 50_000
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetProblem:
    """What is wrong with a cell, a line (`column` None) or the whole (`line` None); `place` as elsewhere."""

    line: int | None
    column: str | None
    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet asks for. `lines`: place of an entry -> the line that speaks of it."""

    name: str
    rows: int
    edits: tuple[Edit, ...]
    lines: dict[str, int]
    problems: tuple[SheetProblem, ...]


@dataclass(slots=True)
class _Reading:
    sheet: str
    document: Document
    columns: dict[int, Column] = field(default_factory=dict[int, Column])
    problems: list[SheetProblem] = field(default_factory=list[SheetProblem])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    entries: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    rows: int = 0

    def complain(self, text: str, *, line: int | None = None, column: str | None = None) -> None:
        self.problems.append(SheetProblem(line=line, column=column, text=text, place=self.sheet))


def read_sheet(sheet: str, data: bytes, document: Document, *, replace: bool = False) -> Sheet:
    """What `data` would change in `document`. Entries that no line speaks of stay, unless `replace` retires them.

    UTF-8 with or without a byte order mark; columns are separated by comma, semicolon or tab and named in the first
    line, in any order; those that are not there are left as they are.
    """
    reading = _Reading(sheet, document)
    text = _text(reading, data)
    if text is not None:
        for line, row in _rows(reading, text):
            if not reading.columns:
                _head(reading, line, row)
                if reading.problems:
                    break
            elif sheet == "holidays":
                _holiday(reading, line, row)
            else:
                _entry(reading, line, row)
    if not reading.columns and not reading.problems:
        reading.complain("there is nothing in it: the first line names the columns", line=1)
    edits = _holiday_edits(reading, replace) if sheet == "holidays" else _edits(reading, replace)
    return Sheet(
        name=sheet,
        rows=reading.rows,
        edits=tuple(edits),
        lines=reading.lines,
        problems=tuple(reading.problems),
    )


def _text(reading: _Reading, data: bytes) -> str | None:
    if len(data) > SHEET_BYTES_MAX:
        reading.complain(f"it is longer than {SHEET_BYTES_MAX} bytes")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reading.complain("it is not UTF-8: save it as CSV UTF-8", line=line)
        return None


def _rows(reading: _Reading, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line on which it begins."""
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield line, row
            line = rows.line_num + 1
            if reading.rows > ROWS_MAX:
                reading.complain(f"more than {ROWS_MAX} lines", line=line)
                return
    except csv.Error as error:
        reading.complain(f"the line can't be read: {error}", line=line)


def _head(reading: _Reading, line: int, row: list[str]) -> None:
    known = {column.name: column for column in SHEETS[reading.sheet]}
    seen: set[str] = set()
    for n, cell in enumerate(row):
        name = cell.strip().lower()
        if name in seen:
            reading.complain(f'the column "{name}" is there twice', line=line, column=name)
        elif name in known:
            reading.columns[n] = known[name]
        elif name:
            reading.complain(
                f'there is no column "{cell.strip()}": there are {", ".join(known)}', line=line, column=cell.strip()
            )
        seen.add(name)
    for column in _keys(reading.sheet):
        if column.name not in seen:
            reading.complain(f'the column "{column.name}" is needed', line=line, column=column.name)


def _keys(sheet: str) -> tuple[Column, ...]:
    """The columns that say which entry is meant."""
    return SHEETS[sheet][: 2 if sheet == "holidays" else 1]


def _cells(reading: _Reading, line: int, row: list[str]) -> dict[Column, Any] | None:
    """What each cell says (None: it is empty); None, with every problem told, when something can't be so."""
    told = len(reading.problems)
    reading.rows += 1
    for n in range(len(row)):
        if n not in reading.columns and row[n].strip():
            reading.complain(f'"{row[n]}" stands in no column', line=line)
    cells: dict[Column, Any] = {}
    for n, column in reading.columns.items():
        cell = row[n] if n < len(row) else ""
        try:
            cells[column] = value_of(cell, column.kind) if cell.strip() else None
        except CellUnfit as unfit:
            reading.complain(str(unfit), line=line, column=column.name)
            continue
        if cells[column] is None and column.empty == "never":
            reading.complain("must not be empty", line=line, column=column.name)
    return cells if len(reading.problems) == told else None


def _entry(reading: _Reading, line: int, row: list[str]) -> None:
    key = _key(reading, row)
    place = f"{reading.sheet}.{key}"
    if key and place in reading.lines:
        column = _keys(reading.sheet)[0].name
        reading.complain(f'"{key}" is there already, in line {reading.lines[place]}', line=line, column=column)
    elif key:
        reading.lines[place] = line  # also of a line that can't be: its entry is not to be retired
    cells = _cells(reading, line, row)
    if cells is None or reading.lines.get(place) != line:
        return
    present = entries_by_id(reading.document, reading.sheet).get(key)
    entry: dict[str, Any] = {} if present is None else msgspec.to_builtins(present)
    for column, value in cells.items():
        _set(entry, column, value)
    reading.entries[key] = entry


def _key(reading: _Reading, row: list[str]) -> str:
    wanted = _keys(reading.sheet)[0]
    n = next(n for n, column in reading.columns.items() if column is wanted)
    return str(value_of(row[n], "word")) if n < len(row) else ""


def _set(entry: dict[str, Any], column: Column, value: Any) -> None:
    for name in column.path[:-1]:
        entry = entry.setdefault(name, {})
    if value is None and column.empty == "default":
        entry.pop(column.path[-1], None)
    else:
        entry[column.path[-1]] = value


def _edits(reading: _Reading, replace: bool) -> Iterator[Edit]:
    for key, entry in reading.entries.items():
        yield Edit(section=reading.sheet, id=key, entry=entry)
    if replace and reading.columns:
        for key in entries_by_id(reading.document, reading.sheet):
            if f"{reading.sheet}.{key}" not in reading.lines:
                yield Edit(section=reading.sheet, id=key)


def _holiday(reading: _Reading, line: int, row: list[str]) -> None:
    cells = _cells(reading, line, row)
    if cells is None:
        return
    calendar, date, name = (
        next((str(value) for column, value in cells.items() if column.name == wanted and value is not None), "")
        for wanted in ("calendar", "date", "name")
    )
    place = f"calendars.{calendar}.holidays.{date}"
    if place in reading.lines:
        reading.complain(f"the day is there already, in line {reading.lines[place]}", line=line, column="date")
    elif calendar not in entries_by_id(reading.document, "calendars"):
        reading.complain(f'unknown calendar "{calendar}"', line=line, column="calendar")
    else:
        reading.lines[place] = line
        reading.entries.setdefault(calendar, {})[date] = name


def _holiday_edits(reading: _Reading, replace: bool) -> Iterator[Edit]:
    if not reading.columns:
        return
    for key, calendar in entries_by_id(reading.document, SECTION_OF["holidays"]).items():
        entry = msgspec.to_builtins(calendar)
        days = reading.entries.get(key, {})
        if days or (replace and entry.get("holidays")):
            kept = {} if replace else entry.get("holidays", {})
            yield Edit(section="calendars", id=key, entry={**entry, "holidays": {**kept, **days}})
