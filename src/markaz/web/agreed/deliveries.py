"""What was delivered, as it was: its numbers, its file, the contacts behind a figure; recomputed, corrected on wish."""

import asyncio
import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, LiteralString

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz.identity import Principal, audit
from markaz.reports.agreements import Period, Terms, as_csv, as_pdf, asked_for, decoded
from markaz.reports.catalogue import Asked as AskedOf
from markaz.reports.catalogue import Source, contacts_behind
from markaz.web.agreed.computing import ReaderBriefly, computed
from markaz.web.agreed.shapes import FigureShown, RowShown, Text, figure_shown, row_shown
from markaz.web.commands import ANY, Asked, Id
from markaz.web.context import Connection, CredentialShown, InstallationGiven, Transaction, allowed
from markaz.web.errors import CorrectionRefused, FiguresCrowded, ReportUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

DELIVERIES_MAX = 400
CONTACTS_SHOWN_MAX = 1_000

_KNOWN = "SELECT 1 FROM report_version WHERE report = %s"
_LIST: LiteralString = """
SELECT period_began, period_ended, n, version, due_at, made_at, sha256, why, journal_number FROM report_delivery
WHERE report = %s ORDER BY period_began DESC, n DESC LIMIT %s
"""
_ONE: LiteralString = """
SELECT d.period_began, d.period_ended, d.n, d.version, d.due_at, d.made_at, d.sha256, d.why, d.journal_number, d.rows,
    d.client, d.floor, v.terms
FROM report_delivery AS d
JOIN report_version AS v ON (v.centre, v.report, v.version) = (d.centre, d.report, d.version)
WHERE d.report = %s AND d.period_began = %s AND d.n = %s
"""
_SENDINGS = """
SELECT recipient, state, attempts, next_at, ended_at, problem FROM report_sending
WHERE report = %s AND period_began = %s AND n = %s ORDER BY recipient
"""
_WISHES = """
SELECT id, kind, why, asked_by, asked_at, done_at, result FROM report_wish
WHERE report = %s AND period_began = %s ORDER BY asked_at DESC LIMIT 20
"""
_WISH = """
INSERT INTO report_wish (id, centre, report, period_began, client, kind, why, asked_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (centre, report, period_began, kind) WHERE done_at IS NULL DO NOTHING
"""
_OPEN = "SELECT id FROM report_wish WHERE report = %s AND period_began = %s AND kind = %s AND done_at IS NULL"

router = APIRouter(route_class=Once, prefix="/api/reports/{report}/deliveries", tags=["reports"])

Reader = Annotated[Principal, Depends(allowed("figures.read"))]
Correction = Annotated[int, Query(ge=0, description="0: as first delivered; 1 and on: corrections")]
Began = Annotated[datetime, Query(description="When the period began, as the list says")]


class DeliveryLine(BaseModel):
    """A delivery of a period. `n` counts corrections; `made_at` after `due_at` by more than moments: it was late."""

    period_began: datetime
    period_ended: datetime
    n: int
    version: int
    due_at: datetime
    made_at: datetime
    sha256: str
    why: str | None
    journal_number: int


class DeliveryList(BaseModel):
    """The newest first."""

    deliveries: list[DeliveryLine]


class SendingShown(BaseModel):
    """How the mail to a recipient went."""

    recipient: str
    state: Literal["pending", "delivered", "failed"]
    attempts: int
    next_at: datetime | None
    ended_at: datetime | None
    problem: str | None


class WishShown(BaseModel):
    """A recomputation or a correction that somebody wanted; `compared` is there when it is done."""

    id: str
    kind: Literal["recompute", "correct"]
    why: str | None
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    compared: dict[str, Any] | None


class DeliveryShown(DeliveryLine):
    figures: list[FigureShown]
    group: str | None
    zone: str
    projects: list[str]
    rows: list[RowShown]
    sendings: list[SendingShown]
    wishes: list[WishShown]


class Wish(Asked):
    """`correct` needs a reason: what differs is delivered anew, beside what was."""

    period_began: Annotated[datetime, Field(strict=False)]
    kind: Literal["recompute", "correct"]
    why: Text | None = None


class WishTaken(BaseModel):
    id: str


class Behind(BaseModel):
    """The contacts that a figure counts, by id; `is_all` false: there are more."""

    contacts: list[str]
    is_all: bool


@router.get("", responses=refusals(*ANY, ReportUnknown))
async def deliveries(report: Id, reader: Reader, connection: Transaction) -> DeliveryList:
    """What was delivered, corrections included."""
    if await (await connection.execute(_KNOWN, (report,))).fetchone() is None:
        raise ReportUnknown(report)
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_LIST, (report, DELIVERIES_MAX))).fetchall()
    return DeliveryList(deliveries=[DeliveryLine(**row) for row in found])


@router.get("/one", responses=refusals(*ANY, ReportUnknown))
async def one_delivery(
    report: Id, reader: Reader, connection: Transaction, period_began: Began, n: Correction = 0
) -> DeliveryShown:
    """A delivery with its numbers, how it was sent, and what was asked about it since."""
    row, terms = await _delivery(connection, report, period_began, n)
    async with connection.cursor(row_factory=dict_row) as rows:
        sendings = await (await rows.execute(_SENDINGS, (report, period_began, n))).fetchall()
        wishes = await (await rows.execute(_WISHES, (report, period_began))).fetchall()
    return DeliveryShown(
        **{name: row[name] for name in DeliveryLine.model_fields},
        figures=[figure_shown(one) for one in terms.figures], group=terms.group, zone=terms.zone,
        projects=list(terms.projects), rows=[row_shown(one) for one in decoded(row["rows"])],
        sendings=[SendingShown(**one) for one in sendings],
        wishes=[
            WishShown(**{**one, "compared": None if one["result"] is None else msgspec.json.decode(one["result"])})
            for one in wishes
        ],
    )  # fmt: skip


@router.get("/file", response_class=Response, responses=refusals(*ANY, ReportUnknown))
async def delivered_file(
    report: Id,
    reader: Reader,
    connection: Transaction,
    address: AddressGiven,
    period_began: Began,
    n: Correction = 0,
    form: Annotated[Literal["csv", "pdf"], Query(alias="format")] = "csv",
) -> Response:
    """The delivered numbers as a file, whichever format is mailed."""
    row, terms = await _delivery(connection, report, period_began, n)
    await audit(
        connection, "report.exported", f"report:{report}", client=row["client"], address=address,
        period=period_began.isoformat(), n=n, format=form,
    )  # fmt: skip
    rows = decoded(row["rows"])
    period = Period(row["period_began"], row["period_ended"], row["due_at"])
    if form == "csv":
        body = as_csv(terms, row["version"], period, rows, seal=row["sha256"])
        kind = "text/csv; charset=utf-8"
    else:
        body = await asyncio.to_thread(as_pdf, terms, row["version"], period, rows, seal=row["sha256"])
        kind = "application/pdf"
    name = f"report-{period_began:%Y-%m-%d}-{n}.{form}"
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/contacts", responses=refusals(*ANY, ReportUnknown, FiguresCrowded))
async def behind(
    report: Id,
    reader: ReaderBriefly,
    credential: CredentialShown,
    installation: InstallationGiven,
    period_began: Began,
    figure: Annotated[int, Query(ge=0, le=49, description="The figure's place in the report")],
    n: Correction = 0,
    began_at: Annotated[datetime | None, Query(description="The row's interval; absent: the whole period")] = None,
    key: Annotated[Id | None, Query(description="The row's key; absent: all together")] = None,
) -> Behind:
    """The contacts that a number counts, as the read models have them now."""
    async with installation.entered(credential) as connection:
        row, terms = await _delivery(connection, report, period_began, n)
    if figure >= len(terms.figures) or (began_at is not None and began_at.tzinfo is None):
        raise ReportUnknown(report)
    period = Period(row["period_began"], row["period_ended"], row["due_at"])
    asked = asked_for(terms, period, floor=row["floor"])
    asked = msgspec.structs.replace(asked, figures=(terms.figures[figure],))

    def counted(source: Source, asked: AskedOf) -> list[str]:
        limit = CONTACTS_SHOWN_MAX + 1
        return contacts_behind(source, asked, asked.figures[0], began_at=began_at, key=key, limit=limit)

    found = await computed(installation, credential, asked, counted)
    return Behind(contacts=found[:CONTACTS_SHOWN_MAX], is_all=len(found) <= CONTACTS_SHOWN_MAX)


@router.post("/wishes", status_code=HTTPStatus.ACCEPTED, responses=refusals(*ANY, ReportUnknown, CorrectionRefused))
async def wish(report: Id, wanted: Wish, reader: Reader, connection: Transaction, address: AddressGiven) -> WishTaken:
    """Let what was delivered last be recomputed from the journal; what differs is corrected where that is wished."""
    row, _ = await _delivery(connection, report, wanted.period_began, 0)
    may = reader.client is None and reader.may("reports.agree")
    if wanted.kind == "correct" and (wanted.why is None or not may):
        raise CorrectionRefused
    id = secrets.token_hex(8)
    values = (id, reader.centre, report, wanted.period_began, row["client"], wanted.kind, wanted.why, reader.name)
    if (await connection.execute(_WISH, values)).rowcount == 0:  # somebody wants it already
        open_one = await (await connection.execute(_OPEN, (report, wanted.period_began, wanted.kind))).fetchone()
        return WishTaken(id=id if open_one is None else open_one[0])
    await audit(
        connection, f"report.{'recomputed' if wanted.kind == 'recompute' else 'corrected'}", f"report:{report}",
        client=row["client"], address=address, period=wanted.period_began.isoformat(), why=wanted.why,
    )  # fmt: skip
    return WishTaken(id=id)


async def _delivery(
    connection: Connection, report: str, period_began: datetime, n: int
) -> tuple[dict[str, Any], Terms]:
    if period_began.tzinfo is None:
        raise ReportUnknown(report)
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_ONE, (report, period_began, n))).fetchone()
    if found is None:
        raise ReportUnknown(report)
    return found, msgspec.json.decode(found["terms"], type=Terms)
