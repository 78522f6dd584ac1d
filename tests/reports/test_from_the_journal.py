"""From what the floor journalled to the figures and the story, with nothing made by hand between."""

from datetime import timedelta
from pathlib import Path

from markaz.kit.time import moment
from markaz.reports import Contacts, ServiceLevel, render_story, report, story
from markaz.runtime.database import connect
from markaz.runtime.projector import Projector
from tests.reports.journalled import journal_day
from tests.runtime.day import BEGIN


async def test_a_day_is_reported_and_told(database: str, tmp_path: Path) -> None:
    await journal_day(database, tmp_path)

    async with await connect(database) as connection:
        await Projector(database, "main").rebuild(connection)
        made = await report(
            connection, floor="main", since=moment(BEGIN), until=moment(BEGIN) + timedelta(minutes=30), zone="UTC",
            interval="half_hour", by="queue", definition=ServiceLevel(),
        )  # fmt: skip
        told = render_story(await story(connection, floor="main", contact="c0"))

    figures = {row.key: row.contacts for row in made.rows if row.began_at is None}
    cards, loans = figures["cards"], figures["loans"]
    assert isinstance(cards, Contacts)
    assert isinstance(loans, Contacts)
    # c0 and c1 find an agent at once. c2 asks to be called back, and keeps its place, so that anna calls it at 20 s.
    # c3 hangs up after 5 s. c4 has come at 6 s and gets boris at 33 s. c5 overflows to voicemail after 60 s.
    assert (cards.offered, cards.answered, cards.callback, cards.voicemail) == (6, 3, 1, 1)
    assert (cards.abandoned_short, cards.abandoned, cards.open) == (1, 0, 0)
    assert (cards.wait_answered.mean, cards.wait_answered.max) == (9, 27)
    assert cards.service_level == 2 / 6
    assert loans.offered == 1  # c0, transferred
    everyone = next(row for row in made.rows if row.began_at is None and row.key is None)
    assert everyone.agent_time is not None
    assert 0 < everyone.agent_time.handling_seconds <= everyone.agent_time.available_seconds
    assert everyone.handling.hold_seconds == 2
    assert "agent anna put the customer on hold" in told
    assert "agent anna asked to transfer to queue loans" in told
