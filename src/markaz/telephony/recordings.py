"""Prove that every expected recording exists and can be heard: the ledger against the files.

A conversation's file arrives as raw interleaved samples (left the agent, whose leg is recorded) and leaves as a stereo
WAV that any player opens (left the customer, right the agent); a message is a mono WAV.

Processes die between two steps; here what they left is accounted for. Messages that Asterisk took while we were away,
and conversations whose row was lost with the floor that was about to write it, get one. Of a recording whose end nobody
told of, the read models know when its conversation was over. And what never became a conversation leaves nothing.
"""

import asyncio
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg

from markaz.telephony.asterisk.configuration import UNATTENDED
from markaz.telephony.asterisk.recorder import FOLDER_MODE
from markaz.telephony.sound import SILENCE_DBFS, TELEPHONE_RATE

SETTLE_SECONDS: Final = 3
"""So long after a conversation its file is surely closed."""
STALE_SECONDS: Final = 60
"""A file that nobody has written to for so long is not being recorded any more, though nobody told of its end."""
SILENT_DBFS: Final = -60.0
JUDGED_SECONDS_MIN: Final = 1.0
"""A shorter conversation may hold no sound, and leave no file: Asterisk opens it with the first frame."""
SHORTER_SECONDS_MAX: Final = 2.0
SHORTER_SHARE_MAX: Final = 0.2
ROWS_MAX: Final = 500
BLOCK_FRAMES: Final = 1 << 20
WAV_HEADER_BYTES: Final = 44
FILE_MODE: Final = 0o640


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows judged in one run."""

    present: int = 0
    missing: int = 0
    silent: int = 0
    adopted: int = 0
    void: int = 0
    """Expected for conversations that never began: rows and files that are dropped."""


@dataclass(frozen=True, slots=True)
class UnattendedMessage:
    """A message that Asterisk took by itself, where it was `found`, and where it belongs: `path` below the folder."""

    recording: str
    found: Path
    path: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file turned out to be. Levels are dBFS; None: there is no such side."""

    state: str
    seconds: float | None = None
    level_customer: float | None = None
    level_agent: float | None = None
    problem: str | None = None


_DUE: Final = """
SELECT recording, path, expected_at, over_at, is_void, paused_seconds FROM (
    SELECT recording.recording, recording.path, expected_at,
        coalesce(recording.ended_at, wrap_up_at, engagement.ended_at, closed_at) AS over_at,
        engagement.ended_at IS NOT NULL AND connected_at IS NULL AS is_void, (
            SELECT coalesce(sum(extract(
                epoch FROM coalesce(pause.ended_at, recording.ended_at, wrap_up_at, engagement.ended_at)
                    - pause.began_at
            )), 0)::float8
            FROM recording_pause AS pause
            WHERE (pause.floor, pause.recording) = (recording.floor, recording.recording)
        ) AS paused_seconds
    FROM recording
    LEFT JOIN engagement ON engagement.floor = recording.floor AND offer = split_part(recording.recording, '~', 1)
    LEFT JOIN contact ON contact.floor = recording.floor AND contact.contact = recording.recording
    WHERE recording.floor = %s AND recording.state = 'expected'
) AS row
WHERE over_at < %s OR (over_at IS NULL AND expected_at < %s)
ORDER BY over_at NULLS LAST, expected_at LIMIT %s
"""
_JUDGE: Final = """
UPDATE recording SET state = %s, seconds = %s, level_dbfs_customer = %s, level_dbfs_agent = %s, problem = %s,
    checked_at = %s
WHERE floor = %s AND recording = %s
"""
_ADOPT: Final = """
INSERT INTO recording (floor, recording, contact, path, expected_at, ended_at, state)
VALUES (%s, %s, %s, %s, %s, %s, 'expected') ON CONFLICT (floor, recording) DO UPDATE SET path = excluded.path
"""
_UNKNOWN: Final = """
SELECT offer, contact, agent, queue, connected_at FROM engagement
WHERE floor = %(floor)s AND offer = ANY(%(names)s) AND connected_at < %(settled)s
    AND NOT EXISTS (SELECT FROM recording WHERE recording.floor = %(floor)s AND recording = offer)
"""
_ADOPT_CONVERSATION: Final = """
INSERT INTO recording (floor, recording, contact, agent, queue, path, expected_at, state)
VALUES (%s, %s, %s, %s, %s, %s, %s, 'expected') ON CONFLICT DO NOTHING
"""
_DISOWN: Final = "DELETE FROM recording WHERE floor = %s AND recording = %s AND state = 'expected'"


async def reconcile_recordings(
    connection: psycopg.AsyncConnection[Any], *, floor: str, folder: Path, now: datetime
) -> Counts:
    """Adopt messages without a row, then judge each row whose recording has ended. Call it every few seconds."""
    adopted = 0
    for message in await asyncio.to_thread(_unattended, folder, now):
        if await _adopted(connection, floor, folder, message):
            adopted += 1
    settled, stale = now - timedelta(seconds=SETTLE_SECONDS), now - timedelta(seconds=STALE_SECONDS)
    adopted += await _adopt_conversations(connection, floor, folder, now=now, settled=settled)
    rows = await (await connection.execute(_DUE, (floor, settled, stale, ROWS_MAX))).fetchall()
    states: list[str] = []
    for recording, path, expected_at, ended_at, is_void, paused_seconds in rows:
        if is_void:
            await connection.execute(_DISOWN, (floor, recording))
            for file in (folder / path, (folder / path).with_suffix(".raw")):
                await asyncio.to_thread(file.unlink, missing_ok=True)
            states.append("void")
            continue
        if ended_at is None and _written_after(folder / path, stale):
            continue
        long = (ended_at - expected_at).total_seconds() if ended_at is not None else None
        found = await asyncio.to_thread(judge, folder / path, conversation_seconds=long, paused_seconds=paused_seconds)
        await connection.execute(
            _JUDGE,
            (
                found.state, found.seconds, found.level_customer, found.level_agent, found.problem, now,
                floor, recording,
            ),
        )  # fmt: skip
        states.append(found.state)
    counted = (states.count(state) for state in ("present", "missing", "silent"))
    return Counts(*counted, adopted=adopted, void=states.count("void"))


async def _adopt_conversations(
    connection: psycopg.AsyncConnection[Any], floor: str, folder: Path, *, now: datetime, settled: datetime
) -> int:
    """Give recordings of this floor's conversations a row where the floor died before it was written."""
    found: dict[str, str] = {}
    for day in (now, now - timedelta(days=1)):
        files = await asyncio.to_thread(lambda of=f"{day:%Y-%m-%d}": sorted((folder / of).glob("*.raw")))
        found |= {file.stem: str(file.relative_to(folder).with_suffix(".wav")) for file in files}
    if not found:
        return 0
    asked = {"floor": floor, "names": list(found), "settled": settled}
    rows = await (await connection.execute(_UNKNOWN, asked)).fetchall()
    for offer, contact, agent, queue, connected_at in rows:
        values = (floor, offer, contact, agent, queue, found[offer], connected_at)
        await connection.execute(_ADOPT_CONVERSATION, values)
    return len(rows)


async def _adopted(
    connection: psycopg.AsyncConnection[Any], floor: str, folder: Path, message: UnattendedMessage
) -> bool:
    """Give the message a row, then move it to where that row says, where no other floor looks for it."""
    name, path, at = message.recording, message.path, message.closed_at
    await connection.execute(_ADOPT, (floor, name, name, path, at, at))
    try:
        (folder / path).parent.mkdir(exist_ok=True, mode=FOLDER_MODE)
        message.found.rename(folder / path)
    except FileNotFoundError:  # another floor was faster
        await connection.execute(_DISOWN, (floor, name))
        return False
    return True


def judge(path: Path, *, conversation_seconds: float | None, paused_seconds: float = 0.0) -> Finding:
    """Look at the recording that should be at `path` (.wav), making it from its raw form when that is there.

    Levels are those of the whole file, less `paused_seconds` that hold silence because they were not to be kept.
    """
    raw = path.with_suffix(".raw")
    if raw.exists():
        _wrap(raw, path)
    is_short = conversation_seconds is not None and conversation_seconds < JUDGED_SECONDS_MIN
    if not path.exists() or path.stat().st_size <= WAV_HEADER_BYTES:
        if is_short:
            return Finding("present", 0.0, problem="the conversation ended before there was sound")
        return Finding("missing", problem="there is no file" if not path.exists() else "the file is empty")
    channels, seconds, levels = _measure(path, paused_seconds)
    agent = levels[1] if channels == 2 else None
    finding = Finding("present", seconds, levels[0], agent)
    sides = (("customer", levels[0]), ("agent", agent))
    quiet = [name for name, level in sides if level is not None and level < SILENT_DBFS]
    if quiet and not is_short and seconds - paused_seconds >= JUDGED_SECONDS_MIN:
        return Finding(
            "silent", seconds, levels[0], agent, problem=f"nothing is heard of the {' and the '.join(quiet)}"
        )
    if conversation_seconds is not None and channels == 2:
        shorter = conversation_seconds - seconds
        if shorter > SHORTER_SECONDS_MAX + SHORTER_SHARE_MAX * conversation_seconds:
            return Finding(
                "present", seconds, levels[0], agent, problem=f"{shorter:.0f} s shorter than the conversation"
            )
    return finding


def _written_after(path: Path, moment: datetime) -> bool:
    files = [file for file in (path, path.with_suffix(".raw")) if file.exists()]
    return any(file.stat().st_mtime > moment.timestamp() for file in files)


def _wrap(raw: Path, path: Path) -> None:
    """Put a WAV header before raw stereo samples, the sides exchanged; whole or not at all."""
    size = raw.stat().st_size // 4 * 4
    rate, channels, width = TELEPHONE_RATE, 2, 2
    header = b"RIFF" + struct.pack("<I", min(size + 36, 0xFFFFFFFF)) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * channels * width, channels * width, 8 * width)
    header += b"data" + struct.pack("<I", min(size, 0xFFFFFFFF))
    draft = path.with_suffix(".draft")
    with raw.open("rb") as source, draft.open("wb") as target:
        target.write(header)
        left = size
        while left > 0 and (block := source.read(min(left, 4 * BLOCK_FRAMES))):
            target.write(np.frombuffer(block, dtype="<i2").reshape(-1, 2)[:, ::-1].tobytes())
            left -= len(block)
    draft.chmod(FILE_MODE)
    draft.replace(path)
    raw.unlink()


def _measure(path: Path, paused_seconds: float) -> tuple[int, float, list[float]]:
    """Channels, seconds and level of each channel (dBFS) outside pauses, in blocks: a file may be hours long."""
    with path.open("rb") as file:
        header = file.read(WAV_HEADER_BYTES)
    channels, rate = struct.unpack_from("<HI", header, 22)
    samples = np.memmap(path, dtype="<i2", mode="r", offset=WAV_HEADER_BYTES)
    frames = len(samples) // channels
    power = np.zeros(channels)
    for start in range(0, frames, BLOCK_FRAMES):
        block = np.asarray(samples[start * channels : min(frames, start + BLOCK_FRAMES) * channels], dtype=np.float64)
        power += np.square(block.reshape(-1, channels)).sum(axis=0)
    with np.errstate(divide="ignore"):
        levels = 10 * np.log10(power / max(frames - paused_seconds * rate, 1) / 32_768**2)
    return channels, frames / rate, [float(max(SILENCE_DBFS, level)) for level in levels]


def _unattended(folder: Path, now: datetime) -> list[UnattendedMessage]:
    """Messages in the folder of those that nobody attended to and nobody adopted: each that is surely closed."""
    found: list[UnattendedMessage] = []
    for path in sorted((folder / UNATTENDED).glob("*.wav")):
        closed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if closed_at < now - timedelta(seconds=SETTLE_SECONDS):
            name = f"{UNATTENDED}-{path.stem}"
            found.append(UnattendedMessage(name, path, f"{closed_at:%Y-%m-%d}/{name}.wav", closed_at))
    return found
