"""What the floor was told is durable before anything is done about it, and can be handled again to the byte."""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psycopg
import pytest
from tests.runtime.day import BEGIN, CONFIGURATION, play

from markaz.kit.time import Instant
from markaz.routing import AgentBecameReady, AgentSignedIn
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.database import connect
from markaz.runtime.inbox import StimulusSent, receive, send
from markaz.runtime.journal import Checkpoint, FloorLeased, Journal, read_rows
from markaz.runtime.live import LiveFloor
from markaz.runtime.projector import Projector
from markaz.runtime.replay import replay
from markaz.runtime.rows import Row, handled, stimulus_of
from markaz.runtime.spool import Spool


def day_rows() -> tuple[Core, list[Row]]:
    core, rows = Core(), list[Row]()

    def tell(at: Instant, stimulus: Stimulus) -> list[Output]:
        row, outputs = handled(core, len(rows) + 1, at, stimulus, None)
        rows.append(row)
        return outputs

    play(core, tell)
    return core, rows


async def test_a_replayed_day_is_identical_and_ends_in_the_same_state(database: str, tmp_path: Path) -> None:
    core, rows = day_rows()
    half = len(rows) // 2
    until_half = Core()
    for row in rows[:half]:
        until_half.handle(row.at, stimulus_of(row))
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[:half])
    await journal.save_checkpoint(Checkpoint(half, rows[half - 1].at, until_half.snapshot()))
    await journal.append(rows[half:])
    await journal.close()

    async with await connect(database) as connection:
        whole = await replay(connection, "main")
        assert whole.identical
        assert whole.rows == len(rows)
        assert whole.core.snapshot() == core.snapshot()
        resumed = await replay(connection, "main", from_checkpoint=True)
        assert resumed.rows == len(rows) - half
        assert resumed.core.snapshot() == core.snapshot()


async def test_a_changed_answer_is_found(database: str, tmp_path: Path) -> None:
    _, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows)
    await journal.close()
    async with await connect(database) as connection:
        await connection.execute("UPDATE journal SET outputs = '[]' WHERE number = 20")
        assert (await replay(connection, "main")).different == [20]


async def test_a_second_floor_is_refused_while_the_first_runs(database: str, tmp_path: Path) -> None:
    first, second = Journal(database, "main", tmp_path / "a"), Journal(database, "main", tmp_path / "b")
    await first.open()
    with pytest.raises(FloorLeased):
        await second.open()
    await first.close()
    await second.open()
    await second.close()


async def test_a_second_floor_beside_the_first_waits_though_the_database_has_lost_the_lease(
    database: str, tmp_path: Path
) -> None:
    _, rows = day_rows()
    first, second = Journal(database, "main", tmp_path / "spool"), Journal(database, "main", tmp_path / "spool")
    await first.open()
    await first.append(rows[:5])
    async with await connect(database) as other:
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await first.append(rows[5:9])
    assert first.is_spooling
    with pytest.raises(FloorLeased):
        await second.open()
    await first.close()
    await second.open()
    assert second.number == 9
    await second.close()


@pytest.fixture
def quick_return(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markaz.runtime.journal.RECONNECT_SECONDS", 0.0)


async def until_back(journal: Journal) -> None:
    async with asyncio.timeout(20):
        while journal.is_spooling:
            await journal.catch_up()
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("quick_return")
async def test_rows_written_while_the_database_is_away_follow_when_it_is_back(database: str, tmp_path: Path) -> None:
    _, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[:5])
    async with await connect(database) as other:
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await journal.append(rows[5:9])
    assert journal.is_spooling
    assert [row.number for row in Spool(tmp_path / "spool").rows()[0]] == [6, 7, 8, 9]
    await until_back(journal)
    await journal.append(rows[9:])
    await journal.close()
    assert await numbers(database) == [row.number for row in rows]


@pytest.mark.usefixtures("quick_return")
async def test_a_database_that_hangs_counts_as_away_and_its_stale_lease_is_taken_back(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markaz.runtime.journal.COMMIT_SECONDS_MAX", 0.5)
    _, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[:5])
    backend = journal._backend
    os.kill(backend, signal.SIGSTOP)
    try:
        began = asyncio.get_running_loop().time()
        await journal.append(rows[5:9])
        assert asyncio.get_running_loop().time() - began < 3
        assert journal.is_spooling
        await journal.append(rows[9:12])  # the frozen session still holds the lease: no reason to stop
        assert journal.is_spooling
    finally:
        os.kill(backend, signal.SIGCONT)
    await until_back(journal)
    await journal.append(rows[12:])
    await journal.close()
    assert await numbers(database) == [row.number for row in rows]


async def test_what_does_not_continue_the_journal_is_kept_aside(database: str, tmp_path: Path) -> None:
    _, rows = day_rows()
    old = Spool(tmp_path / "spool")
    old.append([msgspec.structs.replace(row, at=row.at + 1) for row in rows[2:5]])
    old.close()
    standby = Journal(database, "main", tmp_path / "elsewhere")
    await standby.open()
    await standby.append(rows[:4])
    await standby.close()
    back = Journal(database, "main", tmp_path / "spool")
    await back.open()
    assert back.number == 4
    await back.close()
    assert [path.name.partition("-")[0] for path in tmp_path.glob("spool.*-*")] == ["spool.diverged"]
    assert await numbers(database) == [1, 2, 3, 4]


async def test_a_checkpoint_of_another_version_is_passed_over(database: str, tmp_path: Path) -> None:
    core, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows)
    await journal.save_checkpoint(Checkpoint(10, rows[9].at, b"\x93of another version"))
    await journal.close()
    async with await connect(database) as connection:
        back = await replay(connection, "main", from_checkpoint=True)
    assert (back.rows, back.core.snapshot()) == (len(rows), core.snapshot())


async def numbers(database: str) -> list[int]:
    async with await connect(database) as connection:
        return [row.number async for row in read_rows(connection, "main")]


async def test_an_earlier_process_left_a_spool_with_a_torn_last_record(database: str, tmp_path: Path) -> None:
    _, rows = day_rows()
    spool = Spool(tmp_path / "spool")
    spool.append(rows[:3])
    spool.close()
    with (tmp_path / "spool").open("ab") as file:
        file.write(b"[4,180000")
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    assert journal.number == 3
    assert not (tmp_path / "spool").exists()
    await journal.close()


async def test_the_live_floor_journals_before_it_performs_and_empties_the_inbox(database: str, tmp_path: Path) -> None:
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    performed: list[tuple[int, int]] = []
    watcher = await psycopg.AsyncConnection.connect(database, autocommit=True)

    def perform(outputs: Sequence[Output]) -> None:
        performed.append((journal.number, len(outputs)))

    clock = iter(range(BEGIN, BEGIN + 10_000_000, 1_000)).__next__
    live = LiveFloor(Core(), journal, perform, clock)
    for stimulus in CONFIGURATION:
        live.tell(stimulus)
    await send(watcher, "main", StimulusSent(AgentSignedIn("anna")), StimulusSent(AgentBecameReady("anna")))
    loop = asyncio.create_task(live.run())
    async with asyncio.timeout(20):
        received, seen = 0, set[int]()
        async for number, message in receive(database, "main", seen, every_seconds=0.1):
            assert isinstance(message, StimulusSent)
            assert live.tell(message.stimulus, inbox=number)
            seen.add(number)
            received += 1
            if received == 2:
                break
        while live.core.floor.state.agents["anna"].presence != "ready" or live.pace.stimuli < len(CONFIGURATION) + 2:
            await asyncio.sleep(0.01)
    loop.cancel()
    rows = await watcher.execute("SELECT count(*) FROM journal")
    inbox = await watcher.execute("SELECT count(*) FROM inbox")
    assert (await rows.fetchone(), await inbox.fetchone()) == ((len(CONFIGURATION) + 2,), (0,))
    assert performed[-1][0] == len(CONFIGURATION) + 2
    await watcher.close()
    await journal.close()


async def test_read_models_folded_in_pieces_equal_those_folded_at_once(database: str, tmp_path: Path) -> None:
    _, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    async with await connect(database) as connection:
        for row in rows:
            await journal.append([row])
            await Projector(database, "main").catch_up(connection)
        in_pieces = await _models(connection)
        await Projector(database, "main").rebuild(connection)
        assert await _models(connection) == in_pieces
        outcomes = dict(await (await connection.execute("SELECT contact, outcome FROM contact")).fetchall())
        assert outcomes == {
            "c0": "answered", "c1": "answered", "c2": "callback",
            "c3": "abandoned", "c4": "answered", "c5": "voicemail",
        }  # fmt: skip
        visits = await (
            await connection.execute("SELECT contact, n, queue, ended FROM queue_visit ORDER BY contact, n")
        ).fetchall()
        assert [visit for visit in visits if visit[0] in ("c0", "c2")] == [
            ("c0", 1, "cards", "answered"),
            ("c0", 2, "loans", "abandoned"),
            ("c2", 1, "cards", "callback"),
        ]
    await journal.close()


async def _models(connection: psycopg.AsyncConnection) -> dict[str, list[tuple[object, ...]]]:
    models = {}
    for table in ("contact", "contact_segment", "queue_visit", "engagement", "agent_activity", "journal_contact"):
        cursor = await connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
        models[table] = await cursor.fetchall()
    return models
