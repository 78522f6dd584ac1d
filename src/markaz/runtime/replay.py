"""The replayed driver: a floor brought back from its journal, acting on nothing."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

from markaz.kit.time import Instant
from markaz.runtime.core import Core
from markaz.runtime.journal import END_OF_TIME, last_checkpoint, read_rows
from markaz.runtime.rows import again


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
    core, number, at = Core(), 0, 0
    if from_checkpoint and (kept := await last_checkpoint(connection, floor)) is not None:
        core, number, at = Core.restored(kept.state), kept.number, kept.at
    checkpoints = {} if from_checkpoint else await _checkpoints(connection, floor)
    rows, different, checkpoints_different = 0, list[int](), list[int]()
    async for row in read_rows(connection, floor, after=number, until=until):
        rows += 1
        if not again(core, row):
            different.append(row.number)
        number, at = row.number, row.at
        if number in checkpoints and core.snapshot() != checkpoints[number]:
            checkpoints_different.append(number)
    return Replayed(core, number, at, rows, different, checkpoints_different)


async def _checkpoints(connection: psycopg.AsyncConnection[TupleRow], floor: str) -> dict[int, bytes]:
    cursor = await connection.execute("SELECT number, state FROM checkpoint WHERE floor = %s", (floor,))
    return {number: bytes(state) for number, state in await cursor.fetchall()}
