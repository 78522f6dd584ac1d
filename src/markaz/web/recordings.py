"""Recordings heard: no byte of one is sent that is not asked for in the name of a play, and a play is an audit entry.

The centre's people hear what they may see; a client hears what its contract's sample holds. Who asks in a play's name
must be the one who began it, so that a play's id is of no use to anybody else.
"""

import asyncio
import re
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, Literal, LiteralString

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.telephony import PEAKS_MAX, peaks
from markaz.web.auditing import audit_of_recording
from markaz.web.commands import ANY, Asked, Id
from markaz.web.context import Connection, InstallationGiven, Principal, Transaction, allowed
from markaz.web.errors import (
    PlayNeeded,
    RangeRefused,
    RecordingElsewhere,
    RecordingErased,
    RecordingMissing,
    RecordingNotReady,
    RecordingNotSampled,
    RecordingUnknown,
)
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

PLAY_HOURS: Final = 4
"""A page that plays is open for so long; then it begins another play, which is told again."""
PLAYS_SHOWN_MAX: Final = 200
WAVEFORM_PARTS: Final = 800
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_WAV: dict[str, Any] = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}

_AUDIBLE: LiteralString = """
SELECT recording, contact, path, state, expected_at AS began_at, seconds, problem,
    context_hears(floor, contact) AS may_hear
FROM recording WHERE floor = %s AND recording = %s
"""
_PAUSES = """
SELECT extract(epoch FROM pause.began_at - its.expected_at)::float8 AS from_seconds,
    extract(epoch FROM coalesce(pause.ended_at, its.ended_at) - its.expected_at)::float8 AS to_seconds
FROM recording_pause AS pause JOIN recording AS its USING (floor, recording)
WHERE floor = %s AND recording = %s ORDER BY pause.began_at
"""
_BEGIN = """
INSERT INTO recording_play (floor, recording, id, contact, purpose, author, played_by, client, began_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_BEGUN = """
SELECT purpose FROM recording_play
WHERE floor = %s AND recording = %s AND id = %s AND author = context_user() AND expires_at > %s
"""
_PLAYS: LiteralString = """
SELECT played_by, client IS NOT NULL AS by_client, purpose, began_at FROM recording_play
WHERE floor = %s AND recording = %s ORDER BY began_at DESC, id LIMIT %s
"""

router = APIRouter(route_class=Once, prefix="/api/recordings/{recording}", tags=["recordings"])

Hearer = Annotated[Principal, Depends(allowed("recordings.play"))]
REFUSED = (*ANY, RecordingUnknown, RecordingNotSampled)
NOT_THERE = (*REFUSED, RecordingNotReady, RecordingMissing, RecordingErased, RecordingElsewhere)


class PausedSpan(BaseModel):
    """Nothing was kept from one moment to the other, in seconds from the beginning."""

    from_seconds: float
    to_seconds: float | None


class HeardRecording(BaseModel):
    """A recording. `state`: expected (being checked), present, silent (somebody is not heard) or missing."""

    recording: str
    contact: str
    state: str
    began_at: datetime
    seconds: float | None
    problem: str | None
    may_hear: bool = Field(description="A client may hear what its sample holds, staff all that it sees")
    pauses: list[PausedSpan]


class Begin(Asked):
    """What for: to hear it in a page, or to take the file away."""

    purpose: Literal["play", "export"] = "play"


class Play(BaseModel):
    """With which the sound may be asked for, by whoever began it."""

    play: str
    expires_at: datetime


class Played(BaseModel):
    """Who heard a recording or took it away."""

    played_by: str
    by_client: bool
    purpose: str
    began_at: datetime


class Waveform(BaseModel):
    """The largest amplitude (0 to 1) in each of equal parts. `agent` is empty where nobody but the customer speaks."""

    seconds: float
    customer: list[float]
    agent: list[float]


@router.get("", responses=refusals(*ANY, RecordingUnknown))
async def recording(
    recording: Id, hearer: Hearer, installation: InstallationGiven, connection: Transaction
) -> HeardRecording:
    """What the ledger knows of a recording, and where it was paused."""
    row = await _row(connection, installation.floor, recording)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PAUSES, (installation.floor, recording))
        return HeardRecording(**row, pauses=[PausedSpan(**one) for one in await cursor.fetchall()])


@router.post("/plays", status_code=HTTPStatus.CREATED, responses=refusals(*NOT_THERE))
async def begin_play(
    recording: Id,
    asked: Begin,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Play:
    """Begin to hear a recording, which both the centre and the client see in the audit trail."""
    row = await audible(connection, installation.floor, recording)
    await asyncio.to_thread(_file, installation.recordings, row)
    play, began_at = secrets.token_urlsafe(24), installation.clock()
    expires_at = began_at + timedelta(hours=PLAY_HOURS)
    values = (recording, play, row["contact"], asked.purpose, hearer.id, hearer.name, hearer.client)
    await connection.execute(_BEGIN, (installation.floor, *values, began_at, expires_at))
    action = "recording.played" if asked.purpose == "play" else "recording.exported"
    await audit_of_recording(connection, action, installation.floor, row["contact"], recording, address)
    return Play(play=play, expires_at=expires_at)


@router.get("/plays", responses=refusals(*ANY, RecordingUnknown))
async def plays(
    recording: Id, hearer: Hearer, installation: InstallationGiven, connection: Transaction
) -> list[Played]:
    """Who heard the recording or took it away, the latest first."""
    await _row(connection, installation.floor, recording)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PLAYS, (installation.floor, recording, PLAYS_SHOWN_MAX))
        return [Played(**one) for one in await cursor.fetchall()]


@router.get(
    "/sound",
    response_class=FileResponse,
    responses={
        200: {"content": _WAV, "description": "All of it"},
        206: {"content": _WAV, "description": "The range of bytes that was asked for"},
    }
    | refusals(*NOT_THERE, PlayNeeded, RangeRefused),
)
async def sound(
    recording: Id,
    request: Request,
    hearer: Hearer,
    installation: InstallationGiven,
    connection: Transaction,
    play: Annotated[Id | None, Query(description="From POST .../plays")] = None,
) -> FileResponse:
    """The recording as WAV: left the customer, right the agent; a message has one channel."""
    row = await audible(connection, installation.floor, recording)
    asked = (installation.floor, recording, play, installation.clock())
    begun = await (await connection.execute(_BEGUN, asked)).fetchone()
    if begun is None:
        raise PlayNeeded
    path = await asyncio.to_thread(_file, installation.recordings, row)
    _check_range(request.headers.get("range"), path.stat().st_size)
    is_kept = begun[0] == "export"
    name = re.sub(r"[^A-Za-z0-9.-]", "-", recording)
    return FileResponse(
        path,
        media_type="audio/wav",
        filename=f"{name}.wav" if is_kept else None,
        headers={"Cache-Control": "no-store"},
    )


@router.get("/waveform", responses=refusals(*NOT_THERE))
async def waveform(recording: Id, hearer: Hearer, installation: InstallationGiven, connection: Transaction) -> Waveform:
    """How loud each of the two was, in at most 800 parts."""
    row = await audible(connection, installation.floor, recording)
    path = await asyncio.to_thread(_file, installation.recordings, row)
    found = await asyncio.to_thread(peaks, path, min(WAVEFORM_PARTS, PEAKS_MAX))
    customer, agent = (*found.sides, ())[:2]
    return Waveform(seconds=found.seconds, customer=list(customer), agent=list(agent))


async def audible(connection: Connection, floor: str, recording: str) -> dict[str, Any]:
    """The ledger's row of a recording that the asker may hear. Raises `RecordingUnknown`, `RecordingNotSampled`."""
    row = await _row(connection, floor, recording)
    if not row["may_hear"]:
        raise RecordingNotSampled(recording)
    return row


async def _row(connection: Connection, floor: str, recording: str) -> dict[str, Any]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(_AUDIBLE, (floor, recording))).fetchone()
    if row is None:
        raise RecordingUnknown(recording)
    return row


def _file(folder: Path | None, row: dict[str, Any]) -> Path:
    """Where the sound is, never outside of the folder. Raises what `NOT_THERE` lists."""
    match row["state"]:
        case "expected":
            raise RecordingNotReady
        case "erased":
            raise RecordingErased
        case "missing":
            raise RecordingMissing(row["problem"] or "there is no file")
        case _:
            pass
    if folder is None or not folder.is_dir():
        raise RecordingElsewhere
    path = (folder / row["path"]).resolve()
    if not path.is_relative_to(folder.resolve()) or path.suffix != ".wav" or not path.is_file():
        raise RecordingMissing("there is no file")
    return path


def _check_range(header: str | None, size: int) -> None:
    """Whether one range within the file is asked for (RFC 9110, 14.2), or all of it. Raises `RangeRefused`."""
    if header is None:
        return
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.group(1) == found.group(2) == "":
        raise RangeRefused(size)
    first, last = found.groups()
    if first == "":
        is_within = int(last) > 0 and size > 0
    else:
        is_within = int(first) < size and (last == "" or int(first) <= int(last))
    if not is_within:
        raise RangeRefused(size)
