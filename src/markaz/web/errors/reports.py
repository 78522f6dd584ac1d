"""Agreed reports."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class ReportUnknown(MarkazError):
    """There is no report "{report}" with that version or delivery: check the address."""

    code: ClassVar[str] = "report_unknown"
    report: str


@dataclass(eq=False)
class ProjectsOfOneClient(MarkazError):
    """A report is agreed on with one client: name projects of one alone, and only such as you may see."""

    code: ClassVar[str] = "projects_of_one_client"


@dataclass(eq=False)
class TooManyReports(MarkazError):
    """A client has at most {reports_max} reports with the centre: end one first."""

    code: ClassVar[str] = "too_many_reports"
    reports_max: int


@dataclass(eq=False)
class FiguresCrowded(MarkazError):
    """Many figures are computed at this moment, one after the other: try again in some seconds."""

    code: ClassVar[str] = "figures_crowded"


@dataclass(eq=False)
class CorrectionRefused(MarkazError):
    """A correction needs a reason, which both sides read, and somebody of the centre who signs reports: say why."""

    code: ClassVar[str] = "correction_refused"
