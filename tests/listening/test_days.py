"""A day is committed before it begins, sealed after it, drawn when both halves are there; and then it stays so."""

import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from markaz.listening import bounds_of, commit_days, commitment_of, draw_days, hash_of, is_drawn, manifest_of, seal_days
from markaz.runtime import connect

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = date(2026, 11, 25)
AFTER = datetime(2026, 11, 26, 0, 20, tzinfo=UTC)
Owner = psycopg.AsyncConnection[Any]


@pytest.fixture
async def owner(database: str) -> AsyncIterator[Owner]:
    """A centre with a project of which a quarter is heard."""
    async with await connect(database) as connection:
        await connection.execute("INSERT INTO centre (id, name) VALUES ('c', 'C')")
        await connection.execute("INSERT INTO floor (id, centre) VALUES ('main', 'c')")
        await connection.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'bank', 'B', '{}')")
        await connection.execute(
            "INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'hotline', 'H', 'bank', '{}')"
        )
        await connection.execute(
            "INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by) "
            "VALUES ('main', 'hotline', '2026-11-25', 2500, 'UTC', 'm', 'M')"
        )
        yield connection


async def record(owner: Owner, contact: str, at: datetime, *, project: str = "hotline", state: str = "present") -> None:
    await owner.execute(
        "INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at) "
        "VALUES ('main', %s, 'voice', %s, '+491', 'closed', %s) ON CONFLICT DO NOTHING",
        (contact, project, at),
    )
    await owner.execute(
        "INSERT INTO recording (floor, recording, contact, path, expected_at, state) "
        "VALUES ('main', %s, %s, 'p', %s, %s)",
        (f"{contact}-{at:%H%M}", contact, at, state),
    )


async def commit(owner: Owner, now: datetime = NOON) -> int:
    numbers = itertools.count(1)
    return await commit_days(owner, "main", now=now, half=lambda: f"secret {next(numbers)}")


async def told(owner: Owner, action: str) -> list[dict[str, Any]]:
    rows = await owner.execute("SELECT details FROM audit_entry WHERE action = %s AND client = 'bank'", (action,))
    return [json.loads(details) for (details,) in await rows.fetchall()]


async def the_day(
    owner: Owner, columns: LiteralString = "sealed_at, contacts, manifest, seed, drawn_at"
) -> tuple[Any, ...]:
    found = await owner.execute(f"SELECT {columns} FROM sample_day WHERE day = %s", (DAY,))
    return await found.fetchone() or ()


async def test_days_are_committed_before_they_begin(owner: Owner) -> None:
    assert await commit(owner) == 2
    assert await commit(owner) == 0, "once"
    rows = await (await owner.execute("SELECT day, commitment, centre_half FROM sample_day ORDER BY day")).fetchall()
    assert [day for day, _, _ in rows] == [DAY, DAY + timedelta(days=1)], "neither today nor farther ahead"
    assert all(commitment == commitment_of(half) for _, commitment, half in rows)
    assert len({half for _, _, half in rows}) == 2
    assert [one["commitment"] for one in await told(owner, "sample.committed")] == [row[1] for row in rows]
    assert "secret" not in str(await told(owner, "sample.committed"))


async def test_the_list_holds_whoever_was_first_recorded_in_the_day(owner: Owner) -> None:
    await commit(owner)
    day, hour = datetime(2026, 11, 25, tzinfo=UTC), timedelta(hours=1)
    await record(owner, "evening-before", day - hour)
    await record(owner, "evening-before", day + hour)  # it went on after midnight
    await record(owner, "first", day)
    await record(owner, "first", day + hour)
    await record(owner, "lost", day + hour, state="missing")
    await record(owner, "last", day + 24 * hour - timedelta(seconds=1))
    await record(owner, "next-day", day + 24 * hour)
    await record(owner, "other-project", day + hour, project="shopline")
    assert await seal_days(owner, "main", now=AFTER) == 1
    listed = {one for (one,) in await (await owner.execute("SELECT contact FROM sample_contact")).fetchall()}
    assert listed == {"first", "lost", "last"}
    sealed_at, count, manifest, seed, drawn_at = await the_day(owner)
    assert (sealed_at, count, manifest, seed, drawn_at) == (AFTER, 3, manifest_of(listed), None, None)
    assert await seal_days(owner, "main", now=AFTER) == 0
    assert [(one["contacts"], one["manifest"]) for one in await told(owner, "sample.sealed")] == [(3, manifest)]


async def test_a_list_waits_for_contacts_that_are_not_projected_yet(owner: Owner) -> None:
    await commit(owner)
    await record(owner, "late", datetime(2026, 11, 25, 9, tzinfo=UTC))
    await owner.execute("DELETE FROM contact")
    assert await seal_days(owner, "main", now=AFTER) == 0
    assert await seal_days(owner, "main", now=AFTER + timedelta(hours=23, minutes=50)) == 1, "not for ever"


async def test_nothing_is_drawn_before_the_client_has_given_its_half(owner: Owner) -> None:
    await commit(owner)
    for n in range(40):
        await record(owner, f"c{n}", datetime(2026, 11, 25, 9, tzinfo=UTC))
    await seal_days(owner, "main", now=AFTER)
    assert await draw_days(owner, "main", now=AFTER) == 0
    await owner.execute("UPDATE sample_day SET client_half = '4 6 1', given_by = 'B' WHERE day = %s", (DAY,))
    assert await draw_days(owner, "main", now=AFTER) == 1
    (seed, revealed, commitment) = await the_day(owner, "seed, revealed_half, commitment")
    assert commitment_of(revealed) == commitment
    rows = await (await owner.execute("SELECT contact, hash, is_drawn FROM sample_contact")).fetchall()
    assert len(rows) == 40
    assert 0 < sum(drawn for _, _, drawn in rows) < 40
    for contact, value, drawn in rows:
        assert (value, drawn) == (hash_of(seed=seed, contact=contact), is_drawn(value, 2_500))
    (entry,) = await told(owner, "sample.drawn")
    assert (entry["seed"], entry["without_client"]) == (seed, False)


async def test_a_client_that_is_silent_for_a_week_has_the_sample_drawn_without_it(owner: Owner) -> None:
    await commit(owner)
    await seal_days(owner, "main", now=AFTER)
    assert await draw_days(owner, "main", now=AFTER + timedelta(days=6)) == 0
    assert await draw_days(owner, "main", now=AFTER + timedelta(days=8)) == 1
    assert (await told(owner, "sample.drawn"))[0]["without_client"] is True


async def test_shares_that_change_leave_committed_days_alone(owner: Owner) -> None:
    await commit(owner)
    await owner.execute(
        "INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by) "
        "VALUES ('main', 'hotline', '2026-11-25', 1, 'UTC', 'm', 'M') ON CONFLICT DO NOTHING"
    )
    await owner.execute(
        "INSERT INTO sample_terms (floor, project, from_day, share_basis_points, zone, author, agreed_by) "
        "VALUES ('main', 'hotline', '2026-11-27', 100, 'UTC', 'm', 'M')"
    )
    await commit(owner, NOON + timedelta(days=1))
    shares = await (await owner.execute("SELECT share_basis_points FROM sample_day ORDER BY day")).fetchall()
    assert shares == [(2_500,), (2_500,), (100,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sample_day SET commitment = 'x'",
        "UPDATE sample_day SET centre_half = 'x'",
        "UPDATE sample_day SET share_basis_points = 1",
        "UPDATE sample_day SET manifest = 'x'",
        "UPDATE sample_day SET client_half = 'x'",
        "UPDATE sample_day SET seed = 'x'",
        "DELETE FROM sample_day",
        "UPDATE sample_contact SET is_drawn = NOT is_drawn",
        "DELETE FROM sample_contact",
    ],
)
async def test_a_day_that_is_drawn_stays_as_it_is_for_the_owner_too(owner: Owner, statement: Any) -> None:
    await commit(owner)
    await record(owner, "one", datetime(2026, 11, 25, 9, tzinfo=UTC))
    await seal_days(owner, "main", now=AFTER)
    await owner.execute("UPDATE sample_day SET client_half = '4 6 1' WHERE day = %s", (DAY,))
    await draw_days(owner, "main", now=AFTER)
    with pytest.raises(psycopg.errors.RaiseException, match="stays"):
        await owner.execute(statement)


async def test_a_half_before_the_list_is_sealed_is_refused(owner: Owner) -> None:
    await commit(owner)
    with pytest.raises(psycopg.errors.RaiseException, match="stays"):
        await owner.execute("UPDATE sample_day SET client_half = 'x'")


def test_a_day_is_as_long_as_its_zone_makes_it() -> None:
    begins_at, ends_at = bounds_of(date(2026, 10, 25), "Europe/Berlin")
    assert (ends_at - begins_at, begins_at) == (timedelta(hours=25), datetime(2026, 10, 24, 22, tzinfo=UTC))
