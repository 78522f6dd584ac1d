"""The replayed driver: a floor brought back from its journal, acting on nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import psycopg
from psycopg.rows import TupleRow

from markaz.kit.time import Instant
from markaz.runtime.core import Core
from markaz.runtime.journal import END_OF_TIME, Checkpoint, checkpoints, read_rows
from markaz.runtime.rows import again

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Replayed:
    """A floor as it was after `number`; `different` are the rows whose answer was not the same to the byte."""

    core: Core
    number: int
    at: Instant
    rows: int
    different: list[int]
    checkpoints_different: list[int]

    @property
    def identical(self) -> bool:
        return not self.different and not self.checkpoints_different


async def replay(
    connection: psycopg.AsyncConnection[TupleRow],
    floor: str,
    *,
    until: Instant = END_OF_TIME,
    from_checkpoint: bool = False,
) -> Replayed:
    """Handle the journal again, from its beginning or the last checkpoint, up to and including `until`.

    From the beginning, each checkpoint passed is compared too.
    """
    kept = await checkpoints(connection, floor)
    core, number, at = _restored(kept) if from_checkpoint else (Core(), 0, 0)
    states = {} if from_checkpoint else {one.number: one.state for one in kept}
    rows, different, checkpoints_different = 0, list[int](), list[int]()
    async for row in read_rows(connection, floor, after=number, until=until):
        rows += 1
        if not again(core, row):
            different.append(row.number)
        number, at = row.number, row.at
        if number in states and core.snapshot() != states[number]:
            checkpoints_different.append(number)
    return Replayed(core, number, at, rows, different, checkpoints_different)


def _restored(kept: Sequence[Checkpoint]) -> tuple[Core, int, Instant]:
    """The newest checkpoint that this version can read; without one, the empty floor before the first row."""
    for one in kept:
        try:
            return Core.restored(one.state), one.number, one.at
        except msgspec.MsgspecError as error:
            logger.warning("The checkpoint at row %s is of another version (%s).", one.number, error)
    return Core(), 0, 0
