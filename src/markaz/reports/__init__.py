"""Figures and stories read from the read models and the journal; the only door of `markaz.reports`."""

from markaz.reports.definition import ServiceLevel
from markaz.reports.errors import (
    FiguresRefused,
    FigureUnknown,
    GroupRefused,
    InvalidDefinition,
    MoveRefused,
    ParameterRefused,
    PeriodEmpty,
    TermsChanged,
    TermsRefused,
    TooManyIntervals,
    UnknownContact,
    UnknownZone,
    ZoneRefused,
)
from markaz.reports.figures import report
from markaz.reports.model import AgentTime, Contacts, Handling, Report, Row, Waits
from markaz.reports.render import render_csv, render_json, render_table
from markaz.reports.story import Moment, Story, story
from markaz.reports.telling import render_story, render_story_json
from markaz.reports.words import LANGUAGES, Language, words_in

__all__ = [
    "LANGUAGES",
    "AgentTime",
    "Contacts",
    "FigureUnknown",
    "FiguresRefused",
    "GroupRefused",
    "Handling",
    "InvalidDefinition",
    "Language",
    "Moment",
    "MoveRefused",
    "ParameterRefused",
    "PeriodEmpty",
    "Report",
    "Row",
    "ServiceLevel",
    "Story",
    "TermsChanged",
    "TermsRefused",
    "TooManyIntervals",
    "UnknownContact",
    "UnknownZone",
    "Waits",
    "ZoneRefused",
    "render_csv",
    "render_json",
    "render_story",
    "render_story_json",
    "render_table",
    "report",
    "story",
    "words_in",
]
