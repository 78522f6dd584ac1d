"""Contacts as a sheet, for whoever may read them."""

from typing import Final

from fastapi import APIRouter, Response

from markaz.web.commands import ANY
from markaz.web.contacts import LIST, Reader, Search, told_to
from markaz.web.context import Transaction
from markaz.web.errors import DigitsTooFew, NotPermittedThere
from markaz.web.problems import refusals
from markaz.web.rows import rows_of
from markaz.web.sheets import IS_SHEET, ROWS_MAX, audit_taken, sheet
from markaz.web.visitors import AddressGiven

_COLUMNS: Final = [
    "contact", "channel", "project", "number", "customer", "queue", "arrived_at", "queued_at", "answered_at",
    "closed_at", "outcome", "reason", "agents",
]  # fmt: skip

router = APIRouter(prefix="/api", tags=["contacts"])


@router.get(
    "/contacts.csv", response_class=Response, responses=IS_SHEET | refusals(*ANY, DigitsTooFew, NotPermittedThere)
)
async def contacts_sheet(principal: Reader, connection: Transaction, search: Search, address: AddressGiven) -> Response:
    """What `/api/contacts` lists, the newest 20,000. A client whose contacts are among them sees who took them."""
    found = await rows_of(connection, LIST, search | {"at": None, "contact": None, "limit": ROWS_MAX})
    await audit_taken(connection, "contacts", found, search, address)
    return sheet("contacts", _COLUMNS, (told_to(principal, row) for row in found))
