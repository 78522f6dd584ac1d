"""What stands around the numbers of a delivered report, in the report's language: heads, definitions, period, seal."""

from zoneinfo import ZoneInfo

from markaz.reports.agreements.terms import Period, Terms
from markaz.reports.catalogue import figure_of


def head_of(terms: Terms) -> list[str]:
    """The columns of the table."""
    words = terms.words
    rows_of = words.say("delivered.of") if terms.group is None else words.say(f"figures.group.{terms.group}")
    figures = (figure_of(one).column(one, words) for one in terms.figures)
    return [words.say("delivered.from"), words.say("delivered.to"), rows_of, *figures]


def definition_lines(terms: Terms, version: int) -> list[str]:
    """What the figures of a report mean, a line each, as agreed."""
    words = terms.words
    told = [f"{title}: {meaning}" for title, meaning in definitions_of(terms)]
    zone, agreed = words.foreign(terms.zone), words.script.number(version)
    return [*told, words.say("delivered.agreed", zone=zone, version=agreed)]


def definitions_of(terms: Terms) -> list[tuple[str, str]]:
    """Each figure's column, and what it means."""
    words = terms.words
    return [(figure.column(one, words), " ".join(figure.words_of(one, words)))
            for one in terms.figures for figure in (figure_of(one),)]  # fmt: skip


def span_of(terms: Terms, period: Period) -> str:
    """From when to when."""
    words, place = terms.words, ZoneInfo(terms.zone)
    since, until = (words.script.moment(one.astimezone(place)) for one in (period.began_at, period.ended_at))
    return words.say("delivered.span", since=since, until=until, zone=words.foreign(terms.zone))


def sealed(terms: Terms, seal: str) -> str:
    """By what the same numbers are known."""
    return terms.words.say("delivered.seal", sha256=terms.words.foreign(seal))
