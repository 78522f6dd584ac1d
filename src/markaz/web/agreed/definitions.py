"""What both sides agree on: the catalogue, proposals and signatures. Nothing is delivered that is not agreed."""

import secrets
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, LiteralString

import msgspec
from fastapi import APIRouter, Depends
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from markaz import reports
from markaz.identity import Principal, audit
from markaz.reports.agreements import (
    Move,
    State,
    Terms,
    asked_for,
    check_terms,
    moved,
    moves_of,
    period_of,
    periods_due,
    terms_hash,
)
from markaz.reports.catalogue import CATALOGUE, Chosen, compute
from markaz.web.agreed.computing import ReaderBriefly, computed
from markaz.web.agreed.shapes import (
    ENGLISH,
    FigureShown,
    RowShown,
    TermsGiven,
    Text,
    VersionShown,
    figure_shown,
    given,
    row_shown,
    side_of,
)
from markaz.web.commands import ANY, Asked, Id
from markaz.web.context import Connection, CredentialShown, InstallationGiven, Transaction, allowed
from markaz.web.errors import ChangedMeanwhile, FiguresCrowded, ProjectsOfOneClient, ReportUnknown, TooManyReports
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

REPORTS_MAX = 200
"""Reports of a client that are agreed or proposed."""
DAYS_AHEAD_MAX = 400
YEAR_FIRST = 2000

_CLIENTS = "SELECT DISTINCT client FROM project WHERE id = ANY (%s) AND retired_at IS NULL"
_PROJECTS = "SELECT count(*) FROM project WHERE id = ANY (%s) AND retired_at IS NULL"
_COLUMNS: LiteralString = (
    "report, version, client, terms, hash, state, proposed_by, proposer, proposed_at, decider, decided_at, words"
)
_LIST: LiteralString = f"SELECT {_COLUMNS} FROM report_version ORDER BY report, version DESC"
_ONE: LiteralString = f"SELECT {_COLUMNS} FROM report_version WHERE report = %s ORDER BY version DESC"
_COUNT = """
SELECT count(DISTINCT report) FROM report_version WHERE client = %s AND state IN ('proposed', 'agreed')
"""
_LAST = "SELECT max(period_began) FROM report_delivery WHERE report = %s"
_PROPOSE = """
INSERT INTO report_version (centre, report, version, client, terms, hash, state, proposed_by, proposer)
VALUES (%s, %s, %s, %s, %s, %s, 'proposed', %s, %s)
"""
_MOVE = """
UPDATE report_version SET state = %s, decider = %s, decided_at = clock_timestamp(), words = %s
WHERE report = %s AND version = %s AND state = %s
"""
_SUPERSEDE = "UPDATE report_version SET state = 'superseded' WHERE report = %s AND state = 'agreed' AND version < %s"
_WITHDRAW = """
UPDATE report_version SET state = 'withdrawn' WHERE report = %s AND state = 'proposed' AND version < %s
"""

router = APIRouter(route_class=Once, prefix="/api/reports", tags=["reports"])

Reader = Annotated[Principal, Depends(allowed("figures.read"))]
Agreeing = Annotated[Principal, Depends(allowed("reports.agree"))]
CATALOGUE_ERRORS = (
    reports.FigureUnknown, reports.ParameterRefused, reports.GroupRefused, reports.FiguresRefused, reports.ZoneRefused,
    reports.UnknownZone, reports.PeriodEmpty, reports.TooManyIntervals, reports.TermsRefused, ProjectsOfOneClient,
)  # fmt: skip


class ParameterShown(BaseModel):
    name: str
    default: float | int | str
    meaning: str
    least: float | None
    greatest: float | None


class Entry(BaseModel):
    """A figure of the catalogue, as it is with its defaults."""

    figure: FigureShown
    groups: list[str]
    parameters: list[ParameterShown]
    source: str | None


class ReportShown(BaseModel):
    """A report: its versions, the newest first, and when the next one is due (null: it is not agreed)."""

    report: str
    client: str
    name: str
    state: State
    versions: list[VersionShown]
    next_due_at: datetime | None


class ReportList(BaseModel):
    reports: list[ReportShown]


class Proposed(BaseModel):
    """Where the proposal stands, until the other side has signed."""

    report: str
    version: int
    hash: str


class Preview(BaseModel):
    """What the terms would have given for a period that is over."""

    figures: list[FigureShown]
    began_at: datetime
    ended_at: datetime
    rows: list[RowShown]


class Decision(Asked):
    """`hash`: the fingerprint of the terms that are signed, of an agreement; `words`: why, of a refusal."""

    move: Move
    hash: str | None = Field(default=None, max_length=64)
    words: Text | None = None


@router.get("/catalogue", responses=refusals(*ANY))
async def catalogue(reader: Reader) -> list[Entry]:
    """Every figure that a report may have: agents are shared between clients, so their time is in none."""
    return [
        Entry(
            figure=figure_shown(Chosen(figure=one.name, version=one.version)),
            groups=sorted(one.groups - {"agent"}),
            parameters=[
                ParameterShown(
                    name=name,
                    default=each.default,
                    meaning=ENGLISH.say(f"figures.parameter.{name}"),
                    least=each.least,
                    greatest=each.greatest,
                )
                for name, each in one.parameters.items()
            ],
            source=one.source,
        )
        for one in CATALOGUE.values()
        if one.facts != "agent_time"
    ]


@router.get("", responses=refusals(*ANY))
async def agreed_reports(reader: Reader, installation: InstallationGiven, connection: Transaction) -> ReportList:
    """All reports that the asker may see."""
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_LIST)).fetchall()
    by_report: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        by_report.setdefault(row["report"], []).append(row)
    shown = [await _shown(reader, installation.clock(), connection, of) for of in by_report.values()]
    return ReportList(reports=sorted(shown, key=lambda one: (one.name.casefold(), one.report)))


@router.post("/preview", responses=refusals(*ANY, *CATALOGUE_ERRORS, FiguresCrowded))
async def preview(
    terms: TermsGiven, reader: ReaderBriefly, credential: CredentialShown, installation: InstallationGiven
) -> Preview:
    """The last period that is over, in the numbers of these terms; nothing is kept."""
    async with installation.entered(credential) as connection:
        wanted = await _checked(terms, connection)
    today = installation.clock().date()
    last = period_of(wanted, period_of(wanted, today).began_at.date() - timedelta(days=1))
    rows = await computed(installation, credential, asked_for(wanted, last, floor=installation.floor), compute)
    return Preview(
        figures=[figure_shown(one) for one in wanted.figures], began_at=last.began_at, ended_at=last.ended_at,
        rows=[row_shown(row) for row in rows],
    )  # fmt: skip


@router.post("", status_code=HTTPStatus.CREATED, responses=refusals(*ANY, *CATALOGUE_ERRORS, TooManyReports))
async def propose(terms: TermsGiven, agreeing: Agreeing, connection: Transaction, address: AddressGiven) -> Proposed:
    """Propose a new report to the other side."""
    wanted = await _checked(terms, connection)
    client = await _client_of(wanted, connection)
    (count,) = await (await connection.execute(_COUNT, (client,))).fetchone() or (0,)
    if count >= REPORTS_MAX:
        raise TooManyReports(REPORTS_MAX)
    return await _propose(connection, agreeing, address, secrets.token_hex(8), 1, client, wanted)


@router.get("/{report}", responses=refusals(*ANY, ReportUnknown))
async def one_report(
    report: Id, reader: Reader, installation: InstallationGiven, connection: Transaction
) -> ReportShown:
    """A report with all its versions."""
    return await _shown(reader, installation.clock(), connection, await _versions(connection, report))


@router.post(
    "/{report}/versions",
    status_code=HTTPStatus.CREATED,
    responses=refusals(*ANY, *CATALOGUE_ERRORS, ReportUnknown),
)
async def propose_anew(
    report: Id, terms: TermsGiven, agreeing: Agreeing, connection: Transaction, address: AddressGiven
) -> Proposed:
    """Propose other terms; those that are agreed go on until the other side has signed these."""
    known = await _versions(connection, report)
    wanted = await _checked(terms, connection)
    if await _client_of(wanted, connection) != known[0]["client"]:
        raise ProjectsOfOneClient
    before = msgspec.json.decode(known[0]["terms"], type=Terms)
    if (wanted.period, wanted.zone) != (before.period, before.zone):
        raise reports.TermsRefused(
            "periods", "its periods and its zone stay, so that none is lost or told twice: propose a new one"
        )
    version = known[0]["version"] + 1
    await connection.execute(_WITHDRAW, (report, version))
    return await _propose(connection, agreeing, address, report, version, known[0]["client"], wanted)


@router.post(
    "/{report}/versions/{version}",
    responses=refusals(*ANY, ReportUnknown, reports.MoveRefused, reports.TermsChanged, ChangedMeanwhile),
)
async def decide(
    report: Id,
    version: int,
    decision: Decision,
    agreeing: Agreeing,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> ReportShown:
    """Sign what the other side proposed, decline it, withdraw one's own, or end what is agreed."""
    known = next((row for row in await _versions(connection, report) if row["version"] == version), None)
    if known is None:
        raise ReportUnknown(report)
    state = moved(
        known["state"], decision.move, proposed_by=known["proposed_by"], side=side_of(agreeing),
        signed=decision.hash or "", terms=known["hash"],
    )  # fmt: skip
    made = await connection.execute(_MOVE, (state, agreeing.name, decision.words, report, version, known["state"]))
    if made.rowcount == 0:  # the other side was faster
        raise ChangedMeanwhile
    if state == "agreed":
        await connection.execute(_SUPERSEDE, (report, version))
    await audit(
        connection, f"report.{state}", f"report:{report}", client=known["client"], address=address, version=version,
        hash=known["hash"], words=decision.words,
    )  # fmt: skip
    return await _shown(agreeing, installation.clock(), connection, await _versions(connection, report))


async def _propose(
    connection: Connection, agreeing: Principal, address: str, report: str, version: int, client: str, terms: Terms
) -> Proposed:
    text, fingerprint = msgspec.json.encode(terms, order="deterministic").decode(), terms_hash(terms)
    values = (agreeing.centre, report, version, client, text, fingerprint, side_of(agreeing), agreeing.name)
    await connection.execute(_PROPOSE, values)
    await audit(
        connection, "report.proposed", f"report:{report}", client=client, address=address, version=version,
        hash=fingerprint, name=terms.name,
    )  # fmt: skip
    return Proposed(report=report, version=version, hash=fingerprint)


async def _checked(given_terms: TermsGiven, connection: Connection) -> Terms:
    terms = given_terms.terms()
    if not date(YEAR_FIRST, 1, 1) <= terms.first_day <= date(YEAR_FIRST + 200, 1, 1):
        raise reports.TermsRefused("first_day", f"its first day is {terms.first_day}")
    check_terms(terms)
    await _client_of(terms, connection)
    return terms


async def _client_of(terms: Terms, connection: Connection) -> str:
    wanted = list(dict.fromkeys(terms.projects))
    clients = await (await connection.execute(_CLIENTS, (wanted,))).fetchall()
    (count,) = await (await connection.execute(_PROJECTS, (wanted,))).fetchone() or (0,)
    if len(clients) != 1 or count != len(wanted):
        raise ProjectsOfOneClient
    return clients[0][0]


async def _versions(connection: Connection, report: str) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(_ONE, (report,))).fetchall()
    if not found:
        raise ReportUnknown(report)
    return found


async def _shown(reader: Principal, now: datetime, connection: Connection, rows: list[dict[str, Any]]) -> ReportShown:
    versions = [_version_shown(reader, row) for row in rows]
    current = next((one for one in versions if one.state == "agreed"), versions[0])
    due: datetime | None = None
    if current.state == "agreed":
        (last,) = await (await connection.execute(_LAST, (rows[0]["report"],))).fetchone() or (None,)
        terms = current.terms.terms()
        late = next(periods_due(terms, after=last, now=now), None)
        following = (
            terms.first_day if last is None else max(terms.first_day, period_of(terms, last.date()).ended_at.date())
        )
        due = late.due_at if late is not None else period_of(terms, following).due_at
    return ReportShown(
        report=rows[0]["report"], client=rows[0]["client"], name=current.terms.name, state=current.state,
        versions=versions, next_due_at=due,
    )  # fmt: skip


def _version_shown(reader: Principal, row: dict[str, Any]) -> VersionShown:
    terms = msgspec.json.decode(row["terms"], type=Terms)
    may = reader.may("reports.agree")
    moves = moves_of(row["state"], proposed_by=row["proposed_by"], side=side_of(reader)) if may else ()
    return VersionShown(
        version=row["version"], state=row["state"], terms=given(terms), hash=row["hash"], moves=list(moves),
        figures=[figure_shown(one) for one in terms.figures], proposed_by=row["proposed_by"], proposer=row["proposer"],
        proposed_at=row["proposed_at"], decider=row["decider"], decided_at=row["decided_at"], words=row["words"],
    )  # fmt: skip
