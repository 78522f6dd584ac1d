"""A copy of the floor in another process: woken by each commit, and what the floor is after every row."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import psycopg
import pytest
from tests.runtime.test_journal import day_rows

from markaz.runtime.core import Core
from markaz.runtime.follower import Begun, Follower, Handled
from markaz.runtime.journal import Checkpoint, Journal
from markaz.runtime.rows import Row, stimulus_of

DEADLINE_SECONDS = 20


async def test_each_commit_wakes_the_copy(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markaz.runtime.follower.POLL_SECONDS", 3_600.0)  # nobody looks by himself
    core, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    follower = Follower(database, "main")
    copies: list[Core] = []
    stimuli = 0
    async with asyncio.timeout(DEADLINE_SECONDS), aclosing(follower.follow()) as happening:
        async for one in happening:
            match one:
                case Begun(core=copy):
                    copies.append(copy)
                case Handled(said=said):
                    stimuli += len(said)
                    if follower.number == len(rows):
                        break
                    if follower.number == journal.number:
                        await journal.append(rows[follower.number : follower.number + 9])
                case _:
                    pass
    await journal.close()
    assert stimuli == len(rows)
    assert [copy.snapshot() for copy in copies] == [core.snapshot()]


async def test_it_begins_at_the_last_checkpoint_and_goes_on_where_it_was(database: str, tmp_path: Path) -> None:
    core, rows = day_rows()
    half = len(rows) // 2
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[:half])
    await journal.save_checkpoint(Checkpoint(half, rows[half - 1].at, _after(rows[:half]).snapshot()))
    with psycopg.connect(database, autocommit=True) as connection:  # what is before it is not read
        connection.execute("DELETE FROM journal WHERE number < %s", (half,))
    follower = Follower(database, "main")
    first = await _next_kinds(follower, until=half)
    await journal.append(rows[half:])
    await journal.close()
    second = await _next_kinds(follower, until=len(rows))
    assert (first[0], "Begun" in second) == ("Begun", False)
    assert follower._core is not None
    assert follower._core.snapshot() == core.snapshot()


async def _next_kinds(follower: Follower, *, until: int) -> list[str]:
    """What one connection tells until row `until` is handled."""
    kinds: list[str] = []
    async with asyncio.timeout(DEADLINE_SECONDS), aclosing(follower.follow()) as happening:
        async for one in happening:
            kinds.append(type(one).__name__)
            if isinstance(one, Handled) and follower.number == until:
                break
    return kinds


def _after(rows: list[Row]) -> Core:
    core = Core()
    for row in rows:
        core.handle(row.at, stimulus_of(row))
    return core
