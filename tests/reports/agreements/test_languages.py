"""A report whose terms name a language is delivered in it; its numbers are those that recompute, whatever the words."""

import csv
import io
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import msgspec
import psycopg
import pytest

from markaz.kit.time import instant
from markaz.reports import LANGUAGES, Language
from markaz.reports.agreements import Compared, Mailer, MailServer, Reporter, Terms, as_pdf, period_of
from markaz.reports.catalogue import Row
from tests.reports.agreements.conftest import FLOOR, Inbox
from tests.reports.agreements.test_delivering import DUE, TERMS, Clock, agree, all_of

SAID: dict[Language, dict[str, str]] = {
    "fa": {
        "subject": "آمار روزانه", "text": "تماس‌هایی که در ۲۰ ثانیه پاسخ گرفتند", "head": "سطح سرویس (۲۰) [سهم]",
        "of": "صف", "whole": "همهٔ دوره", "all": "همه", "agreed": "نسخهٔ ۱ گزارش",
    },
    "ru": {
        "subject": "Показатели дня", "text": "отвеченные в течение 20 с", "head": "Уровень сервиса (20) [доля]",
        "of": "Очередь", "whole": "весь период", "all": "всего", "agreed": "версия 1 отчёта",
    },
}  # fmt: skip


async def delivered(
    database: str, centre: psycopg.AsyncConnection[Any], inbox: tuple[Inbox, int], terms: Terms
) -> EmailMessage:
    """The mail of the first period."""
    kept, port = inbox
    await agree(centre, terms)
    assert await Reporter(database, FLOOR, Clock(instant(DUE))).look(centre) == 1
    mailer = Mailer(database, FLOOR, MailServer(host="127.0.0.1", port=port, sender="m@centre.example", starttls=False))
    assert await mailer.send_due(centre) == len(terms.recipients)
    return kept.mails[0]


@pytest.mark.parametrize("language", ["fa", "ru"])
async def test_a_report_in_its_language_recomputes_to_equality(
    database: str, centre: psycopg.AsyncConnection[Any], inbox: tuple[Inbox, int], language: Language
) -> None:
    said = SAID[language]
    terms = msgspec.structs.replace(TERMS, name=said["subject"], language=language)
    mail = await delivered(database, centre, inbox, terms)
    day = terms.words.script.date(terms.first_day)
    assert said["subject"] in mail["Subject"]
    assert day in mail["Subject"]
    assert mail["Content-Language"] == language
    body = mail.get_body(("plain",))
    assert body is not None
    assert said["text"] in body.get_content()
    assert said["agreed"] in body.get_content()
    (attached,) = mail.iter_attachments()
    assert isinstance(attached, EmailMessage)
    lines = list(csv.reader(io.StringIO(attached.get_content())))
    assert (lines[0][2], lines[0][5]) == (said["of"], said["head"])
    table, names = lines[1 : lines.index([])], lines[lines.index([]) + 1]
    assert names[5] == "service_level@1?target_seconds=20"
    whole = {line[2]: line[3:] for line in table if line[0] == said["whole"]}
    assert whole["cards"][0] == "6"
    assert float(whole[said["all"]][2]) >= 0, "numbers are for programs, in every language"

    await centre.execute(
        "INSERT INTO report_wish (id, centre, report, period_began, client, kind, asked_by)"
        " SELECT 'w', centre, report, period_began, client, 'recompute', 'Boss' FROM report_delivery"
    )
    await Reporter(database, FLOOR, Clock(instant(DUE + timedelta(seconds=1)))).look(centre)
    ((result,),) = await all_of(centre, "SELECT result FROM report_wish")
    assert msgspec.json.decode(result, type=Compared).is_equal


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_set_in_its_language(language: Language) -> None:
    terms = msgspec.structs.replace(TERMS, language=language)
    row = Row(began_at=None, ended_at=None, key=None, values=(6, 3, 0.5, 3, 61.25))
    made = as_pdf(terms, 1, period_of(terms, terms.first_day), [row], seal="0" * 64)
    assert f"/Lang({language})".encode() in made
    has_arabic = b"NotoSansArabic" in made
    assert has_arabic == (language in {"ar", "fa"}), "the typeface is embedded where its script is written"
