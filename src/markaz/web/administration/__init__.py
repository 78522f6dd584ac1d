"""What administrators do to their centre's organisation, and what desks read of it."""

from markaz.web.administration.numbers import router as numbers
from markaz.web.administration.organisation import router as organisation
from markaz.web.administration.past import router as past
from markaz.web.administration.prompts import router as prompts
from markaz.web.administration.scripts import router as scripts
from markaz.web.administration.shapes import entry_schemas
from markaz.web.administration.spreadsheets import router as spreadsheets

ROUTERS = (spreadsheets, past, organisation, numbers, prompts, scripts)
"""In this order: `/api/organisation/history` is no section, and `agents.csv` neither."""

__all__ = ["ROUTERS", "entry_schemas"]
