"""What two sides agree on: the terms of a report, their fingerprint, and the periods it is delivered for. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from markaz.reports.catalogue import Asked, Chosen, Group, IntervalOf, figure_of, settle
from markaz.reports.errors import TermsRefused
from markaz.reports.intervals import interval_starts, place_of
from markaz.reports.words import Language, Words, words_in

PeriodKind = Literal["day", "week", "month"]
Format = Literal["csv", "pdf"]
RECIPIENTS_MAX: Final = 20
NAME_CHARACTERS_MAX: Final = 100
WEEK_DAYS: Final = 7


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report of `projects`, which are one client's, for each `period` from `first_day` on.

    It is delivered at `deliver_at` ("HH:MM" in `zone`, an IANA name) of the day after the period: to the portal, to the
    mail addresses `recipients` as a file of `format`, and with `webhook` to those who subscribe to `report.delivered`.
    Mails and files speak `language`; terms without one are English, and keep the fingerprint that was signed.
    """

    name: str
    projects: tuple[str, ...]
    figures: tuple[Chosen, ...]
    interval: IntervalOf
    group: Group | None = None
    period: PeriodKind = "day"
    zone: str = "UTC"
    deliver_at: str = "06:00"
    first_day: date
    format: Format = "csv"
    recipients: tuple[str, ...] = ()
    webhook: bool = False
    language: Language | UnsetType = UNSET

    @property
    def words(self) -> Words:
        return words_in("en" if self.language is UNSET else self.language)


@dataclass(frozen=True, slots=True)
class Period:
    """`began_at` (included) to `ended_at` (excluded), and when its report is due; all in UTC."""

    began_at: datetime
    ended_at: datetime
    due_at: datetime


def terms_hash(terms: Terms) -> str:
    """What both sides sign: SHA-256, in hex, of the terms as JSON with its fields in order."""
    return hashlib.sha256(msgspec.json.encode(terms, order="deterministic")).hexdigest()


def check_terms(terms: Terms) -> None:
    """Raises `TermsRefused`, or what the catalogue refuses."""
    if not 1 <= len(terms.name.strip()) <= NAME_CHARACTERS_MAX:
        raise TermsRefused("name", f"its name has between 1 and {NAME_CHARACTERS_MAX} characters", NAME_CHARACTERS_MAX)
    if not terms.projects:
        raise TermsRefused("projects", "it is of one project at least")
    if terms.group == "agent":
        raise TermsRefused("agents", "a client is not told of agents: group it otherwise")
    if any(figure_of(one).facts == "agent_time" for one in terms.figures):
        problem = "agents are shared between clients: their time is no figure of one client's report"
        raise TermsRefused("agent_time", problem)
    if len(terms.recipients) > RECIPIENTS_MAX or any(not _is_address(one) for one in terms.recipients):
        problem = f"it is mailed to at most {RECIPIENTS_MAX} addresses, each like name@example.org"
        raise TermsRefused("recipients", problem, RECIPIENTS_MAX)
    _time_of(terms)
    first = period_of(terms, terms.first_day)
    settle(asked_for(terms, first, floor=""))
    interval_starts(first.began_at, first.ended_at, zone=terms.zone, kind="half_hour")


def asked_for(terms: Terms, period: Period, *, floor: str) -> Asked:
    """What the catalogue is asked for."""
    return Asked(
        floor=floor, projects=terms.projects, since=period.began_at, until=period.ended_at, zone=terms.zone,
        interval=terms.interval, group=terms.group, figures=terms.figures,
    )  # fmt: skip


def period_of(terms: Terms, day: date) -> Period:
    """The period that `day` lies in. Raises `UnknownZone`, `TermsRefused`."""
    first, after = _days(terms.period, day)
    place = place_of(terms.zone)
    began, ended = (datetime.combine(one, time(), place).astimezone(UTC) for one in (first, after))
    return Period(began, ended, datetime.combine(after, _time_of(terms), place).astimezone(UTC))


def periods_due(terms: Terms, *, after: datetime | None, now: datetime) -> Iterator[Period]:
    """Periods whose report is due at `now`, the earliest first, that began after `after` (the last one delivered)."""
    day = terms.first_day
    if after is not None:
        day = max(day, after.astimezone(place_of(terms.zone)).date() + timedelta(days=1))
    while (period := period_of(terms, day)).due_at <= now:
        if after is None or period.began_at > after:
            yield period
        day = period.ended_at.astimezone(place_of(terms.zone)).date()


def _days(kind: PeriodKind, day: date) -> tuple[date, date]:
    match kind:
        case "day":
            return day, day + timedelta(days=1)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=WEEK_DAYS)
        case "month":
            first = day.replace(day=1)
            return first, (first + timedelta(days=32)).replace(day=1)


def _time_of(terms: Terms) -> time:
    try:
        return time.fromisoformat(terms.deliver_at)
    except ValueError as error:
        raise TermsRefused("deliver_at", f'"{terms.deliver_at}" is no time of day: write it like 06:00') from error


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' <>,;:"()[]\\')
    return bool(name and at and "." in host.strip(".") and plain and len(text) <= 254)
