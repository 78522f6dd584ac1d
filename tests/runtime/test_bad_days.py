"""Disks that are full and files that are damaged: what was acted on is not lost, and somebody is told."""

import errno
import logging
from pathlib import Path

import pytest
from tests.disk import disk_with_room_for
from tests.runtime.test_journal import day_rows, numbers, until_back

from markaz.runtime.core import Core
from markaz.runtime.database import connect
from markaz.runtime.journal import Journal, JournalFull, SpoolDamaged
from markaz.runtime.live import LiveFloor
from markaz.runtime.rows import stimulus_of
from markaz.runtime.spool import Spool


def test_a_write_that_the_disk_cuts_short_leaves_only_whole_records(tmp_path: Path) -> None:
    _, rows = day_rows()
    spool = Spool(tmp_path / "spool")
    spool.append(rows[:3])
    room = (tmp_path / "spool").stat().st_size + 40
    with disk_with_room_for(room), pytest.raises(OSError, match="File too large"):
        spool.append(rows[3:6])
    spool.append(rows[3:5])
    spool.close()
    kept, is_whole = Spool(tmp_path / "spool").rows()
    assert ([row.number for row in kept], is_whole) == ([1, 2, 3, 4, 5], True)


async def database_gone(database: str) -> None:
    async with await connect(database) as other:
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


async def test_a_floor_that_can_write_nowhere_stops_before_it_acts(database: str, tmp_path: Path) -> None:
    """The database is away and the disk, for once a real full device, has no room."""
    _, rows = day_rows()
    (tmp_path / "spool").symlink_to("/dev/full")
    journal = Journal(database, "main", tmp_path / "elsewhere")
    await journal.open()
    await journal.append(rows[:5])
    journal._spool = Spool(tmp_path / "spool")
    core = Core()
    for row in rows[:5]:
        core.handle(row.at, stimulus_of(row))
    performed: list[object] = []
    live = LiveFloor(core, journal, performed.extend, lambda: rows[5].at)
    await database_gone(database)
    live.tell(stimulus_of(rows[5]))
    with pytest.raises(JournalFull, match=r"No space left on device.*make room on the disk"):
        await live.run()
    await journal.close()
    assert performed == []
    assert await numbers(database) == [1, 2, 3, 4, 5]

    successor = Journal(database, "main", tmp_path / "later")
    await successor.open()
    await successor.append(rows[5:])
    await successor.close()
    assert await numbers(database) == [row.number for row in rows]


async def test_a_database_without_room_counts_as_away(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own answer to a full disk (class 53), raised by the server itself."""
    monkeypatch.setattr("markaz.runtime.journal.RECONNECT_SECONDS", 0.0)
    _, rows = day_rows()
    async with await connect(database) as other:
        await other.execute("""
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON journal EXECUTE FUNCTION full_disk();
        """)
        journal = Journal(database, "main", tmp_path / "spool")
        await journal.open()
        await journal.append(rows[:5])
        assert journal.is_spooling
        assert await numbers(database) == []
        await other.execute("DROP TRIGGER full_disk ON journal")
    await until_back(journal)
    await journal.append(rows[5:])
    await journal.close()
    assert await numbers(database) == [row.number for row in rows]


def damaged(spool: Path, line: int) -> None:
    """Zeros where `line` (from 1) was, as a disk leaves them that lost its power."""
    lines = spool.read_bytes().splitlines(keepends=True)
    lines[line - 1] = bytes(len(lines[line - 1]) - 1) + b"\n"
    spool.write_bytes(b"".join(lines))


async def test_what_is_before_the_damage_is_copied_and_the_file_is_kept(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, rows = day_rows()
    spool = Spool(tmp_path / "spool")
    spool.append(rows[:6])
    spool.close()
    damaged(tmp_path / "spool", 4)
    journal = Journal(database, "main", tmp_path / "spool")
    with caplog.at_level(logging.CRITICAL):
        await journal.open()
    assert journal.number == 3
    assert "Line 4 of" in caplog.text
    assert "all of it is kept in" in caplog.text
    (kept,) = tmp_path.glob("spool.damaged-*")
    assert len(kept.read_bytes().splitlines()) == 6
    await journal.append([*rows[3:]])
    await journal.close()
    assert await numbers(database) == [row.number for row in rows]


async def test_a_running_floor_whose_spool_is_damaged_begins_again(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markaz.runtime.journal.RECONNECT_SECONDS", 0.0)
    _, rows = day_rows()
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[:2])
    await database_gone(database)
    await journal.append(rows[2:6])
    assert journal.is_spooling
    damaged(tmp_path / "spool", 2)
    with pytest.raises(SpoolDamaged):
        await until_back(journal)
    await journal.close()
    assert await numbers(database) == [1, 2, 3], "no gap: the successor goes on after the last row that could be read"


def test_the_reason_is_the_disks_own(tmp_path: Path) -> None:
    (tmp_path / "spool").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        Spool(tmp_path / "spool").append(day_rows()[1][:1])
    assert caught.value.errno == errno.ENOSPC


def test_what_a_failed_append_left_is_cleared_away_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, rows = day_rows()
    spool = Spool(tmp_path / "spool")
    spool.append(rows[:2])
    whole = (tmp_path / "spool").stat().st_size
    with disk_with_room_for(whole + 10), monkeypatch.context() as patch:
        patch.setattr("os.ftruncate", refuse)
        with pytest.raises(OSError, match="File too large"):
            spool.append(rows[2:4])
        assert (tmp_path / "spool").stat().st_size == whole + 10
        with pytest.raises(OSError, match="Input/output error"):
            spool.append(rows[2:4])
    spool.append(rows[2:4])
    assert spool.rows() == (list(rows[:4]), True)


def refuse(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")
