"""A sample's days: committed before they begin, sealed when they are over, drawn when the client has given its half.

Each step is one transaction, leaves an audit entry that the client sees, and is done once: the database refuses to
change what a step has left.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from markaz.listening.rule import commitment_of, hash_of, is_drawn, manifest_of, seed_of

Connection = psycopg.AsyncConnection[Any]

COMMITTED_DAYS: Final = 2
"""Days ahead whose commitment stands already: terms that change now count from the one after them."""
SETTLE_MINUTES: Final = 15
"""After a day's end; a recording's row may wait so long for the database."""
WAITED_HOURS_MAX: Final = 24
"""For read models that are behind; then the list is sealed as it is."""
ANSWER_DAYS: Final = 7
"""The client's time to give its half; then the sample is drawn without it."""
DAYS_MAX: Final = 100
"""Sealed or drawn in one round."""
CONTACTS_MAX: Final = 200_000
"""Of a project in a day."""

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('markaz samples'), hashtext(%s))"
_IN_FORCE: Final[LiteralString] = """
SELECT DISTINCT ON (terms.project) terms.project, project.client, share_basis_points, zone
FROM sample_terms AS terms
JOIN floor ON floor.id = terms.floor
JOIN project ON project.centre = floor.centre AND project.id = terms.project AND project.retired_at IS NULL
WHERE terms.floor = %s AND from_day <= %s AND NOT EXISTS (
    SELECT FROM sample_day AS its WHERE its.floor = terms.floor AND its.project = terms.project AND its.day = %s)
ORDER BY terms.project, from_day DESC
"""
_COMMIT: Final[LiteralString] = """
INSERT INTO sample_day (floor, project, day, zone, begins_at, ends_at, share_basis_points, commitment, centre_half,
    committed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_OVER: Final[LiteralString] = """
SELECT project, day, begins_at, ends_at FROM sample_day
WHERE floor = %(floor)s AND sealed_at IS NULL AND ends_at < %(settled)s AND (ends_at < %(waited)s OR NOT EXISTS (
    SELECT FROM recording WHERE recording.floor = %(floor)s AND expected_at >= begins_at AND expected_at < ends_at
        AND NOT EXISTS (
            SELECT FROM contact AS its WHERE its.floor = recording.floor AND its.contact = recording.contact)
))
ORDER BY day, project LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_LIST: Final[LiteralString] = """
INSERT INTO sample_contact (floor, project, day, contact)
SELECT contact.floor, contact.project, %(day)s, contact.contact
FROM contact JOIN (
    SELECT DISTINCT contact FROM recording
    WHERE floor = %(floor)s AND expected_at >= %(begins_at)s AND expected_at < %(ends_at)s AND NOT EXISTS (
        SELECT FROM recording AS earlier WHERE earlier.floor = recording.floor
            AND earlier.contact = recording.contact AND earlier.expected_at < %(begins_at)s)
) AS recorded USING (contact)
WHERE contact.floor = %(floor)s AND contact.project = %(project)s
ORDER BY contact.contact LIMIT %(limit)s
RETURNING contact
"""
_SEAL: Final[LiteralString] = """
UPDATE sample_day SET sealed_at = %s, contacts = %s, manifest = %s WHERE floor = %s AND project = %s AND day = %s
"""
_GIVEN: Final[LiteralString] = """
SELECT project, day, share_basis_points, centre_half, client_half FROM sample_day
WHERE floor = %s AND drawn_at IS NULL AND sealed_at IS NOT NULL AND (client_half IS NOT NULL OR sealed_at < %s)
ORDER BY day, project LIMIT %s FOR UPDATE SKIP LOCKED
"""
_LISTED: Final[LiteralString] = "SELECT contact FROM sample_contact WHERE floor = %s AND project = %s AND day = %s"
_DRAW_CONTACT: Final[LiteralString] = """
UPDATE sample_contact SET hash = %s, is_drawn = %s WHERE floor = %s AND project = %s AND day = %s AND contact = %s
"""
_DRAW: Final[LiteralString] = """
UPDATE sample_day SET revealed_half = centre_half, seed = %s, drawn_at = %s
WHERE floor = %s AND project = %s AND day = %s
"""
_TELL: Final[LiteralString] = """
SELECT audit_append(floor.centre, 'system:worker', 'Markaz', '', %(action)s, 'project:' || project.id, project.client,
    %(details)s::jsonb)
FROM floor JOIN project ON project.centre = floor.centre WHERE floor.id = %(floor)s AND project.id = %(project)s
"""


async def lock_terms(connection: Connection, floor: str) -> None:
    """Until the transaction ends nobody else agrees terms or commits days, so that no day begins between two."""
    await connection.execute(_LOCK, (floor,))


async def commit_days(connection: Connection, floor: str, *, now: datetime, half: Callable[[], str]) -> int:
    """Publish the hash of the centre's half for days that have not begun; how many. `half`: a secret of 256 bits."""
    committed = 0
    for ahead in range(COMMITTED_DAYS + 2):  # dates differ by one around the world; what has begun is left out
        day = (now + timedelta(days=ahead)).date()
        async with connection.transaction():
            await lock_terms(connection, floor)
            rows = await (await connection.execute(_IN_FORCE, (floor, day, day))).fetchall()
            for project, _client, share, zone in rows:
                begins_at, ends_at = bounds_of(day, zone)
                if not now < begins_at <= now + timedelta(days=COMMITTED_DAYS):
                    continue
                secret = half()
                values = (floor, project, day, zone, begins_at, ends_at, share, commitment_of(secret), secret, now)
                if (await connection.execute(_COMMIT, values)).rowcount == 1:
                    told = {"commitment": commitment_of(secret), "share_basis_points": share}
                    await _tell(connection, floor, project, day, "sample.committed", **told)
                    committed += 1
    return committed


async def seal_days(connection: Connection, floor: str, *, now: datetime) -> int:
    """Fix which contacts of the days that are over can be drawn: those whose first recording began in the day."""
    asked = {
        "floor": floor,
        "settled": now - timedelta(minutes=SETTLE_MINUTES),
        "waited": now - timedelta(hours=WAITED_HOURS_MAX),
        "limit": DAYS_MAX,
    }
    async with connection.transaction():
        days = await (await connection.execute(_OVER, asked)).fetchall()
        for project, day, begins_at, ends_at in days:
            within = {"floor": floor, "project": project, "day": day, "begins_at": begins_at, "ends_at": ends_at}
            rows = await (await connection.execute(_LIST, within | {"limit": CONTACTS_MAX})).fetchall()
            manifest = manifest_of(contact for (contact,) in rows)
            await connection.execute(_SEAL, (now, len(rows), manifest, floor, project, day))
            await _tell(connection, floor, project, day, "sample.sealed", manifest=manifest, contacts=len(rows))
    return len(days)


async def draw_days(connection: Connection, floor: str, *, now: datetime) -> int:
    """Reveal the centre's half and draw, where the client has given its own, or has let its time pass."""
    late = now - timedelta(days=ANSWER_DAYS)
    async with connection.transaction():
        days = await (await connection.execute(_GIVEN, (floor, late, DAYS_MAX))).fetchall()
        for project, day, share, centre_half, client_half in days:
            seed = seed_of(centre_half=centre_half, client_half=client_half or "")
            listed = await (await connection.execute(_LISTED, (floor, project, day))).fetchall()
            hashes = [(contact, hash_of(seed=seed, contact=contact)) for (contact,) in listed]
            drawn = [(value, is_drawn(value, share), floor, project, day, contact) for contact, value in hashes]
            async with connection.cursor() as cursor:
                await cursor.executemany(_DRAW_CONTACT, drawn)
            await connection.execute(_DRAW, (seed, now, floor, project, day))
            told = {"seed": seed, "drawn": sum(row[1] for row in drawn), "without_client": client_half is None}
            await _tell(connection, floor, project, day, "sample.drawn", **told)
    return len(days)


def bounds_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day begins and ends in a zone, in UTC; it has 23 or 25 hours where clocks change."""
    midnights = (datetime.combine(one, time(), ZoneInfo(zone)) for one in (day, day + timedelta(days=1)))
    begins_at, ends_at = (midnight.astimezone(UTC) for midnight in midnights)
    return begins_at, ends_at


async def _tell(connection: Connection, floor: str, project: str, day: date, action: str, **details: object) -> None:
    body = msgspec.json.encode({"day": day, **details}).decode()
    await connection.execute(_TELL, {"floor": floor, "project": project, "action": action, "details": body})
