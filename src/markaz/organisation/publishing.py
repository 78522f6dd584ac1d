"""Scripts as agents get them, and the sounds that were uploaded."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from markaz.organisation.errors import ScriptUnknown, SoundsFull
from markaz.organisation.model import Disposition, Project
from markaz.scripts import Deviation, Script

Connection = psycopg.AsyncConnection[Any]

SOUNDS_MAX = 2_000
"""Of one centre; each has 300 seconds at most."""

_PROJECT = "SELECT rules::text FROM project WHERE centre = %s AND id = %s AND retired_at IS NULL"
_DISPOSITIONS = """
SELECT rules::text FROM disposition WHERE centre = %s AND project = %s AND retired_at IS NULL ORDER BY id COLLATE "C"
"""
_VERSION = """
SELECT version, published_at, rules::text FROM script_version
WHERE centre = %(centre)s AND script = %(script)s AND (%(version)s::int IS NULL OR version = %(version)s)
ORDER BY version DESC LIMIT 1
"""
_KEEP_SOUND = "INSERT INTO sound (centre, id, wav) VALUES (%s, %s, %s) ON CONFLICT (centre, id) DO NOTHING"
_COUNT_SOUNDS = "SELECT count(*) FROM sound WHERE centre = %s"
_SOUND = "SELECT wav FROM sound WHERE centre = %s AND id = %s"


class PublishedScript(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a script, which never changes, with what the project allows and offers now."""

    version: int
    published_at: datetime
    script: Script
    deviations: tuple[Deviation, ...]
    dispositions: tuple[Disposition, ...]


async def published_script(
    connection: Connection, centre: str, project: str, *, version: int | None = None, script: str | None = None
) -> PublishedScript:
    """The script that agents of `project` follow now, or an older `version` of it for a contact that began with that.

    `script`: the one that the contact began with, where the project follows another by now. Raises `ScriptUnknown`.
    """
    found = await (await connection.execute(_PROJECT, (centre, project))).fetchone()
    if found is None:
        raise ScriptUnknown(project)
    rules = msgspec.json.decode(found[0], type=Project)
    wanted = {"centre": centre, "script": script or rules.script, "version": version}
    published = await (await connection.execute(_VERSION, wanted)).fetchone()
    if published is None:
        raise ScriptUnknown(project)
    rows = await (await connection.execute(_DISPOSITIONS, (centre, project))).fetchall()
    return PublishedScript(
        version=published[0],
        published_at=published[1],
        script=msgspec.json.decode(published[2], type=Script),
        deviations=rules.deviations,
        dispositions=tuple(msgspec.json.decode(row, type=Disposition) for (row,) in rows),
    )


async def keep_sound(connection: Connection, centre: str, wav: bytes) -> str:
    """Keep a sound in telephone quality; its id, which the same sound always has. Raises `SoundsFull`."""
    (kept,) = await (await connection.execute(_COUNT_SOUNDS, (centre,))).fetchone() or (0,)
    if kept >= SOUNDS_MAX:
        raise SoundsFull(SOUNDS_MAX)
    id_ = hashlib.sha256(wav).hexdigest()
    await connection.execute(_KEEP_SOUND, (centre, id_, wav))
    return id_


async def sound(connection: Connection, centre: str, id_: str) -> bytes | None:
    """A WAV file; None when it was never kept."""
    found = await (await connection.execute(_SOUND, (centre, id_))).fetchone()
    return None if found is None else bytes(found[0])
