"""Recordings with real files, of two clients, for the tests of who hears what."""

from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from markaz.telephony.sound import write_wav
from tests.web.conftest import FLOOR

SECONDS = 4
RATE = 8_000


def two_sided_wav() -> bytes:
    """The customer in the first half on the left, the agent in the second half on the right, half as loud."""
    at = np.arange(SECONDS * RATE) / RATE
    tone = np.sin(2 * np.pi * 440 * at)
    sides = (tone * (at < SECONDS / 2) * 16_000, tone * (at >= SECONDS / 2) * 8_000)
    return write_wav(np.stack(sides, axis=1).astype(np.int16), RATE)


def another_client(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'shop', 'A shop', '{}')")
    owner.execute(
        "INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'shopline', 'Shopline', 'shop', '{}')"
    )


def recorded(
    owner: psycopg.Connection[Any],
    contact: str,
    *,
    project: str = "hotline",
    state: str = "present",
    path: str | None = None,
    folder: Path | None = None,
) -> str:
    """A contact with one recording, whose id it has, and its file where a `folder` is given."""
    path = path or f"2026-11-25/{contact}.wav"
    owner.execute(
        "INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at, closed_at, outcome) "
        "VALUES (%s, %s, 'voice', %s, '+491', 'closed', '2026-11-25T12:00:00Z', '2026-11-25T12:01:00Z', 'answered')",
        (FLOOR, contact, project),
    )
    owner.execute(
        "INSERT INTO recording (floor, recording, contact, path, expected_at, ended_at, state, seconds) "
        "VALUES (%s, %s, %s, %s, '2026-11-25T12:00:10Z', '2026-11-25T12:00:14Z', %s, 4)",
        (FLOOR, contact, contact, path, state),
    )
    if folder is not None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(two_sided_wav())
    return contact


def drawn(owner: psycopg.Connection[Any], contact: str, *, project: str = "hotline", is_drawn: bool = True) -> None:
    """A row of the sample of the contact's day."""
    owner.execute(
        "INSERT INTO sample_contact (floor, project, day, contact, hash, is_drawn) "
        "VALUES (%s, %s, '2026-11-25', %s, 'ab', %s)",
        (FLOOR, project, contact, is_drawn),
    )


def audited(owner: psycopg.Connection[Any], action: str) -> list[tuple[Any, ...]]:
    asked = "SELECT subject, client, actor_name FROM audit_entry WHERE action = %s ORDER BY number"
    return owner.execute(asked, (action,)).fetchall()
