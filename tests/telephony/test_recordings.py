"""The ledger of recordings in a real database, and its reconciliation with real files."""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import pytest_asyncio

from markaz.telephony import DatabaseLedger, ExpectedRecording
from markaz.telephony.recordings import Counts, reconcile_recordings
from markaz.telephony.sound import read_wav, write_wav
from tests.disk import disk_with_room_for

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def expected(recording: str, *, seconds_ago: int = 20) -> ExpectedRecording:
    return ExpectedRecording(
        recording=recording, contact="c1", agent="anna", queue="support", path=f"2026-03-01/{recording}.wav",
        expected_at=NOW - timedelta(seconds=seconds_ago),
    )  # fmt: skip


def conversation(seconds: float, *, customer: int = 5_000, agent: int = 5_000) -> bytes:
    """Raw interleaved samples, the agent's first, of a tone on each side with these amplitudes."""
    at = np.arange(int(seconds * 8_000)) / 8_000
    sides = [np.sin(2 * np.pi * hz * at) * loud for hz, loud in ((1_000, agent), (440, customer))]
    return np.stack(sides, axis=1).astype("<i2").tobytes()


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        yield connection


async def rows(connection: psycopg.AsyncConnection[Any], columns: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(f"SELECT {columns} FROM recording ORDER BY recording")).fetchall()  # type: ignore[arg-type]


async def test_the_ledger_against_the_files(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    ledger = DatabaseLedger(conninfo=database, floor="f", spool=tmp_path / "spool")
    await ledger.start()
    folder = tmp_path / "recordings"
    (folder / "2026-03-01").mkdir(parents=True)
    files = {
        "good": conversation(18),
        "gone": None,
        "mute": conversation(18, agent=0),
        "short": conversation(5),
        "running": conversation(5),
        "blink": None,
    }
    for name, content in files.items():
        ledger.expect(expected(name))
        if content is not None:
            (folder / "2026-03-01" / f"{name}.raw").write_bytes(content)
        if name == "blink":
            ledger.ended(name, NOW - timedelta(seconds=19.5))
        elif name != "running":
            ledger.ended(name, NOW - timedelta(seconds=5))
    await ledger.stop()
    counts = await reconcile_recordings(connection, floor="f", folder=folder, now=NOW)
    assert counts == Counts(present=3, missing=1, silent=1)
    found = {row[0]: row[1:] for row in await rows(connection, "recording, state, problem, round(seconds)")}
    assert found == {
        "blink": ("present", "the conversation ended before there was sound", 0),
        "gone": ("missing", "there is no file", None),
        "good": ("present", None, 18),
        "mute": ("silent", "nothing is heard of the agent", 18),
        "running": ("expected", None, None),
        "short": ("present", "10 s shorter than the conversation", 5),
    }
    levels = await rows(connection, "recording, round(level_dbfs_customer), round(level_dbfs_agent)")
    assert levels[2] == ("good", -19, -19)  # a sine of 5,000 in 32,768: 20 log10(0.1526) - 3.01
    samples, rate = read_wav((folder / "2026-03-01/good.wav").read_bytes())
    assert (rate, len(samples)) == (8_000, 18 * 8_000)
    assert await reconcile_recordings(connection, floor="f", folder=folder, now=NOW) == Counts()


async def test_recordings_whose_end_nobody_told_of(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    ledger = DatabaseLedger(conninfo=database, floor="f", spool=tmp_path / "spool")
    await ledger.start()
    (tmp_path / "2026-03-01").mkdir()
    for name, written_seconds_ago in (("left", 100), ("running", 1)):
        ledger.expect(expected(name, seconds_ago=200))
        path = tmp_path / "2026-03-01" / f"{name}.raw"
        path.write_bytes(conversation(5))
        written = NOW.timestamp() - written_seconds_ago
        os.utime(path, (written, written))
    ledger.expect(expected("none", seconds_ago=200))
    await ledger.stop()
    await reconcile_recordings(connection, floor="f", folder=tmp_path, now=NOW)
    states = await rows(connection, "recording, state")
    assert states == [("left", "present"), ("none", "missing"), ("running", "expected")]


async def test_messages_that_nobody_attended_are_adopted(
    connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    path = tmp_path / "unattended" / "4930100_491511_17.1.wav"
    path.parent.mkdir()
    at = np.arange(16_000) / 8_000
    path.write_bytes(write_wav((np.sin(2_000 * at) * 3_000).astype(np.int16), 8_000))
    os.utime(path, (NOW.timestamp() - 10, NOW.timestamp() - 10))
    counts = await reconcile_recordings(connection, floor="f", folder=tmp_path, now=NOW)
    assert counts == Counts(present=1, adopted=1)
    assert await rows(connection, "contact, state, seconds, level_dbfs_agent") == [
        ("unattended-4930100_491511_17.1", "present", 2.0, None)
    ]
    for floor in ("f", "another"):
        assert await reconcile_recordings(connection, floor=floor, folder=tmp_path, now=NOW) == Counts()
    [(kept,)] = await rows(connection, "path")
    assert (tmp_path / kept).exists()
    assert not path.exists()


async def test_a_message_whose_adoption_was_cut_off_is_adopted_by_the_same_row(
    connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    path = tmp_path / "unattended" / "4930100_491511_17.2.wav"
    path.parent.mkdir()
    content = write_wav(np.zeros(4_000, dtype=np.int16), 8_000)
    for _ in range(2):  # the second time as if the first had ended before the file was moved
        path.write_bytes(content)
        os.utime(path, (NOW.timestamp() - 10, NOW.timestamp() - 10))
        await reconcile_recordings(connection, floor="f", folder=tmp_path, now=NOW)
    assert len(await rows(connection, "recording")) == 1
    assert not path.exists()


async def test_the_ledger_outlives_an_absent_database(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    away = DatabaseLedger(conninfo="host=127.0.0.1 port=1 dbname=none connect_timeout=1", floor="f", spool=spool)
    await away.start()
    away.expect(expected("one"))
    away.ended("one", NOW)
    async with asyncio.timeout(10):
        while not spool.exists():
            await asyncio.sleep(0)
    await away.stop(seconds_max=0.1)
    assert len(spool.read_bytes().splitlines()) == 2
    assert spool.stat().st_mode & 0o777 == 0o600
    back = DatabaseLedger(conninfo=database, floor="f", spool=spool)
    await back.start()
    await back.stop()
    assert await rows(connection, "recording, state, ended_at = '2026-03-01 12:00+00'") == [("one", "expected", True)]
    assert not spool.exists()


async def test_half_a_line_in_the_spool_is_dropped(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = tmp_path / "spool"
    away = "host=127.0.0.1 port=1 dbname=none connect_timeout=1"
    for name in ("one", "torn", "two"):  # each time the process before was cut off
        ledger = DatabaseLedger(conninfo=away, floor="f", spool=spool)
        await ledger.start()
        ledger.expect(expected(name))
        await ledger.stop(seconds_max=0.1)
        if name == "torn":
            spool.write_bytes(spool.read_bytes()[:-20])
    assert "cut off" in caplog.text
    back = DatabaseLedger(conninfo=database, floor="f", spool=spool)
    await back.start()
    await back.stop()
    assert await rows(connection, "recording") == [("one",), ("two",)]


async def test_a_full_disk_leaves_no_half_line_and_the_ledger_goes_on(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = tmp_path / "spool"
    ledger = DatabaseLedger(conninfo="host=127.0.0.1 port=1 dbname=none connect_timeout=1", floor="f", spool=spool)
    await ledger.start()
    ledger.expect(expected("one"))
    async with asyncio.timeout(10):
        while not spool.exists():
            await asyncio.sleep(0)
    whole = spool.read_bytes()
    with files_of_at_most(len(whole) + 20):
        ledger.expect(expected("two"))
    assert spool.read_bytes() == whole
    assert "are in memory alone" in caplog.text
    ledger.expect(expected("three"))  # there is room again
    assert len(spool.read_bytes().splitlines()) == 3
    await ledger.stop(seconds_max=0.1)
    back = DatabaseLedger(conninfo=database, floor="f", spool=spool)
    await back.start()
    await back.stop()
    assert await rows(connection, "recording") == [("one",), ("three",), ("two",)]


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Nobody in this process can write a file beyond `size` bytes, as on a full disk."""
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


async def test_what_could_never_begin_is_not_expected_any_more(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    ledger = DatabaseLedger(conninfo=database, floor="f", spool=tmp_path / "spool")
    await ledger.start()
    ledger.expect(expected("begun"))
    ledger.expect(expected("never"))
    ledger.withdrawn("never")
    await ledger.stop()
    assert await rows(connection, "recording") == [("begun",)]


async def test_a_full_disk_does_not_stop_the_ledger(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The database is away and the disk full: rows stay in memory, and follow when there is room again."""
    spool = tmp_path / "spool"
    away = "host=127.0.0.1 port=1 dbname=none connect_timeout=1"
    ledger = DatabaseLedger(conninfo=away, floor="f", spool=spool)
    await ledger.start()
    spool.symlink_to("/dev/full")
    ledger.expect(expected("early"))
    async with asyncio.timeout(10):
        while "No space left on device" not in caplog.text:
            await asyncio.sleep(0.01)
    spool.unlink()  # somebody made room
    ledger.expect(expected("late"))
    await ledger.stop(seconds_max=0.0)
    back = DatabaseLedger(conninfo=database, floor="f", spool=spool)
    await back.start()
    await back.stop()
    assert await rows(connection, "recording") == [("early",), ("late",)]


async def test_a_write_cut_short_and_a_damaged_line_cost_nothing_else(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = tmp_path / "spool"
    away = "host=127.0.0.1 port=1 dbname=none connect_timeout=1"
    for names in (("one", "two"), ("three", "four")):
        ledger = DatabaseLedger(conninfo=away, floor="f", spool=spool)
        await ledger.start()
        for name in names:
            ledger.expect(expected(name))
        room = spool.stat().st_size + 50 if spool.exists() else 1_000_000
        with disk_with_room_for(room):
            await ledger.stop(seconds_max=0.0)
    assert spool.read_bytes().count(b"\n") == 2, "half of what found no room would have spoilt the next line"
    lines = spool.read_bytes().splitlines()
    spool.write_bytes(bytes(len(lines[0])) + b"\n" + lines[1] + b"\n")
    back = DatabaseLedger(conninfo=database, floor="f", spool=spool)
    await back.start()
    await back.stop()
    assert await rows(connection, "recording") == [("two",)]
    assert "Lines [1] of" in caplog.text
    (kept,) = tmp_path.glob("spool.damaged-*")
    assert len(kept.read_bytes().splitlines()) == 2


async def engaged(
    connection: psycopg.AsyncConnection[Any], offer: str, *, connected: bool, over_seconds_ago: int | None = None
) -> None:
    at = NOW - timedelta(seconds=20)
    over_at = NOW - timedelta(seconds=over_seconds_ago) if over_seconds_ago is not None else None
    await connection.execute(
        "INSERT INTO engagement (floor, offer, contact, agent, queue, offered_at, connected_at, ended_at, state) "
        "VALUES ('f', %s, 'c1', 'anna', 'support', %s, %s, %s, 'x')",
        (offer, at, at if connected else None, over_at),
    )


async def test_what_a_floor_that_died_left_is_accounted_for(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    """It dies before a recorder began, before a row was written, before the end was told; one goes on."""
    ledger = DatabaseLedger(conninfo=database, floor="f", spool=tmp_path / "spool")
    await ledger.start()
    folder = tmp_path / "2026-03-01"
    folder.mkdir()
    for name in ("c1.1", "c1.2", "c1.4"):
        ledger.expect(expected(name))
    await ledger.stop()
    for name in ("c1.2", "c1.3", "c1.4", "c1.5"):
        (folder / f"{name}.raw").write_bytes(conversation(15))
    await engaged(connection, "c1.1", connected=False, over_seconds_ago=10)
    await engaged(connection, "c1.2", connected=False, over_seconds_ago=10)
    await engaged(connection, "c1.3", connected=True, over_seconds_ago=5)
    await engaged(connection, "c1.4", connected=True, over_seconds_ago=5)
    await engaged(connection, "c1.5", connected=True)
    counts = await reconcile_recordings(connection, floor="f", folder=tmp_path, now=NOW)
    assert counts == Counts(present=2, adopted=2, void=2)
    assert await rows(connection, "recording, state, agent, queue") == [
        ("c1.3", "present", "anna", "support"),
        ("c1.4", "present", "anna", "support"),
        ("c1.5", "expected", "anna", "support"),
    ]
    assert sorted(file.name for file in folder.iterdir()) == ["c1.3.wav", "c1.4.wav", "c1.5.raw"]
    assert await reconcile_recordings(connection, floor="another", folder=tmp_path, now=NOW) == Counts()


async def test_a_message_that_died_with_asterisk_ended_when_its_contact_did(
    database: str, connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    ledger = DatabaseLedger(conninfo=database, floor="f", spool=tmp_path / "spool")
    await ledger.start()
    ledger.expect(ExpectedRecording(
        recording="c1", contact="c1", agent=None, queue=None, path="2026-03-01/c1.wav",
        expected_at=NOW - timedelta(seconds=20),
    ))  # fmt: skip
    await ledger.stop()
    await connection.execute(
        "INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at, closed_at, outcome) "
        "VALUES ('f', 'c1', 'voice', 'p', '+49', 'closed', %s, %s, 'lost_to_fault')",
        (NOW - timedelta(seconds=30), NOW - timedelta(seconds=9)),
    )
    assert await reconcile_recordings(connection, floor="f", folder=tmp_path, now=NOW) == Counts(missing=1)
