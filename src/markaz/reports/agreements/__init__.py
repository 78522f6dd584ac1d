"""Reports that a centre and its client agree on before they are used, delivered on time and kept as delivered.

A door of its own, like the catalogue's: what it loads is heavy.
"""

from markaz.reports.agreements.agreeing import TRANSITIONS, Move, Side, State, moved, moves_of
from markaz.reports.agreements.computing import Compared, Difference, compare, compute_rows, decoded, encoded
from markaz.reports.agreements.delivering import Reporter
from markaz.reports.agreements.engine import facts_folder
from markaz.reports.agreements.mailing import Mailer, MailServer
from markaz.reports.agreements.printing import as_pdf
from markaz.reports.agreements.rendering import as_csv
from markaz.reports.agreements.terms import (
    Format,
    Period,
    PeriodKind,
    Terms,
    asked_for,
    check_terms,
    period_of,
    periods_due,
    terms_hash,
)

__all__ = [
    "TRANSITIONS",
    "Compared",
    "Difference",
    "Format",
    "MailServer",
    "Mailer",
    "Move",
    "Period",
    "PeriodKind",
    "Reporter",
    "Side",
    "State",
    "Terms",
    "as_csv",
    "as_pdf",
    "asked_for",
    "check_terms",
    "compare",
    "compute_rows",
    "decoded",
    "encoded",
    "facts_folder",
    "moved",
    "moves_of",
    "period_of",
    "periods_due",
    "terms_hash",
]
