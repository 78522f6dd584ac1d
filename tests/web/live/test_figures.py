"""Live figures are those that reports give for the same rows, as far as both count the same time.

* After a long day of random callers each queue's figures, of today and of the quarter of an hour, are the report's.
* Begun with what read models have, and the rows that these have not come to yet, they are the same.
* A day ends at the centre's midnight; the quarter of an hour moves on though nothing happens.
"""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from markaz.kit.time import SECOND, Instant, instant, moment
from markaz.reports import Contacts, ServiceLevel, report
from markaz.runtime import Begun, Core, Follower, Journal, Projector, Said, Visit, Visits, connect
from markaz.runtime.rows import Row, handled
from markaz.web.live.figures import MINUTE, Figures
from markaz.web.live.values import LiveFigures
from tests.routing.long_run import Day
from tests.web.live.test_views import Talkative

TARGET_SECONDS = 20
NOON = instant(datetime(2027, 1, 15, 12, tzinfo=UTC))


def journalled(day: Day) -> tuple[Core, list[Row], list[Said]]:
    """The day handled once more, as a floor writes it."""
    core, rows, said = Core(), list[Row](), list[Said]()
    for at, stimulus in day.told:
        row, outputs = handled(core, len(rows) + 1, at, stimulus, None)
        rows.append(row)
        said.append(Said(row.number, at, stimulus, outputs))
    return core, rows, said


async def reported(database: str, since: Instant, until: Instant) -> dict[str | None, LiveFigures]:
    """The report's figures of the time, by queue."""
    async with await connect(database) as connection:
        made = await report(
            connection, floor="main", since=moment(since), until=moment(until), zone="UTC",
            interval="day", by="queue", definition=ServiceLevel(target_seconds=TARGET_SECONDS),
        )  # fmt: skip
    whole = [row for row in made.rows if row.began_at is None and row.key is not None]
    return {row.key: of_report(row.contacts) for row in whole if row.contacts is not None and row.contacts.offered}


def of_report(contacts: Contacts) -> LiveFigures:
    mean = contacts.wait_answered.mean
    return LiveFigures(
        offered=contacts.offered,
        answered=contacts.answered,
        answered_in_time=contacts.answered_in_time,
        abandoned=contacts.abandoned,
        service_level=contacts.service_level,
        answer_mean_seconds=None if mean is None else pytest.approx(mean),  # pyright: ignore[reportArgumentType]
    )


@pytest.mark.parametrize("seed", [1, 2])
async def test_they_are_the_reports_figures(database: str, tmp_path: Path, seed: int) -> None:
    day = Talkative(seed=seed)
    day.run(3_000)
    core, rows, said = journalled(day)
    journal = Journal(database, "main", tmp_path / "spool")
    await journal.open()
    await journal.append(rows[: len(rows) // 2])
    async with await connect(database) as connection:
        await Projector(database, "main").rebuild(connection)
    await journal.append(rows[len(rows) // 2 :])
    await journal.close()
    begun = [await begin(database)]
    figures = Figures()
    for one in said:
        figures.fold(one)
    async with await connect(database) as connection:
        await Projector(database, "main").rebuild(connection)
    now = said[-1].at
    midnight = instant(moment(now).replace(hour=0, minute=0, second=0, microsecond=0))
    of_today = await reported(database, midnight, now + 1)
    of_quarter = await reported(database, (now // MINUTE - 14) * MINUTE, now + 1)
    queues = list(core.floor.state.queues)
    assert any(one.abandoned and one.answered_in_time < one.answered for one in of_today.values())
    assert {queue: figures.of(queue, TARGET_SECONDS)[0] for queue in queues if queue in of_today} == of_today
    assert {queue: figures.of(queue, TARGET_SECONDS)[1] for queue in queues if queue in of_quarter} == of_quarter

    begun.append(await begin(database))
    for one in begun:
        again = Figures(one.ended, one.visits, counted=one.counted)
        for row in said:  # which read models had come to before the copy did
            again.fold(row)
        assert_same(again, figures, queues)


async def begin(database: str) -> Begun:
    """What a web process that starts now begins with."""
    async with aclosing(Follower(database, "main").follow()) as happening:
        async for one in happening:
            assert isinstance(one, Begun)
            return one
    raise AssertionError("it does not begin")


def assert_same(one: Figures, other: Figures, queues: list[str]) -> None:
    for queue in queues:
        assert one.of(queue, TARGET_SECONDS) == other.of(queue, TARGET_SECONDS)


def came(at: Instant, *, wait: float | None = None, ended: str = "answered", queue: str = "q") -> Visit:
    left = None if wait is None else at + round(wait * SECOND)
    return Visit(f"c{at}", queue, at, left, None if wait is None else ended)


def test_the_quarter_of_an_hour_moves_on_though_nothing_happens() -> None:
    figures = Figures([came(NOON, wait=20), came(NOON + 5 * MINUTE, wait=21)])
    figures.pass_time(NOON + 14 * MINUTE)
    assert figures.take_changed() == {"q"}
    assert figures.of("q", 20)[1].service_level == 0.5
    figures.pass_time(NOON + 15 * MINUTE - 1)
    assert figures.take_changed() == set(), "the minute has not passed"
    figures.pass_time(NOON + 15 * MINUTE)
    assert figures.take_changed() == {"q"}
    assert figures.of("q", 20)[1] == LiveFigures(1, 1, 0, 0, 0.0, 21.0)
    assert figures.of("q", 20)[0].offered == 2
    figures.pass_time(NOON + 16 * MINUTE)
    assert figures.take_changed() == set(), "nobody came in the minute that left"


def test_a_day_ends_at_the_centres_midnight() -> None:
    tehran = ZoneInfo("Asia/Tehran")
    midnight = instant(datetime(2027, 1, 15, tzinfo=tehran))
    figures = Figures([came(midnight - 1, wait=3), came(midnight, wait=3)], zone="Asia/Tehran")
    figures.pass_time(midnight - 1)
    figures.pass_time(midnight)
    assert figures.of("q", 20)[0].offered == 1
    figures.set_zone("UTC")
    assert figures.of("q", 20)[0].offered == 2, "in UTC it is half past eight in the evening"
    figures.pass_time(instant(moment(midnight) + timedelta(hours=4)))
    assert figures.of("q", 20)[0].offered == 0
    assert figures.take_changed() == {"q"}


def test_another_target_counts_the_same_visits_anew() -> None:
    figures = Figures([came(NOON, wait=30)])
    figures.pass_time(NOON)
    assert figures.of("q", 20)[0].service_level == 0.0
    assert figures.of("q", 30)[0].service_level == 1.0


def test_a_short_abandon_is_offered_and_not_abandoned() -> None:
    ends = [came(NOON, wait=5, ended="abandoned"), came(NOON + 1, wait=5.1, ended="abandoned")]
    figures = Figures(ends, Visits([came(NOON + 2)]))
    figures.pass_time(NOON)
    assert figures.of("q", 20)[0] == LiveFigures(3, 0, 0, 1, 0.0, None)


def test_a_series_has_a_slot_for_each_time() -> None:
    figures = Figures([came(NOON - 7 * MINUTE, wait=3), came(NOON + MINUTE, wait=30)])
    figures.pass_time(NOON + 2 * MINUTE)
    slots = figures.series("q", 20, slots=3, slot_minutes=5)
    assert [slot.began_at.minute for slot in slots] == [50, 55, 0]
    assert [slot.figures.service_level for slot in slots] == [1.0, None, 0.0]
