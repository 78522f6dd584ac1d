"""A report is delivered when it is due, once, to all who were agreed on; recomputed from the journal; corrected."""

import csv
import io
import json
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

import msgspec
import psycopg

from markaz.kit.time import Instant, instant, moment
from markaz.reports.agreements import Compared, Mailer, MailServer, Reporter, Terms, decoded, terms_hash
from markaz.reports.catalogue import Chosen
from tests.reports.agreements.conftest import FLOOR, Inbox
from tests.runtime.day import BEGIN

DAY = moment(BEGIN).astimezone(UTC).date()
FIGURES = tuple(Chosen(figure=one) for one in ("offered", "answered", "service_level", "handled", "handle_time_mean"))
TERMS = Terms(name="Daily figures", projects=("hotline",), figures=FIGURES, interval="half_hour", group="queue",
              deliver_at="06:00", first_day=DAY, recipients=("client@shop.example", "boss@centre.example"))  # fmt: skip
DUE = moment(BEGIN).astimezone(UTC).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)


class Clock:
    def __init__(self, at: Instant) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at


async def agree(connection: psycopg.AsyncConnection[Any], terms: Terms = TERMS, state: str = "agreed") -> None:
    await connection.execute(
        "INSERT INTO report_version (centre, report, version, client, terms, hash, state, proposed_by, proposer)"
        " VALUES ('c', 'r', (SELECT count(*) + 1 FROM report_version), 'bank', %s, %s, %s, 'centre', 'Boss')",
        (msgspec.json.encode(terms, order="deterministic").decode(), terms_hash(terms), state),
    )


async def all_of(connection: psycopg.AsyncConnection[Any], query: Any) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query)).fetchall()


async def test_nothing_is_delivered_that_is_not_agreed(database: str, centre: psycopg.AsyncConnection[Any]) -> None:
    reporter = Reporter(database, FLOOR, Clock(instant(DUE + timedelta(days=3))))
    for state in ("proposed", "declined", "withdrawn", "superseded", "ended"):
        await agree(centre, state=state)
    assert await reporter.look(centre) == 0


async def test_a_report_is_delivered_on_time_and_once(
    database: str, centre: psycopg.AsyncConnection[Any], inbox: tuple[Inbox, int]
) -> None:
    kept, port = inbox
    await agree(centre)
    clock = Clock(instant(DUE) - 1)
    first, second = Reporter(database, FLOOR, clock), Reporter(database, FLOOR, clock)
    assert await first.look(centre) == 0
    clock.at = instant(DUE)
    assert await first.look(centre) == 1
    assert await second.look(centre) == 0
    ((rows, due_at, made_at, sha256, number),) = await all_of(
        centre, "SELECT rows, due_at, made_at, sha256, journal_number FROM report_delivery"
    )
    assert (due_at, made_at) == (DUE, DUE)
    assert number == (await all_of(centre, "SELECT max(number) FROM journal"))[0][0]
    whole = next(row for row in decoded(rows) if row.began_at is None and row.key == "cards")
    assert whole.values[:2] == (6, 3)

    mailer = Mailer(database, FLOOR, MailServer(host="127.0.0.1", port=port, sender="m@centre.example", starttls=False))
    kept.refusals = 1
    assert await mailer.send_due(centre) == 2
    states = dict(await all_of(centre, "SELECT state, problem FROM report_sending ORDER BY state"))
    assert states.keys() == {"delivered", "pending"}
    assert "try again later" in states["pending"]
    await centre.execute("UPDATE report_sending SET next_at = now() WHERE state = 'pending'")
    assert await mailer.send_due(centre) == 1
    assert await mailer.send_due(centre) == 0
    assert sorted(one["To"] for one in kept.mails) == sorted(TERMS.recipients)
    mail = kept.mails[0]
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    assert sha256 in body.get_content()
    assert "answered within 20 s" in body.get_content()
    (attached,) = mail.iter_attachments()
    lines = list(csv.reader(io.StringIO(attached.get_content())))
    assert lines[0][3:5] == ["Offered [contacts]", "Answered [contacts]"]
    table, meaning = lines[: lines.index([])], lines[lines.index([]) + 1 :]
    assert [line[3] for line in table if line[0] == "whole period" and line[2] == "cards"] == ["6"]
    assert {len(line) for line in table} == {len(table[0])}, "a spreadsheet takes the table alone"
    assert meaning[0][:5] == ["began_at", "ended_at", "queue", "offered@1", "answered@1"], "names for programs"
    assert len(meaning[0]) == len(table[0])
    told = [line for (line,) in meaning[1:]]
    assert told[0] == TERMS.name
    assert told[1].startswith(f"{DAY} 00:00+00:00 to ")
    assert any(line.startswith("Service level (20)") and "within 20 s" in line for line in told)
    assert told[-2:] == [
        "Zone UTC; version 1 of the report as agreed.",
        f"SHA-256 of the delivered numbers: {sha256}",
    ]


async def test_what_was_missed_is_delivered_late_each_day_once(
    database: str, centre: psycopg.AsyncConnection[Any]
) -> None:
    await agree(centre)
    reporter = Reporter(database, FLOOR, Clock(instant(DUE + timedelta(days=2, hours=5))))
    assert await reporter.look(centre) == 3
    found = await all_of(centre, "SELECT due_at, made_at FROM report_delivery ORDER BY due_at")
    assert [due for due, _ in found] == [DUE + timedelta(days=n) for n in range(3)]
    assert all(made > due for due, made in found)
    assert await reporter.look(centre) == 0


async def test_a_report_recomputes_to_equality_and_a_correction_shows_both(
    database: str, centre: psycopg.AsyncConnection[Any]
) -> None:
    await agree(centre)
    await centre.execute("UPDATE queue_visit SET ended = 'abandoned' WHERE contact = 'c1'")  # the read models are wrong
    reporter = Reporter(database, FLOOR, Clock(instant(DUE)))
    assert await reporter.look(centre) == 1

    async def wish(id: str, kind: str) -> Compared:
        await centre.execute(
            "INSERT INTO report_wish (id, centre, report, period_began, client, kind, why, asked_by)"
            " SELECT %s, centre, report, period_began, client, %s, 'the read models were wrong', 'Boss'"
            " FROM report_delivery WHERE n = 0",
            (id, kind),
        )
        await reporter.look(centre)
        ((result,),) = await (await centre.execute("SELECT result FROM report_wish WHERE id = %s", (id,))).fetchall()
        return msgspec.json.decode(result, type=Compared)

    seen = await wish("a", "recompute")
    assert not seen.is_equal
    assert {one.figure for one in seen.differences} >= {1}, "answered"
    assert (await all_of(centre, "SELECT count(*) FROM report_delivery"))[0][0] == 1
    corrected = await wish("b", "correct")
    assert corrected == seen
    both = await all_of(centre, "SELECT n, why, rows FROM report_delivery ORDER BY n")
    assert [(n, why) for n, why, _ in both] == [(0, None), (1, "the read models were wrong")]
    assert json.loads(both[0][2]) != json.loads(both[1][2])
    assert (await all_of(centre, "SELECT n, count(*) FROM report_sending GROUP BY n ORDER BY n")) == [(0, 2), (1, 2)]
    assert (await wish("c", "recompute")).is_equal
    assert (await wish("d", "correct")).is_equal, "there is nothing to correct any more"
    assert (await all_of(centre, "SELECT count(*) FROM report_delivery"))[0][0] == 2


async def test_subscribers_are_told_of_a_delivery(database: str, centre: psycopg.AsyncConnection[Any]) -> None:
    await agree(centre, msgspec.structs.replace(TERMS, webhook=True))
    told_of = ["report.delivered"]
    subscribed = (("all", told_of, None), ("mine", told_of, "hotline"), ("other", told_of, "else"), ("calls", [], None))
    for name, kinds, project in subscribed:
        await centre.execute(
            "INSERT INTO webhook (floor, id, url, kinds, project, secret, number) VALUES (%s, %s, 'u', %s, %s, 's', 0)",
            (FLOOR, name, kinds, project),
        )
    assert await Reporter(database, FLOOR, Clock(instant(DUE))).look(centre) == 1
    told = await all_of(centre, "SELECT webhook, kind, body::json ->> 'sha256' FROM webhook_delivery ORDER BY webhook")
    ((sha256,),) = await all_of(centre, "SELECT sha256 FROM report_delivery")
    assert told == [("all", "report.delivered", sha256), ("mine", "report.delivered", sha256)]


async def test_without_a_mail_server_the_mail_says_so(database: str, centre: psycopg.AsyncConnection[Any]) -> None:
    await agree(centre, msgspec.structs.replace(TERMS, format="pdf", recipients=("one@shop.example",)))
    assert await Reporter(database, FLOOR, Clock(instant(DUE))).look(centre) == 1
    ((file,),) = await all_of(centre, "SELECT file FROM report_delivery")
    assert file.startswith(b"%PDF-")
    await Mailer(database, FLOOR, None).send_due(centre)
    ((state, problem),) = await all_of(centre, "SELECT state, problem FROM report_sending")
    assert state == "pending"
    assert "markaz.toml" in problem


async def test_a_report_that_fails_stops_no_other(database: str, centre: psycopg.AsyncConnection[Any]) -> None:
    broken = msgspec.structs.replace(TERMS, figures=(Chosen(figure="of_another_time"),))
    for report, terms in (("a", broken), ("b", TERMS)):
        await agree(centre, terms)
        await centre.execute("UPDATE report_version SET report = %s WHERE report = 'r'", (report,))
    reporter = Reporter(database, FLOOR, Clock(instant(DUE + timedelta(days=1))))
    assert await reporter.look(centre) == 2
    assert await all_of(centre, "SELECT report, count(*) FROM report_delivery GROUP BY report") == [("b", 2)]
    good = msgspec.json.encode(TERMS, order="deterministic").decode()
    await centre.execute("UPDATE report_version SET terms = %s WHERE report = 'a'", (good,))
    assert await reporter.look(centre) == 2, "none of its periods was left out"


async def test_another_floors_mail_does_not_stand_in_the_way(
    database: str, centre: psycopg.AsyncConnection[Any], inbox: tuple[Inbox, int]
) -> None:
    kept, port = inbox
    await agree(centre)
    await Reporter(database, FLOOR, Clock(instant(DUE))).look(centre)
    await centre.execute("INSERT INTO floor (id, centre) VALUES ('other', 'c')")
    server = MailServer(host="127.0.0.1", port=port, sender="m@centre.example", starttls=False)
    assert await Mailer(database, "other", server).send_due(centre) == 0
    assert await Mailer(database, FLOOR, server).send_due(centre) == len(kept.mails) == 2
