"""Any figure can be recomputed from the rows: random nights, recomputed with plain loops."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from psycopg import AsyncConnection

from markaz.reports import ServiceLevel, report
from tests.reports import rows
from tests.reports.rows import FLOOR, utc

ENDS = ("answered", "abandoned", "overflowed", "voicemail", "callback", "transferred", "refused", "lost_to_fault", None)
SINCE = utc("2026-03-29", "00:00")
UNTIL = SINCE + timedelta(hours=3)
DEFINITION = ServiceLevel(target_seconds=15, of="offered_less_early_abandoned", short_abandon_seconds=4)
Visit = tuple[str, str, datetime, float, str | None]


async def fill(connection: AsyncConnection[Any], random: np.random.Generator) -> list[Visit]:
    visits: list[Visit] = []
    for number in range(150):
        name, at = f"c{number}", SINCE + timedelta(seconds=int(random.integers(-1800, 3 * 3600 + 1800)))
        project = f"p{number % 3}"
        await rows.contact(connection, name, project=project, arrived_at=at)
        for n in range(1, 4):
            wait, ended = float(random.integers(0, 60)), ENDS[int(random.integers(len(ENDS)))]
            await rows.visit(connection, name, n, queue=f"q{random.integers(3)}", entered_at=at, wait=wait, ended=ended)
            visits.append((name, project, at, wait, ended))
            at += timedelta(seconds=wait)
            if ended not in ("overflowed", "transferred") or random.random() < 0.3:
                break
    return visits


def chained(visits: list[Visit]) -> list[Visit]:
    """A stay that followed an overflow of the same contact is joined to it."""
    joined: list[Visit] = []
    for name, project, at, wait, ended in visits:
        last = joined[-1] if joined else None
        if last and last[0] == name and last[4] == "overflowed":
            joined[-1] = (name, project, last[2], last[3] + wait, ended)
        else:
            joined.append((name, project, at, wait, ended))
    return joined


@pytest.mark.parametrize("seed", range(4))
async def test_sql_counts_what_loops_count(connection: AsyncConnection[Any], seed: int) -> None:
    visits = chained(await fill(connection, np.random.default_rng(seed)))
    made = await report(
        connection, floor=FLOOR, since=SINCE, until=UNTIL, zone="Europe/Berlin", interval="half_hour", by="project",
        definition=DEFINITION,
    )  # fmt: skip
    assert len(made.rows) == 7 * 4
    for row in made.rows:
        mine = [
            (wait, ended) for _, project, at, wait, ended in visits
            if (row.began_at or SINCE) <= at < (row.ended_at or UNTIL) and row.key in (None, project)
        ]  # fmt: skip
        figures = row.contacts
        assert figures is not None
        answered = [wait for wait, ended in mine if ended == "answered"]
        short = sum(ended == "abandoned" and wait <= 4 for wait, ended in mine)
        early = sum(ended == "abandoned" and wait <= 15 for wait, ended in mine)
        in_time = sum(wait <= 15 for wait in answered)
        assert figures.offered == len(mine)
        assert figures.abandoned_short == short
        assert figures.service_level == (pytest.approx(in_time / (len(mine) - early)) if len(mine) > early else None)
        if answered:
            assert figures.wait_answered.mean == pytest.approx(np.mean(answered))
            assert figures.wait_answered.p95 == pytest.approx(np.percentile(answered, 95))
        assert figures.offered == (
            figures.answered + figures.abandoned + figures.abandoned_short + figures.overflowed + figures.voicemail
            + figures.callback + figures.transferred + figures.refused + figures.lost_to_fault
            + figures.open
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
async def test_parts_add_up_to_totals(connection: AsyncConnection[Any], seed: int) -> None:
    await fill(connection, np.random.default_rng(seed))
    made = await report(
        connection, floor=FLOOR, since=SINCE, until=UNTIL, zone="UTC", interval="half_hour", by="queue",
        definition=DEFINITION,
    )  # fmt: skip
    offered = {(row.began_at, row.key): row.contacts.offered for row in made.rows if row.contacts}
    parts = sum(count for (began, key), count in offered.items() if began and key)
    assert parts == offered[None, None] > 0
    assert parts == sum(count for (began, key), count in offered.items() if began and key is None)
    assert parts == sum(count for (began, key), count in offered.items() if began is None and key)
