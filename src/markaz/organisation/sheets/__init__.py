"""Parts of an organisation as spreadsheets (CSV): written so that they can be read again without a difference."""

from markaz.organisation.sheets.bringing import Imported, SheetRefused, bring
from markaz.organisation.sheets.columns import SHEETS, Column
from markaz.organisation.sheets.reading import SHEET_BYTES_MAX, Sheet, SheetProblem, read_sheet
from markaz.organisation.sheets.writing import write_rows, write_sheet

__all__ = [
    "SHEETS",
    "SHEET_BYTES_MAX",
    "Column",
    "Imported",
    "Sheet",
    "SheetProblem",
    "SheetRefused",
    "bring",
    "read_sheet",
    "write_rows",
    "write_sheet",
]
