"""Customers' answers as a sheet, for whoever may read them."""

from typing import Final

from fastapi import APIRouter, Response

from markaz.web.commands import ANY
from markaz.web.contacts import told_to
from markaz.web.context import Transaction
from markaz.web.errors import NotPermittedThere
from markaz.web.feedback import NEWEST, Reader, Search
from markaz.web.problems import refusals
from markaz.web.rows import rows_of
from markaz.web.sheets import IS_SHEET, ROWS_MAX, audit_taken, sheet
from markaz.web.visitors import AddressGiven

_COLUMNS: Final = ["contact", "project", "queue", "agent", "question", "answer", "at"]

router = APIRouter(prefix="/api", tags=["contacts"])


@router.get("/feedback.csv", response_class=Response, responses=IS_SHEET | refusals(*ANY, NotPermittedThere))
async def feedback_sheet(principal: Reader, connection: Transaction, search: Search, address: AddressGiven) -> Response:
    """What `/api/feedback` lists, the newest 20,000. A client whose answers are among them sees who took them."""
    place = {"at": None, "contact": None, "last": None, "limit": ROWS_MAX}
    found = await rows_of(connection, NEWEST, search | place)
    await audit_taken(connection, "feedback", found, search, address)
    return sheet("feedback", _COLUMNS, (told_to(principal, row) for row in found))
