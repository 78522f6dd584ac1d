"""The simulated PostgreSQL keeps the contract of the real one, as far as the floor needs it: the same tests on both."""

import asyncio
import types
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import numpy as np
import psycopg
import pytest

from markaz.routing import AgentBecameReady, AgentSignedIn
from markaz.runtime import inbox, journal
from markaz.runtime.database import connect
from markaz.runtime.inbox import StimulusSent, receive, send
from markaz.runtime.journal import Checkpoint, FloorLeased, Journal, LeaseLost, checkpoints, read_rows
from markaz.runtime.spool import Spool
from markaz.telephony import DatabaseLedger, ExpectedRecording, ledger
from tests.faults.database import Database
from tests.runtime.test_journal import day_rows

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Place:
    """A database. `cut` ends everybody's session."""

    url: str
    connect: Callable[[], Awaitable[Any]]
    cut: Callable[[], Awaitable[None]]
    inbox: Callable[[], Awaitable[int]]
    recordings: Callable[[], Awaitable[Sequence[tuple[str, bool]]]]

    async def numbers(self) -> list[int]:
        async with await self.connect() as connection:
            return [row.number async for row in read_rows(connection, "main")]


@pytest.fixture(params=["real", "simulated"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(journal, "RECONNECT_SECONDS", 0.0)
    return real(request.getfixturevalue("database")) if request.param == "real" else simulated(monkeypatch)


def real(url: str) -> Place:
    async def ask(statement: LiteralString) -> list[Any]:
        async with await connect(url) as connection:
            return await (await connection.execute(statement)).fetchall()

    async def cut() -> None:
        await ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    async def count() -> int:
        return (await ask("SELECT count(*) FROM inbox"))[0][0]

    async def recordings() -> Sequence[tuple[str, bool]]:
        return await ask("SELECT recording, ended_at IS NOT NULL FROM recording ORDER BY recording")

    return Place(url, lambda: connect(url), cut, count, recordings)


def simulated(monkeypatch: pytest.MonkeyPatch) -> Place:
    database = Database(np.random.default_rng(1), lambda *_: None)
    for module in (journal, inbox):
        monkeypatch.setattr(module, "connect", database.connect)
    dial = types.SimpleNamespace(connect=lambda url, autocommit: database.connect(url))
    monkeypatch.setattr(ledger, "psycopg", types.SimpleNamespace(AsyncConnection=dial, Error=psycopg.Error))

    async def cut() -> None:
        database.go("down")
        database.go("up")

    async def count() -> int:
        return len(database.inbox)

    async def recordings() -> Sequence[tuple[str, bool]]:
        return [(name, row["ended_at"] is not None) for name, row in sorted(database.recordings.items())]

    return Place("", lambda: database.connect(""), cut, count, recordings)


async def opened(place: Place, spool: Path) -> Journal:
    writer = Journal(place.url, "main", spool)
    await writer.open()
    return writer


async def until_back(writer: Journal) -> None:
    async with asyncio.timeout(20):
        while writer.is_spooling:
            await writer.catch_up()
            await asyncio.sleep(0.001)


async def test_rows_are_read_as_they_were_written_and_their_messages_are_gone(place: Place, tmp_path: Path) -> None:
    _, rows = day_rows()
    async with await place.connect() as connection:
        await send(connection, "main", StimulusSent(AgentSignedIn("anna")), StimulusSent(AgentBecameReady("anna")))
    received: list[int] = []
    async for number, _ in receive(place.url, "main", set(), every_seconds=0.1):
        received.append(number)
        if len(received) == 2:
            break
    assert received == sorted(received)
    writer = await opened(place, tmp_path / "spool")
    await writer.append([msgspec.structs.replace(rows[0], inbox=received[0]), *rows[1:4]])
    assert await place.inbox() == 1
    async with await place.connect() as connection:
        assert [row async for row in read_rows(connection, "main")] == rows[:4]
        assert [row.number async for row in read_rows(connection, "main", after=2)] == [3, 4]
    await writer.close()


async def test_a_number_is_written_once(place: Place, tmp_path: Path) -> None:
    _, rows = day_rows()
    writer = await opened(place, tmp_path / "spool")
    await writer.append(rows[:3])
    with pytest.raises(psycopg.errors.UniqueViolation):
        await writer.append(rows[2:4])
    assert await place.numbers() == [1, 2, 3]
    await writer.close()


async def test_one_has_the_lease_until_its_session_ends(place: Place, tmp_path: Path) -> None:
    first = await opened(place, tmp_path / "a")
    with pytest.raises(FloorLeased):
        await opened(place, tmp_path / "b")
    await first.close()
    second = await opened(place, tmp_path / "b")
    await second.close()


async def test_a_cut_session_loses_nothing(place: Place, tmp_path: Path) -> None:
    _, rows = day_rows()
    writer = await opened(place, tmp_path / "spool")
    await writer.append(rows[:5])
    await place.cut()
    await writer.append(rows[5:9])
    assert writer.is_spooling
    assert await place.numbers() == [1, 2, 3, 4, 5]
    await until_back(writer)
    await writer.append(rows[9:12])
    assert await place.numbers() == list(range(1, 13))
    assert not (tmp_path / "spool").exists()
    await writer.close()


async def test_a_commit_whose_answer_was_lost_is_not_made_again(place: Place, tmp_path: Path) -> None:
    _, rows = day_rows()
    writer = await opened(place, tmp_path / "spool")
    await writer.append(rows[:6])
    await writer.close()
    kept = Spool(tmp_path / "spool")
    kept.append(rows[4:8])
    kept.close()
    writer = await opened(place, tmp_path / "spool")
    assert writer.number == 8
    assert await place.numbers() == list(range(1, 9))
    await writer.close()


async def test_who_lost_the_lease_is_told_when_the_database_is_back(place: Place, tmp_path: Path) -> None:
    _, rows = day_rows()
    writer = await opened(place, tmp_path / "a")
    await place.cut()
    await writer.append(rows[:2])
    other = await opened(place, tmp_path / "b")
    with pytest.raises(LeaseLost):
        await until_back(writer)
    await writer.close()
    await other.close()


async def test_the_latest_checkpoints_are_kept(place: Place, tmp_path: Path) -> None:
    writer = await opened(place, tmp_path / "spool")
    for number in range(1, 6):
        await writer.save_checkpoint(Checkpoint(number, 10 * number, bytes([number])))
    async with await place.connect() as connection:
        found = await checkpoints(connection, "main")
    assert found == [Checkpoint(number, 10 * number, bytes([number])) for number in (5, 4, 3)]
    await writer.close()


async def test_a_transaction_that_fails_changes_nothing(place: Place) -> None:
    async def fail() -> None:
        async with await place.connect() as connection, connection.transaction():
            await send(connection, "main", StimulusSent(AgentSignedIn("anna")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await place.inbox() == 0


async def test_the_ledger_of_recordings_expects_ends_and_withdraws(place: Place, tmp_path: Path) -> None:
    writer = DatabaseLedger(conninfo=place.url, floor="main", spool=tmp_path / "spool")
    await writer.start()
    for name in ("a", "b", "c", "a"):
        writer.expect(ExpectedRecording(
            recording=name, contact=name, agent=None, queue=None, path=f"{name}.wav", expected_at=NOW))  # fmt: skip
    writer.ended("a", NOW)
    writer.withdrawn("c")
    await writer.stop()
    assert await place.recordings() == [("a", True), ("b", False)]
