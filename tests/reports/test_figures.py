"""Figures worked out by hand from rows made by hand, on the night on which Berlin's clock goes back.

At 01:00 UTC of 2026-10-25 local 03:00 becomes 02:00: 00:30 UTC and 01:30 UTC are both local 02:30.
"""

from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from markaz.reports import Report, Row, ServiceLevel, report
from markaz.reports.definition import Denominator
from markaz.reports.model import By
from tests.reports import rows
from tests.reports.rows import FLOOR, utc

DAY = "2026-10-25"
VISITS: list[tuple[str, int, str, str, float, str | None]] = [
    ("c1", 1, "cards", "00:31:00", 10, "answered"),
    ("c2", 1, "cards", "00:32:00", 20, "answered"),  # exactly in time
    ("c3", 1, "cards", "00:33:00", 30, "answered"),
    ("c4", 1, "cards", "00:34:00", 3, "abandoned"),  # short
    ("c5", 1, "cards", "00:35:00", 15, "abandoned"),  # early, not short
    ("c6", 1, "cards", "00:36:00", 60, "overflowed"),
    ("c6", 2, "loans", "00:37:00", 10, "answered"),
    ("c7", 1, "cards", "00:40:00", 40, "voicemail"),
    ("c8", 1, "cards", "00:41:00", 25, "callback"),
    ("c9", 1, "cards", "01:30:00", 5, "answered"),  # the first moment of its interval
    ("c10", 1, "cards", "00:59:59", 100, "answered"),  # answered in the next interval
    ("s1", 1, "shop", "00:45:00", 0, None),  # waits still
]


async def fill(connection: AsyncConnection[Any]) -> None:
    for name, n, queue, entered, wait, ended in VISITS:
        if n == 1:
            project = "shop" if queue == "shop" else "bank"
            await rows.contact(connection, name, project=project, arrived_at=utc(DAY, entered))
        await rows.visit(connection, name, n, queue=queue, entered_at=utc(DAY, entered), wait=wait, ended=ended)

    async def engage(offer: str, agent: str, queue: str, offered: str, **parts: Any) -> None:
        await rows.engagement(connection, offer, agent=agent, queue=queue, offered_at=utc(DAY, offered), **parts)

    await engage("c3.1", "bela", "cards", "00:33:00", ring=15, reason="no_answer")
    await engage("c1.1", "anna", "cards", "00:31:10", ring=2, talk=100, hold=20, wrap_up=30)
    await engage("c10.1", "anna", "cards", "01:01:39", ring=1, talk=1680, wrap_up=120)  # 01:01:40 to 01:31:40
    await engage("c6.1", "bela", "loans", "00:40:00", talk=600)  # with the next: 00:40 to 00:55, once
    await engage("c7.1", "bela", "cards", "00:45:00", talk=600)

    async def be(agent: str, n: int, presence: str, began: str, ended: str | None, reason: str | None = None) -> None:
        await rows.activity(
            connection, agent, n, presence=presence, began_at=utc(DAY, began),
            ended_at=utc(DAY, ended) if ended else None, reason=reason,
        )  # fmt: skip

    await be("anna", 1, "ready", "00:30:00", "01:30:00")
    await be("anna", 2, "not_ready", "01:30:00", "01:50:00", "lunch")
    await be("anna", 3, "signed_out", "01:50:00", None)
    await be("bela", 1, "not_ready", "00:30:00", "00:39:00", "training")
    await be("bela", 2, "ready", "00:39:00", None)  # goes on: to the end of the period


async def night(connection: AsyncConnection[Any], *, by: By, of: Denominator = "offered") -> Report:
    await fill(connection)
    return await report(
        connection, floor=FLOOR, since=utc(DAY, "00:30"), until=utc(DAY, "02:00"), zone="Europe/Berlin",
        interval="half_hour", by=by, definition=ServiceLevel(of=of),
    )  # fmt: skip


def row(made: Report, began: str | None, key: str | None) -> Row:
    at = utc(DAY, began) if began else None
    (found,) = [one for one in made.rows if one.began_at == at and one.key == key]
    return found


async def test_a_queue_counts_each_stay_where_it_began(connection: AsyncConnection[Any]) -> None:
    cards = row(await night(connection, by="queue"), "00:30", "cards").contacts
    assert cards is not None
    assert (cards.offered, cards.answered, cards.abandoned, cards.abandoned_short) == (9, 4, 1, 1)
    assert (cards.overflowed, cards.voicemail, cards.callback, cards.open) == (1, 1, 1, 0)
    assert (cards.answered_in_time, cards.abandoned_early) == (2, 2)
    assert cards.abandonment == pytest.approx(1 / 8)
    answered, everyone = cards.wait_answered, cards.wait_all
    assert (answered.mean, answered.p50, answered.max) == (40, 25, 100)
    assert answered.p95 == pytest.approx(30 + 0.85 * 70)
    assert everyone.mean == pytest.approx(303 / 9)
    assert (everyone.p50, everyone.max) == (25, 100)
    assert everyone.p95 == pytest.approx(60 + 0.6 * 40)


@pytest.mark.parametrize(
    ("of", "share"), [("offered", 2 / 9), ("offered_less_early_abandoned", 2 / 7), ("answered", 2 / 4)]
)
async def test_the_service_level_is_the_one_defined(
    connection: AsyncConnection[Any], of: Denominator, share: float
) -> None:
    made = await night(connection, by="queue", of=of)
    cards = row(made, "00:30", "cards").contacts
    assert cards is not None
    assert cards.service_level == pytest.approx(share)
    assert "answered within 20 s" in made.rules[0]


async def test_intervals_without_contacts_are_zeros(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="queue")
    assert [(one.began_at, one.key) for one in made.rows if one.began_at] == [
        (utc(DAY, began), key) for began in ("00:30", "01:00", "01:30") for key in ("cards", "loans", "shop", None)
    ]
    quiet = row(made, "01:00", "loans").contacts
    assert quiet is not None
    assert quiet.offered == 0
    assert quiet.service_level is None
    assert quiet.wait_all.mean is None
    second_0230 = row(made, "01:30", "cards").contacts
    assert second_0230 is not None
    assert second_0230.offered == 1
    assert second_0230.service_level == 1


async def test_a_project_counts_a_contact_that_overflows_once(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="project")
    bank = row(made, "00:30", "bank").contacts
    assert bank is not None
    assert (bank.offered, bank.answered, bank.overflowed) == (9, 5, 0)
    assert bank.wait_answered.mean == pytest.approx((10 + 20 + 30 + 100 + 70) / 5)
    whole = row(made, None, None).contacts
    assert whole is not None
    assert (whole.offered, whole.open) == (11, 1)


async def test_handle_time_belongs_to_the_interval_of_the_offer(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="agent")
    first, second = row(made, "00:30", "anna").handling, row(made, "01:00", "anna").handling
    assert (first.talk_seconds, first.hold_seconds, first.wrap_up_seconds) == (100, 20, 30)
    assert (first.handle_mean_seconds, second.handle_mean_seconds) == (150, 1800)
    assert row(made, "01:30", "anna").handling.offers == 0
    bela = row(made, None, "bela").handling
    assert (bela.offers, bela.connected, bela.missed, bela.ringing) == (3, 2, {"no_answer": 1}, 0)


async def test_occupancy_splits_time_at_the_borders_and_counts_it_once(connection: AsyncConnection[Any]) -> None:
    made = await night(connection, by="agent")
    times = {(one.began_at.strftime("%H:%M") if one.began_at else None, one.key): one.agent_time for one in made.rows}

    def figures(began: str | None, key: str | None) -> tuple[float, float, float | None]:
        time = times[began, key]
        assert time is not None
        return time.handling_seconds, time.available_seconds, time.occupancy

    assert figures("00:30", "anna") == (150, 1800, 150 / 1800)
    assert figures("01:00", "anna") == (1700, 1800, 1700 / 1800)
    assert figures("01:30", "anna") == (100, 100, 1)  # not ready, yet still handling
    assert figures("00:30", "bela") == (900, 21 * 60, 900 / 1260)
    assert figures("01:30", "bela") == (0, 1800, 0)
    assert figures(None, None) == (150 + 1700 + 100 + 900, 1800 + 1800 + 100 + 1260 + 3600, 2850 / 8560)
    lunch = times["01:30", "anna"]
    assert lunch is not None
    assert lunch.not_ready == {"lunch": 1200}
    assert lunch.signed_in_seconds == 1200


async def test_what_a_stopped_floor_had_open_lasts_until_its_last_sign_of_life(
    connection: AsyncConnection[Any],
) -> None:
    await connection.execute(
        "INSERT INTO floor_live (floor, incarnation, body, written_at) VALUES (%s, 'x', '{}', %s)",
        (FLOOR, utc(DAY, "01:40")),
    )
    made = await night(connection, by="agent")
    bela = row(made, "01:30", "bela").agent_time
    assert bela is not None
    assert bela.available_seconds == 600


async def test_a_day_of_25_hours_is_one_row(connection: AsyncConnection[Any]) -> None:
    await fill(connection)
    made = await report(
        connection, floor=FLOOR, since=utc("2026-10-24", "22:00"), until=utc("2026-10-26", "23:00"),
        zone="Europe/Berlin", interval="day", by="queue", definition=ServiceLevel(),
    )  # fmt: skip
    days = [
        ((one.ended_at - one.began_at) / timedelta(hours=1), one.contacts.offered)
        for one in made.rows if one.key == "cards" and one.began_at and one.ended_at and one.contacts
    ]  # fmt: skip
    assert days == [(25, 10), (24, 0)]


async def test_another_floor_is_another_report(connection: AsyncConnection[Any]) -> None:
    await fill(connection)
    made = await report(
        connection, floor="other", since=utc(DAY, "00:30"), until=utc(DAY, "01:00"), zone="UTC",
        interval="half_hour", by="queue", definition=ServiceLevel(),
    )  # fmt: skip
    assert [one.key for one in made.rows] == [None, None]
    assert all(one.contacts and one.contacts.offered == 0 for one in made.rows)
