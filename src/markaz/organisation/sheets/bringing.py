"""Brings a sheet into an organisation: all of it, or nothing and every reason why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg

from markaz.kit.errors import MarkazError
from markaz.kit.problems import Problem
from markaz.organisation.change import Changes
from markaz.organisation.editing import applied, by_id, locked, new_problems
from markaz.organisation.errors import DocumentRefused
from markaz.organisation.model import Document
from markaz.organisation.service import write
from markaz.organisation.sheets.columns import SECTION_OF, SHEETS
from markaz.organisation.sheets.reading import Sheet, SheetProblem, read_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a sheet changed, or would change."""

    rows: int
    changes: Changes


@dataclass(eq=False)
class SheetRefused(MarkazError):
    """The sheet has problems, and nothing of it was brought in: mend what `problems` names and send it again."""

    code: ClassVar[str] = "sheet_refused"
    problems: tuple[SheetProblem, ...]


async def bring(
    connection: psycopg.AsyncConnection[Any],
    centre: str,
    sheet: str,
    data: bytes,
    *,
    made_by: str,
    replace: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Change the organisation as the sheet says. Raises `SheetRefused` with every problem of every line."""
    async with connection.transaction(force_rollback=dry_run):
        before = await locked(connection, centre)
        read = read_sheet(sheet, data, before, replace=replace)
        document, problems = judge(read, before)
        if not problems:
            try:
                changes = await write(connection, before, document, made_by=made_by, how="import")
                return Imported(rows=read.rows, changes=changes)
            except DocumentRefused as refused:
                problems = _located(read, (by_id(problem, document) for problem in refused.problems))
    raise SheetRefused(tuple(problems))


def judge(read: Sheet, before: Document) -> tuple[Document, list[SheetProblem]]:
    """The organisation with the sheet in it, and all that is wrong with that, by line."""
    document, unshaped = applied(before, read.edits)
    problems = [*read.problems, *_located(read, unshaped)]
    # With lines missing, what others say of those entries is no news: then only the lines' own problems are told.
    whole = _located(read, new_problems(before, document))
    problems += [problem for problem in whole if problem.line is not None or not problems]
    return document, sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0))


def _located(read: Sheet, problems: Iterable[Problem]) -> list[SheetProblem]:
    return [_locate(read, problem) for problem in problems]


def _locate(read: Sheet, problem: Problem) -> SheetProblem:
    """The line that speaks of the entry at the problem's place, and the column of the field."""
    pieces = problem.place.split(".")
    for length in range(len(pieces), 0, -1):
        line = read.lines.get(".".join(pieces[:length]))
        if line is not None:
            return SheetProblem(
                line=line, column=_column(read.name, pieces[length:]), text=problem.text, place=problem.place
            )
    return SheetProblem(line=None, column=None, text=problem.text, place=problem.place)


def _column(sheet: str, pieces: list[str]) -> str | None:
    if sheet in SECTION_OF:
        return "date"
    names = tuple(piece.partition("[")[0] for piece in pieces)
    if not names:
        return None
    return next((column.name for column in SHEETS[sheet] if names[: len(column.path)] == column.path), None)
