"""The played day, as a floor would have journalled it."""

from pathlib import Path

from markaz.kit.time import Instant
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.journal import Journal
from markaz.runtime.rows import Row, handled
from tests.reports.rows import FLOOR
from tests.runtime.day import play


async def journal_day(database: str, folder: Path) -> None:
    """Append the whole of it; `folder` is for the spool. Nothing is projected yet."""
    core, rows = Core(), list[Row]()

    def tell(at: Instant, stimulus: Stimulus) -> list[Output]:
        row, outputs = handled(core, len(rows) + 1, at, stimulus, None)
        rows.append(row)
        return outputs

    play(core, tell)
    journal = Journal(database, FLOOR, folder / "spool")
    await journal.open()
    await journal.append(rows)
    await journal.close()
