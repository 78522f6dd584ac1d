"""Contacts that were heard, for pictures of pages that would be empty: rows as the projector writes them, and a sound.

The sample is committed, sealed and drawn by the worker's own functions, at moments of those days.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psycopg

from markaz.kit.clock import WallClock
from markaz.kit.time import moment
from markaz.listening import commit_days, draw_days, seal_days
from markaz.reports.agreements import Terms, terms_hash
from markaz.reports.catalogue import Chosen
from markaz.telephony.sound import TELEPHONE_RATE, write_wav

FLOOR = "main"
FIRST = moment(WallClock()()).replace(hour=9, minute=12, second=0, microsecond=0) - timedelta(days=3)
DRAWN, SEALED = (f"{FIRST + timedelta(days=n):%Y-%m-%d}" for n in (0, 1))
"""Days of the sample: one to hear, and one that waits for the client."""
DELIVERED = f"{FIRST:%Y-%m-%d}T00:00:00Z%200"
"""The first day, as the address of the reports has it."""
OPEN = "heard-2"
SECONDS = 96
MISSING = 6
_CONTACT = """
INSERT INTO contact (floor, contact, channel, project, number, customer, state, queue, arrived_at, queued_at,
    answered_at, closed_at, outcome, agents)
VALUES (%(floor)s, %(contact)s, 'voice', 'hotline', '+49301000', %(customer)s, 'closed', 'cards', %(at)s,
    %(at)s + interval '8 s', %(at)s + interval '20 s', %(at)s + interval '116 s', 'answered', '{amira}');
INSERT INTO contact_segment (floor, contact, n, state, queue, agent, began_at, ended_at) VALUES
    (%(floor)s, %(contact)s, 1, 'in_self_service', NULL, NULL, %(at)s, %(at)s + interval '8 s'),
    (%(floor)s, %(contact)s, 2, 'offered', 'cards', 'amira', %(at)s + interval '15 s', %(at)s + interval '20 s'),
    (%(floor)s, %(contact)s, 3, 'in_conversation', 'cards', 'amira', %(at)s + interval '20 s',
        %(at)s + interval '116 s');
INSERT INTO queue_visit (floor, contact, n, queue, entered_at, left_at, ended, agent, wait_seconds)
VALUES (%(floor)s, %(contact)s, 1, 'cards', %(at)s + interval '8 s', %(at)s + interval '20 s', 'answered', 'amira', 12);
INSERT INTO engagement (floor, offer, contact, agent, queue, offered_at, connected_at, wrap_up_at, ended_at, state,
    disposition)
VALUES (%(floor)s, %(contact)s, %(contact)s, 'amira', 'cards', %(at)s + interval '15 s', %(at)s + interval '20 s',
    %(at)s + interval '116 s', %(at)s + interval '140 s', 'ended', 'solved');
INSERT INTO contact_note (floor, contact, id, text, author, written_by)
VALUES (%(floor)s, %(contact)s, 'n', 'The card was blocked by mistake; a new one is on its way.', 'x', 'Amira Hassan');
INSERT INTO feedback (floor, contact, question, answer, project, queue, agent, offer, at)
VALUES (%(floor)s, %(contact)s, 'friendly', %(answer)s, 'hotline', 'cards', 'amira', %(contact)s,
    %(at)s + interval '125 s');
INSERT INTO recording (floor, recording, contact, agent, queue, path, expected_at, ended_at, state, seconds)
VALUES (%(floor)s, %(contact)s, %(contact)s, 'amira', 'cards', %(path)s, %(at)s + interval '20 s',
    %(at)s + interval '116 s', %(state)s, 96);
INSERT INTO recording_pause (floor, recording, began_at, ended_at)
VALUES (%(floor)s, %(contact)s, %(at)s + interval '62 s', %(at)s + interval '74 s')
"""
_COMMENT = """
INSERT INTO recording_comment (floor, recording, id, contact, at_seconds, text, author, written_by) VALUES
    ('main', 'heard-2', 'a', 'heard-2', 18.5, 'Well greeted, and the name is asked at once.', 'x', 'Leila Rahimi'),
    ('main', 'heard-2', 'b', 'heard-2', 71, 'Please say why it takes five days.', 'y', 'Example Bank')
"""
_TERMS = """
INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by)
VALUES (%s, 'hotline', %s, 5000, 'UTC', 'x', 'Amira Hassan')
"""
_GIVEN = """
UPDATE sample_day SET client_half = '4 6 1 3 3 2 5', given_by = 'Example Bank', given_at = %s WHERE day = %s
"""
_AGREED = """
INSERT INTO report_version (centre, report, version, client, terms, hash, state, proposed_by, proposer, proposed_at,
    decider, decided_at)
SELECT floor.centre, 'daily', %(version)s, 'bank', %(terms)s, %(hash)s, %(state)s, 'centre', 'Leila Rahimi',
    %(at)s::timestamptz, %(decider)s::text, CASE WHEN %(decider)s::text IS NULL THEN NULL ELSE %(at)s::timestamptz END
FROM floor WHERE floor.id = %(floor)s
"""
"""The worker delivers it by itself, since its periods are over."""


async def seed(connection: psycopg.AsyncConnection[Any], recordings: Path) -> None:
    """Two days of the bank, stored at once: the worker that runs meanwhile finds them done."""
    (recordings / "heard").mkdir(parents=True, exist_ok=True)
    (recordings / "heard/sound.wav").write_bytes(conversation())
    async with connection.transaction():
        await connection.execute(_TERMS, (FLOOR, DRAWN))
        await commit_days(connection, FLOOR, now=FIRST - timedelta(days=1), half=lambda: "5f" * 32)
        async with psycopg.AsyncClientCursor(connection) as cursor:
            for n in range(24):
                at = FIRST + timedelta(days=n // 16, minutes=17 * (n % 16))
                await cursor.execute(_CONTACT, {
                    "floor": FLOOR, "contact": f"heard-{n}", "customer": f"+4915120{n:04}", "at": at,
                    "path": "heard/sound.wav", "answer": 5 - n % 7 % 4,
                    "state": "missing" if n == MISSING else "present",
                })  # fmt: skip
            await cursor.execute(_COMMENT)
            await agree_on_a_report(cursor)
        await seal_days(connection, FLOOR, now=FIRST + timedelta(days=2))
        await connection.execute(_GIVEN, (FIRST + timedelta(days=1), DRAWN))
        await draw_days(connection, FLOOR, now=FIRST + timedelta(days=1, minutes=5))


async def agree_on_a_report(cursor: psycopg.AsyncCursor[Any]) -> None:
    """A daily report that is agreed, and other terms for it that wait for the client."""
    names = ("offered", "answered", "abandoned", "service_level", "answer_time_mean", "handle_time_mean")
    agreed = Terms(
        name="Daily figures of the hotline", projects=("hotline",), interval="half_hour", group="queue",
        figures=tuple(Chosen(figure=name) for name in names), first_day=FIRST.date(),
    )  # fmt: skip
    wanted = msgspec.structs.replace(agreed, interval="hour")
    for version, terms, decider in ((1, agreed, "Example Bank"), (2, wanted, None)):
        await cursor.execute(_AGREED, {
            "version": version, "terms": msgspec.json.encode(terms, order="deterministic").decode(),
            "hash": terms_hash(terms), "state": "agreed" if decider else "proposed", "at": FIRST, "decider": decider,
            "floor": FLOOR,
        })  # fmt: skip


def conversation() -> bytes:
    """Two who speak in turns, the agent a little louder; nothing where it was paused."""
    at = np.arange(SECONDS * TELEPHONE_RATE) / TELEPHONE_RATE
    chance = np.random.default_rng(7)
    voice = chance.normal(size=at.size) * (0.35 + 0.65 * np.abs(np.sin(2 * np.pi * 2.3 * at)))
    turn = np.repeat(chance.integers(0, 3, SECONDS // 4), 4 * TELEPHONE_RATE)
    kept = (at < 42) | (at > 54)
    sides = (voice * (turn != 1) * kept * 2_600, np.roll(voice, 900) * (turn != 0) * kept * 3_800)
    return write_wav(np.clip(np.stack(sides, axis=1), -32_000, 32_000).astype(np.int16), TELEPHONE_RATE)
