"""Figures that a centre and its client agree on, by name and version, computed over exported facts.

`export_parquet` writes the facts of a period, `Source` reads them with an Ibis engine, `compute` gives the rows of
what is `Asked`, and `contacts_behind` the contacts that a figure counts. Ibis and DuckDB are loaded with this package:
it is imported by those who need it, and not by `markaz.reports`.
"""

from markaz.reports.catalogue.asked import Asked, Chosen, Group, IntervalOf, Row, Value
from markaz.reports.catalogue.computing import (
    CONTACTS_MAX,
    FIGURES_MAX,
    Source,
    compute,
    contacts_behind,
    settle,
    tables_of,
)
from markaz.reports.catalogue.entries import CATALOGUE, figure_of
from markaz.reports.catalogue.exporting import export_from_journal, export_parquet
from markaz.reports.catalogue.figure import Figure, Parameter

__all__ = [
    "CATALOGUE",
    "CONTACTS_MAX",
    "FIGURES_MAX",
    "Asked",
    "Chosen",
    "Figure",
    "Group",
    "IntervalOf",
    "Parameter",
    "Row",
    "Source",
    "Value",
    "compute",
    "contacts_behind",
    "export_from_journal",
    "export_parquet",
    "figure_of",
    "settle",
    "tables_of",
]
