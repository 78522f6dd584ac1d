"""A delivery's numbers: computed from the read models, or anew from the journal, and compared."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from markaz.reports.agreements.engine import facts_folder
from markaz.reports.agreements.terms import Period, Terms, asked_for
from markaz.reports.catalogue import Row, Value, compute

DIFFERENCES_MAX: Final = 200
"""That many are told one by one; all are counted."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A number that is another now. `figure` is its place in the terms; `began_at` and `key` None mean all."""

    began_at: datetime | None
    key: str | None
    figure: int
    before: Value
    after: Value


class Compared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was delivered beside what it would be now; `count` of the differences, of which the first are here.

    `problem`: it could not be computed, and why.
    """

    is_equal: bool
    count: int
    differences: list[Difference]
    problem: str | None = None


async def compute_rows(
    connection: AsyncConnection[Any], terms: Terms, period: Period, *, floor: str, from_journal: bool = False
) -> list[Row]:
    """The rows of a period, of one moment where `connection` is in no transaction yet; else as that sees them."""
    is_first = connection.info.transaction_status == TransactionStatus.IDLE
    async with facts_folder(asked_for(terms, period, floor=floor)) as facts:
        async with connection.transaction():
            if is_first:
                await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await facts.export(connection, from_journal=from_journal)
        return await facts.compute(compute)


def encoded(rows: Sequence[Row]) -> tuple[str, str]:
    """The rows as JSON, and its SHA-256 in hex."""
    text = msgspec.json.encode(rows)
    return text.decode(), hashlib.sha256(text).hexdigest()


def decoded(text: str) -> list[Row]:
    return msgspec.json.decode(text, type=list[Row])


def compare(before: Sequence[Row], after: Sequence[Row]) -> Compared:
    """Number by number; a row that only one of them has differs in every figure that it says something of."""
    found = list(_differences(_cells(before), _cells(after)))
    return Compared(is_equal=not found, count=len(found), differences=found[:DIFFERENCES_MAX])


Cells = dict[tuple[datetime | None, str | None], tuple[Value, ...]]


def _cells(rows: Sequence[Row]) -> Cells:
    return {(row.began_at, row.key): row.values for row in rows}


def _differences(before: Cells, after: Cells) -> Iterator[Difference]:
    for cell in dict.fromkeys((*before, *after)):
        first, second = before.get(cell, ()), after.get(cell, ())
        for place in range(max(len(first), len(second))):
            one, other = (values[place] if place < len(values) else None for values in (first, second))
            if one != other:
                yield Difference(began_at=cell[0], key=cell[1], figure=place, before=one, after=other)
