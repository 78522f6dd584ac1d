"""The terms of a report as requests bring them and answers show them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, Field

from markaz.identity import Principal
from markaz.reports import Language, words_in
from markaz.reports.agreements import Move, Side, State, Terms
from markaz.reports.catalogue import Chosen, Row, figure_of
from markaz.web.commands import Asked, Id

Text = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
ParameterName = Annotated[str, Field(min_length=1, max_length=50)]
ParameterText = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


ENGLISH = words_in("en")
"""What answers say in words; pages say it in the reader's language, by the keys."""


class FigureChosen(Asked):
    """A figure of the catalogue; parameters that are absent have its defaults."""

    figure: Id = Field(examples=["service_level"])
    version: int = Field(default=1, ge=1)
    parameters: dict[ParameterName, float | int | ParameterText] = Field(default={}, max_length=10)


class TermsGiven(Asked):
    """What both sides sign. `deliver_at`: the time of day, in `zone`, of the day after the period."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    projects: list[Id] = Field(min_length=1, max_length=100)
    figures: list[FigureChosen] = Field(min_length=1, max_length=50)
    interval: Literal["half_hour", "hour", "day", "whole"] = "half_hour"
    group: Literal["queue", "project", "disposition"] | None = None
    period: Literal["day", "week", "month"] = "day"
    zone: Annotated[str, Field(min_length=1, max_length=100)] = "UTC"
    deliver_at: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")] = "06:00"
    first_day: Annotated[date, Field(strict=False)]
    format: Literal["csv", "pdf"] = "csv"
    recipients: list[Annotated[str, Field(max_length=254)]] = Field(default=[], max_length=20)
    webhook: bool = False
    language: Language | None = Field(default=None, description="Of mails and files; null, of older terms: English")

    def terms(self) -> Terms:
        return msgspec.convert(self.model_dump(exclude={"language"} if self.language is None else None), Terms)


class FigureShown(BaseModel):
    """A figure with the words that both sides agreed on, in English: its formula, then what is left out.

    In other languages they are found by figure and version, and by the keys of `exclusions`.
    """

    figure: str
    version: int
    title: str
    unit: str
    parameters: dict[str, float | int | str]
    words: list[str]
    exclusions: list[str]
    column: str = Field(description="How a file heads the figure's column")


class VersionShown(BaseModel):
    """A version of a report's terms. `hash` is what is signed; `moves` what the asker may do with it."""

    version: int
    state: State
    terms: TermsGiven
    figures: list[FigureShown]
    hash: str
    proposed_by: Side
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    words: str | None
    moves: list[Move]


class RowShown(BaseModel):
    """One interval (null: the whole period) and key (null: all together); values in the order of the figures."""

    began_at: datetime | None
    ended_at: datetime | None
    key: str | None
    values: list[int | float | None]


def side_of(principal: Principal) -> Side:
    return "centre" if principal.client is None else "client"


def given(terms: Terms) -> TermsGiven:
    return TermsGiven.model_validate(msgspec.to_builtins(terms), strict=False)


def figure_shown(chosen: Chosen) -> FigureShown:
    figure = figure_of(chosen)
    return FigureShown(
        figure=figure.name, version=figure.version, title=figure.title(ENGLISH), unit=figure.unit,
        parameters=dict(figure.settle(chosen)), words=list(figure.words_of(chosen, ENGLISH)),
        exclusions=list(figure.exclusions), column=figure.column(chosen, ENGLISH),
    )  # fmt: skip


def row_shown(row: Row) -> RowShown:
    return RowShown(began_at=row.began_at, ended_at=row.ended_at, key=row.key, values=list(row.values))
