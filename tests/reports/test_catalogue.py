"""The catalogue over what the read models hold: the same figures as `markaz.reports.report` gives by its SQL."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis
import psycopg
import pytest

from markaz import reports
from markaz.reports.catalogue import (
    CATALOGUE,
    Asked,
    Chosen,
    Row,
    Source,
    compute,
    contacts_behind,
    export_parquet,
    tables_of,
)
from tests.reports.rows import FLOOR, activity, contact, engagement, insert, utc, visit

SINCE, UNTIL = utc("2026-03-02", "08:00"), utc("2026-03-02", "10:00")
COUNTED = (
    "offered",
    "answered",
    "abandoned",
    "abandoned_short",
    "overflowed",
    "transferred",
    "refused",
    "lost_to_fault",
)


@pytest.fixture
async def day(connection: psycopg.AsyncConnection[Any], tmp_path: Path) -> Source:
    """A morning with every way out of a queue, exported."""
    at = SINCE
    ends = ("answered", "answered", "abandoned", "overflowed", "answered", "transferred", "abandoned", None)
    for n in range(64):
        at += timedelta(seconds=97)
        name = f"c{n}"
        await contact(connection, name, project="shop" if n % 3 else "bank", arrived_at=at)
        ended = ends[n % len(ends)]
        await visit(
            connection, name, 1, queue="cards" if n % 2 else "loans", entered_at=at, wait=(n * 7) % 41, ended=ended
        )
        if ended == "overflowed":
            later = at + timedelta(seconds=(n * 7) % 41)
            await visit(connection, name, 2, queue="general", entered_at=later, wait=5.5, ended="answered")
        talk = 60 + n if ended == "answered" else None
        await engagement(connection, f"{name}.1", agent="ann" if n % 2 else "bob", queue="cards", offered_at=at, ring=3,
                         talk=talk, hold=n % 5, wrap_up=n % 7, reason=None if talk else "no_answer")  # fmt: skip
    for agent in ("ann", "bob"):
        begin, noon = SINCE - timedelta(hours=1), SINCE + timedelta(minutes=70)
        await activity(connection, agent, 1, presence="ready", began_at=begin, ended_at=noon)
        await activity(connection, agent, 2, presence="not_ready", reason="lunch", began_at=noon, ended_at=None)
    await insert(connection, "floor_live", incarnation="x", body="{}", written_at=UNTIL)
    await export_parquet(connection, tmp_path, floor=FLOOR, since=SINCE, until=UNTIL)
    return Source(ibis.duckdb.connect(), tmp_path)


def ask(*figures: Chosen, **more: Any) -> Asked:
    given: dict[str, Any] = {
        "floor": FLOOR,
        "since": SINCE,
        "until": UNTIL,
        "zone": "Europe/Berlin",
        "interval": "half_hour",
    }
    return Asked(figures=figures, **{**given, **more})


def cells(rows: list[Row]) -> dict[tuple[Any, str | None], tuple[Any, ...]]:
    return {(row.began_at, row.key): row.values for row in rows}


@pytest.mark.parametrize("group", ["queue", "project"])
async def test_contacts_are_counted_as_the_report_counts_them(
    connection: psycopg.AsyncConnection[Any], day: Source, group: Any
) -> None:
    chosen = [Chosen(figure=name) for name in (*COUNTED, "service_level", "abandonment", "answer_time_mean")]
    chosen.append(Chosen(figure="answer_time_percentile", parameters={"per_cent": 50}))
    chosen.append(Chosen(figure="answer_time_percentile"))
    found = cells(compute(day, ask(*chosen, group=group)))
    said = await reports.report(
        connection, floor=FLOOR, since=SINCE, until=UNTIL, zone="Europe/Berlin", interval="half_hour", by=group,
        definition=reports.ServiceLevel(),
    )  # fmt: skip
    assert len(found) == len(said.rows)
    for row in said.rows:
        contacts = row.contacts
        assert contacts is not None
        waits = contacts.wait_answered
        expected = [getattr(contacts, name) for name in COUNTED]
        expected += [contacts.service_level, contacts.abandonment, waits.mean, waits.p50, waits.p95]
        assert found[row.began_at, row.key] == pytest.approx(tuple(expected), abs=1e-6), (row.began_at, row.key)


async def test_agents_work_as_the_report_counts_it(connection: psycopg.AsyncConnection[Any], day: Source) -> None:
    names = ("offers", "offers_connected", "handled", "talk_time", "hold_time", "wrap_up_time", "handle_time_mean")
    found = cells(
        compute(day, ask(*(Chosen(figure=one) for one in (*names, "occupancy", "signed_in_time")), group="agent"))
    )
    said = await reports.report(
        connection, floor=FLOOR, since=SINCE, until=UNTIL, zone="Europe/Berlin", interval="half_hour", by="agent",
        definition=reports.ServiceLevel(),
    )  # fmt: skip
    for row in said.rows:
        work, time = row.handling, row.agent_time
        assert time is not None
        expected = (
            work.offers, work.connected, work.handled, work.talk_seconds, work.hold_seconds, work.wrap_up_seconds,
            work.handle_mean_seconds, time.occupancy, time.signed_in_seconds,
        )  # fmt: skip
        assert found[row.began_at, row.key] == pytest.approx(expected, abs=1e-6), (row.began_at, row.key)


async def test_every_figure_of_every_version_can_be_asked(day: Source) -> None:
    for group in (None, "queue", "project", "agent", "disposition"):
        every = [one for one in CATALOGUE.values() if group is None or group in one.groups]
        chosen = [Chosen(figure=one.name, version=one.version) for one in every]
        for interval in ("half_hour", "whole"):
            rows = compute(day, ask(*chosen, group=group, interval=interval))
            assert (rows[-1].began_at, rows[-1].key) == (None, None)
            assert len(rows[-1].values) == len(every)


async def test_a_figure_leads_to_its_contacts(day: Source) -> None:
    chosen = Chosen(figure="abandoned")
    asked = ask(chosen, group="queue")
    for row in compute(day, asked):
        behind = contacts_behind(day, asked, chosen, began_at=row.began_at, key=row.key)
        assert len(behind) == row.values[0]


async def test_who_withholds_a_number_repeats_nobody(connection: psycopg.AsyncConnection[Any], tmp_path: Path) -> None:
    for n, customer in enumerate(("+491", "Anonymous", "", "anonymous", "withheld", "+491")):
        at = SINCE + timedelta(minutes=n)
        await insert(connection, "contact", contact=f"c{n}", channel="voice", project="shop", customer=customer,
                     state="closed", arrived_at=at, answered_at=at)  # fmt: skip
    await export_parquet(connection, tmp_path, floor=FLOOR, since=SINCE, until=UNTIL)
    chosen = tuple(Chosen(figure=name) for name in ("repeat_contacts", "repeat_share"))
    rows = compute(Source(ibis.duckdb.connect(), tmp_path), ask(*chosen, interval="whole"))
    assert rows[-1].values == (1, 0.5)


async def test_answers_of_customers_are_exported(connection: psycopg.AsyncConnection[Any], tmp_path: Path) -> None:
    await connection.execute(
        "CREATE TEMPORARY TABLE feedback (floor text, contact text, question text, answer integer, project text, "
        "queue text, agent text, offer text, at timestamptz)"
    )
    for n, (question, answer) in enumerate((("kind", 5), ("kind", 2), ("solved", 1), ("kind", 4))):
        await insert(connection, "feedback", contact=f"c{n}", question=question, answer=answer, project="shop",
                     queue="cards", agent="ann", offer=f"c{n}.1", at=SINCE + timedelta(minutes=n))  # fmt: skip
    await insert(connection, "feedback", contact="late", question="kind", answer=1, project="shop", queue="cards",
                 agent="ann", offer="late.1", at=UNTIL)  # fmt: skip
    await export_parquet(connection, tmp_path, floor=FLOOR, since=SINCE, until=UNTIL)
    names = ("feedback_answers", "feedback_mean", "feedback_share")
    chosen = tuple(Chosen(figure=name, parameters={"question": "kind"}) for name in names)
    source = Source(ibis.duckdb.connect(), tmp_path)
    assert compute(source, ask(*chosen, interval="whole"))[-1].values == (3, 3.666667, 0.666666666667)
    assert contacts_behind(source, ask(*chosen), chosen[2], began_at=SINCE, key=None) == ["c0", "c3"]


async def test_one_contact_overflows_is_passed_on_and_called_back(
    connection: psycopg.AsyncConnection[Any], tmp_path: Path
) -> None:
    await contact(connection, "c", project="shop", arrived_at=SINCE)
    stays = (("cards", 15.0, "overflowed"), ("general", 10.0, "answered"), ("loans", 4.0, "callback"))
    at = SINCE
    for n, (queue, wait, ended) in enumerate(stays, 1):
        await visit(connection, "c", n, queue=queue, entered_at=at, wait=wait, ended=ended)
        at += timedelta(seconds=wait) + timedelta(minutes=5) * (ended == "answered")
    await export_parquet(connection, tmp_path, floor=FLOOR, since=SINCE, until=UNTIL)
    names = ("offered", "overflowed", "answered", "to_callback", "abandoned", "service_level", "answer_time_mean")
    chosen = tuple(Chosen(figure=name) for name in names)
    source = Source(ibis.duckdb.connect(), tmp_path)
    by_queue = {row.key: row.values for row in compute(source, ask(*chosen, interval="whole", group="queue"))}
    assert by_queue["cards"] == (1, 1, 0, 0, 0, 0, None)
    assert by_queue["general"] == (1, 0, 1, 0, 0, 1, 10)
    assert by_queue["loans"] == (1, 0, 0, 1, 0, 0, None)
    # Together the overflow is one stay of 25 s, and the one after the transfer another.
    assert compute(source, ask(*chosen, interval="whole"))[-1].values == (2, 0, 1, 1, 0, 0, 25)


@pytest.mark.parametrize("group", [None, "queue"])
async def test_the_tables_that_a_figure_needs_are_all_that_it_needs(
    connection: psycopg.AsyncConnection[Any], day: Source, group: Any, tmp_path: Path
) -> None:
    by_facts = {figure.facts: figure for figure in CATALOGUE.values()}
    for facts, figure in by_facts.items():
        asked = ask(Chosen(figure=figure.name), group=group if group in figure.groups else None)
        (tmp_path / facts).mkdir()
        needed = tables_of(asked)
        await export_parquet(connection, tmp_path / facts, floor=FLOOR, since=SINCE, until=UNTIL, tables=needed)
        assert {path.stem for path in (tmp_path / facts).iterdir()} == needed
        assert compute(Source(ibis.duckdb.connect(), tmp_path / facts), asked) == compute(day, asked)
