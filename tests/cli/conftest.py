"""An installation whose floor had a short day: its journal is a real core's, its read models the projector's."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from markaz.cli import main
from markaz.kit.time import Instant
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.database import connect
from markaz.runtime.journal import Journal
from markaz.runtime.projector import Projector
from markaz.runtime.rows import Row, handled
from tests.runtime.day import play

Run = Callable[..., Result]


@pytest.fixture
def home(database: str, tmp_path: Path) -> Path:
    """The folder of an installation that uses the test's database; nothing is served."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "markaz.toml").write_text(f'database_url = "{database}"\n')
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `markaz` with arguments on that installation."""
    monkeypatch.setenv("MARKAZ_HOME", str(home))
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def day(database: str, tmp_path: Path) -> list[Row]:
    """The journal's rows of a day that the floor had."""
    core, rows = Core(), list[Row]()

    def tell(at: Instant, stimulus: Stimulus) -> list[Output]:
        row, outputs = handled(core, len(rows) + 1, at, stimulus, None)
        rows.append(row)
        return outputs

    async def store() -> None:
        journal = Journal(database, "main", tmp_path / "spool")
        await journal.open()
        await journal.append(rows)
        await journal.close()
        async with await connect(database) as connection:
            projector = Projector(database, "main")
            while await projector.catch_up(connection):
                pass

    play(core, tell)
    asyncio.run(store())
    return rows


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
