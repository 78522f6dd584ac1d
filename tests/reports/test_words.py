"""Every figure, parameter, unit, exclusion and grouping has its words in five languages, and no word is left over."""

import re
import string
from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jalali_core import JalaliToGregorian

from markaz.reports import LANGUAGES, Language, words_in
from markaz.reports.agreements import PeriodKind
from markaz.reports.catalogue import CATALOGUE, Chosen, Group, figure_of
from markaz.reports.catalogue.figure import Unit
from markaz.reports.words import script_of

IN_LANGUAGES = pytest.mark.parametrize("language", LANGUAGES)


def wanted() -> set[str]:
    """The keys that figures, mails and files say."""
    every = CATALOGUE.values()
    keys = {f"figure.{one.name}.{one.version}.{part}" for one in every for part in ("title", "formula")}
    keys |= {f"figures.exclusion.{name}" for one in every for name in one.exclusions}
    keys |= {f"figures.parameter.{name}" for one in every for name in one.parameters}
    keys |= {f"figures.unit.{unit}" for unit in get_args(Unit)} | {f"figures.group.{one}" for one in get_args(Group)}
    keys |= {f"delivered.opening.{kind}" for kind in get_args(PeriodKind)}
    return keys | {"figures.version", "figures.separator", "figures.any"} | {
        f"delivered.{name}" for name in (
            "subject", "subject.correction", "correction", "agreed", "sum", "seal", "span", "definitions", "from", "to",
            "of", "whole", "all",
        )
    }  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@IN_LANGUAGES
def test_every_word_is_there_and_none_is_left_over(language: Language) -> None:
    texts = words_in(language).texts
    assert set(texts) == wanted()
    assert [key for key, text in texts.items() if not text.strip()] == []


@IN_LANGUAGES
def test_a_language_names_what_english_names(language: Language) -> None:
    english = words_in("en").texts
    for key, text in words_in(language).texts.items():
        assert placeholders(text) == placeholders(english[key]), key


@IN_LANGUAGES
def test_a_figure_is_told_with_its_parameters(language: Language) -> None:
    words = words_in(language)
    for figure in CATALOGUE.values():
        chosen = Chosen(figure=figure.name, version=figure.version)
        told = " ".join(figure.words_of(chosen, words))
        assert not re.search(r"[{}]", told), told
        assert figure.column(chosen, words).startswith(figure.title(words))


def test_languages_differ_where_english_words_would_be_read() -> None:
    for language in LANGUAGES:
        if language != "en":
            same = [key for key, text in words_in(language).texts.items() if text == words_in("en").texts[key]]
            assert set(same) <= {"figures.separator", "delivered.subject"}, language


@pytest.mark.parametrize(
    ("language", "column"),
    [
        ("en", "Service level (15) [share]"), ("ru", "Уровень сервиса (15) [доля]"), ("ar", "مستوى الخدمة (١٥) [نسبة]"),
        ("fa", "سطح سرویس (۱۵) [سهم]"), ("vi", "Mức độ dịch vụ (15) [tỷ lệ]"),
    ],
)  # fmt: skip
def test_a_column_is_headed_in_its_language_and_named_in_none(language: Language, column: str) -> None:
    chosen = Chosen(figure="service_level", parameters={"target_seconds": 15})
    assert figure_of(chosen).column(chosen, words_in(language)) == column
    assert figure_of(chosen).name_of(chosen) == "service_level@1?target_seconds=15"


@pytest.mark.parametrize(
    ("language", "number", "share", "below"),
    [
        ("en", "12,345.678", "83.3%", "-0.25"),
        ("ru", "12\u00a0345,678", "83,3\u00a0%", "-0,25"),
        ("ar", "١٢٬٣٤٥٫٦٧٨", "٨٣٫٣٪\u061c", "\u061c-٠٫٢٥"),
        ("fa", "۱۲٬۳۴۵٫۶۷۸", "۸۳٫۳٪", "\u200e\u2212۰٫۲۵"),
        ("vi", "12.345,678", "83,3%", "-0,25"),
    ],
)
def test_numbers_are_written_as_browsers_write_them(language: Language, number: str, share: str, below: str) -> None:
    """The values are what `Intl.NumberFormat` gives for the locales of the pages."""
    script = script_of(language)
    assert (script.number(12_345.678), script.share(0.8334), script.number(-0.25)) == (number, share, below)
    assert script.number(-0.0001) == script.number(0)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "2026-03-02"), ("ru", "02.03.2026"), ("ar", "٠٢/٠٣/٢٠٢٦"), ("fa", "۱۴۰۴/۱۲/۱۱"), ("vi", "02/03/2026")],
)
def test_days_are_written_as_their_readers_count_them(language: Language, told: str) -> None:
    assert script_of(language).date(date(2026, 3, 2)) == told


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    at = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    again = at.replace(tzinfo=timezone(timedelta(hours=1)))
    for language in LANGUAGES:
        assert script_of(language).moment(at) != script_of(language).moment(again)


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_a_persian_day_is_the_day_that_it_was(day: date) -> None:
    told = script_of("fa").date(day).translate({ord(digit): str(n) for n, digit in enumerate(script_of("fa").digits)})
    back = JalaliToGregorian(*map(int, told.split("/"))).getGregorianList()
    assert datetime(*back, tzinfo=UTC).date() == day
