"""Requests between the centre and a client: asked, answered and promised where both see when, and how old each is.

Which side asks for something here is known by who is signed in: a client's people are the client, all others are the
centre. Ages are counted by the database's clock and told as seconds, so that both sides see the same number.
"""

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, LiteralString

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from markaz import requests
from markaz.identity import Principal, audit
from markaz.web.auditing import audit_of_project
from markaz.web.commands import ANY, Asked, Id, ProjectPath, require_project
from markaz.web.context import Connection, Transaction, allowed
from markaz.web.entering import Text
from markaz.web.errors import ClientNeeded, ClientUnknown, CursorUnknown, ProjectUnknown, WordsNeeded
from markaz.web.idempotency import Once
from markaz.web.pages import Cursor, Limit, cursor_of, place_of
from markaz.web.problems import refusals
from markaz.web.rows import rows_of
from markaz.web.visitors import AddressGiven

OPEN_MAX = 500
"""Requests that are open with one client at once."""
_WORDY = frozenset({"answer", "reopen", "say", "note"})

_ROW: LiteralString = """
SELECT r.*, its_client.name AS client_name, its_project.name AS project_name, first.words, first.author_name AS asker,
    extract(epoch FROM coalesce(r.ended_at, now()) - r.asked_at)::float8 AS asked_seconds,
    extract(epoch FROM coalesce(r.ended_at, now()) - r.turn_since)::float8 AS turn_seconds,
    extract(epoch FROM r.due_at - coalesce(r.ended_at, now()))::float8 AS due_seconds
FROM request AS r
LEFT JOIN client AS its_client ON its_client.id = r.client AND its_client.centre = r.centre
LEFT JOIN project AS its_project ON its_project.id = r.project AND its_project.centre = r.centre
LEFT JOIN request_entry AS first ON first.request = r.id AND first.n = 1
"""
_OPEN: LiteralString = (
    f"{_ROW}"
    """
WHERE r.ended_at IS NULL AND (%(project)s::text IS NULL OR r.project = %(project)s)
    AND (%(place)s::timestamptz IS NULL OR (r.asked_at, r.id) > (%(place)s, %(id)s))
ORDER BY r.asked_at, r.id LIMIT %(limit)s
"""
)
_DONE: LiteralString = (
    f"{_ROW}"
    """
WHERE r.ended_at IS NOT NULL AND (%(project)s::text IS NULL OR r.project = %(project)s)
    AND (%(place)s::timestamptz IS NULL OR (r.asked_at, r.id) < (%(place)s, %(id)s))
ORDER BY r.asked_at DESC, r.id DESC LIMIT %(limit)s
"""
)
_ONE: LiteralString = f"{_ROW} WHERE r.id = %(id)s"
_LOG = """
SELECT at, side, author_name, act, words, until, internal_to IS NOT NULL AS is_internal
FROM request_entry WHERE request = %s ORDER BY n
"""
_CLIENT_OF = "SELECT client FROM project WHERE id = %s AND retired_at IS NULL"
_CLIENT = "SELECT 1 FROM client WHERE id = %s AND retired_at IS NULL"
_COUNT = "SELECT count(*) FROM request WHERE client = %s AND ended_at IS NULL"
_TIMES = """
SELECT its.id AS project, its.name, coalesce(agreed.hours, %s) AS hours
FROM project AS its LEFT JOIN response_time AS agreed ON agreed.centre = its.centre AND agreed.project = its.id
WHERE its.retired_at IS NULL ORDER BY its.name, its.id
"""
_AGREE = """
INSERT INTO response_time (centre, project, hours) VALUES (%s, %s, %s)
ON CONFLICT (centre, project) DO UPDATE SET hours = excluded.hours
"""

router = APIRouter(route_class=Once, prefix="/api", tags=["requests"])

Reader = Annotated[Principal, Depends(allowed("requests.read"))]
Actor = Annotated[Principal, Depends(allowed("requests.act"))]
Agreeing = Annotated[Principal, Depends(allowed("requests.agree"))]
RequestPath = Annotated[Id, Field(description="The request's id")]


class NewRequest(Asked):
    """What is asked of the other side. The centre names a project or a client; a client asks for itself."""

    kind: requests.Kind
    words: Text
    project: Id | None = Field(default=None, description="Absent: about everything that the centre does for the client")
    client: Id | None = Field(default=None, description="For the centre, where there is no project")


class MoveMade(Asked):
    """What somebody does with a request. `note`: words for one's own side alone; `say`: for both."""

    move: requests.Move
    words: Text | None = None
    until: Annotated[AwareDatetime, Field(strict=False)] | None = Field(
        default=None, description="By when the answer comes, of a promise"
    )


class RequestShown(BaseModel):
    """A request as both sides see it. Seconds are elapsed ones by the server's clock, as of this answer.

    `turn`: whose turn it is; null: it is done. `asked_seconds` since it was asked, `turn_seconds` since it has been
    their turn, both until it was done; `due_seconds` until an answer that is owed is escalated by itself.
    """

    id: str
    client: str
    client_name: str | None
    project: str | None
    project_name: str | None
    kind: requests.Kind
    state: requests.State
    asked_by: requests.Side
    asker: str | None
    words: str | None
    owner: str | None
    owner_name: str | None
    turn: requests.Side | None
    asked_at: datetime
    turn_since: datetime
    due_at: datetime
    ended_at: datetime | None
    response_hours: int
    asked_seconds: float
    turn_seconds: float
    due_seconds: float
    moves: list[requests.Move] = Field(description="What whoever asks may do with it now")


class EntryShown(BaseModel):
    """What was done, of the log. `side` null: time itself escalated. `is_internal`: one's own side alone sees it."""

    at: datetime
    side: requests.Side | None
    author_name: str | None
    act: Literal["ask"] | requests.Move
    words: str | None
    until: datetime | None
    is_internal: bool


class RequestWithLog(RequestShown):
    """The log is in order and complete, but for the other side's notes to itself."""

    log: list[EntryShown]


class RequestPage(BaseModel):
    """Open ones the oldest first, those that are done the newest first."""

    requests: list[RequestShown]
    next: str | None


class ResponseTime(BaseModel):
    """Elapsed hours within which the project's requests are answered."""

    project: str
    name: str
    hours: int


class HoursAgreed(Asked):
    """For requests that are asked from now on."""

    hours: int = Field(ge=1, le=requests.RESPONSE_HOURS_MAX)


@router.get("/requests", responses=refusals(*ANY, CursorUnknown))
async def list_requests(
    reader: Reader,
    connection: Transaction,
    state: Annotated[Literal["open", "done"], Query()] = "open",
    project: Annotated[Id | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> RequestPage:
    """Requests by their age."""
    place, id_ = place_of(cursor, tuple[datetime, str]) if cursor is not None else (None, None)
    if place is not None and place.tzinfo is None:
        raise CursorUnknown
    values = {"project": project, "place": place, "id": id_, "limit": limit + 1}
    found = await rows_of(connection, _OPEN if state == "open" else _DONE, values)
    shown = [_shown(row, reader) for row in found[:limit]]
    is_more = len(found) > limit
    return RequestPage(
        requests=shown, next=cursor_of(shown[-1].asked_at.isoformat(), shown[-1].id) if is_more else None
    )


@router.get("/requests/{request}", responses=refusals(*ANY, requests.RequestUnknown))
async def one_request(request: RequestPath, reader: Reader, connection: Transaction) -> RequestWithLog:
    """A request with all that was said and done about it."""
    return await _with_log(connection, request, reader)


@router.post(
    "/requests",
    status_code=HTTPStatus.CREATED,
    responses=refusals(*ANY, ProjectUnknown, ClientUnknown, ClientNeeded, requests.TooManyRequests),
)
async def ask(wanted: NewRequest, actor: Actor, connection: Transaction, address: AddressGiven) -> RequestWithLog:
    """Ask the other side for something; its answer is owed from now on."""
    client = await _client_of(connection, actor, wanted)
    (count,) = await (await connection.execute(_COUNT, (client,))).fetchone() or (0,)
    if count >= OPEN_MAX:
        raise requests.TooManyRequests(OPEN_MAX)
    by = author(actor)
    hours = await requests.response_hours(connection, actor.centre, wanted.project)
    request = requests.asked(
        id=secrets.token_hex(8), client=client, project=wanted.project, by=by.side, kind=wanted.kind,
        at=await requests.now_of(connection), response_hours=hours,
    )  # fmt: skip
    request = requests.owned(request, by)
    await requests.add(connection, actor.centre, request, wanted.words, by)
    told = {"kind": wanted.kind, "of_project": wanted.project}
    await audit(connection, "request.asked", f"request:{request.id}", client=client, address=address, **told)
    return await _with_log(connection, request.id, actor)


@router.post(
    "/requests/{request}/moves",
    responses=refusals(
        *ANY, requests.RequestUnknown, requests.MoveNotPossible, requests.NotYourTurn, requests.PromiseNotPossible,
        requests.LogFull, WordsNeeded,
    ),
)  # fmt: skip
async def move(
    request: RequestPath, made: MoveMade, actor: Actor, connection: Transaction, address: AddressGiven
) -> RequestWithLog:
    """Answer, promise, escalate, accept, reopen, withdraw, take it as one's own, or say something."""
    if made.move in _WORDY and made.words is None:
        raise WordsNeeded(made.move)
    by = author(actor)
    before = await requests.lock(connection, request)
    until = made.until if made.move == "promise" else None
    after = requests.moved(before, made.move, by=by.side, at=await requests.now_of(connection), until=until)
    if made.move in ("answer", "promise", "take"):
        after = requests.owned(after, by, anew=made.move == "take")
    note_of = by.side if made.move == "note" else None
    await requests.save(connection, after, act=made.move, by=by, words=made.words, until=until, internal_to=note_of)
    client = None if note_of == "centre" else before.client
    await audit(connection, _ACTIONS[made.move], f"request:{request}", client=client, address=address)
    return await _with_log(connection, request, actor)


@router.get("/response-times", responses=refusals(*ANY))
async def response_times(reader: Reader, connection: Transaction) -> list[ResponseTime]:
    """How soon each project's requests are to be answered."""
    return [ResponseTime(**row) for row in await rows_of(connection, _TIMES, (requests.RESPONSE_HOURS,))]


@router.put("/projects/{project}/response-time", responses=refusals(*ANY, ProjectUnknown))
async def agree(
    project: ProjectPath, agreed: HoursAgreed, agreeing: Agreeing, connection: Transaction, address: AddressGiven
) -> None:
    """Agree on another time for what is asked from now on."""
    await require_project(connection, project)
    await connection.execute(_AGREE, (agreeing.centre, project, agreed.hours))
    action, subject = "response_time.changed", f"project:{project}"
    await audit_of_project(connection, action, project, subject, address, hours=agreed.hours)


_ACTIONS: dict[requests.Move, str] = {
    "answer": "request.answered", "promise": "request.promised", "escalate": "request.escalated",
    "accept": "request.accepted", "reopen": "request.reopened", "withdraw": "request.withdrawn",
    "take": "request.taken", "say": "request.commented", "note": "request.noted",
}  # fmt: skip


def author(principal: Principal) -> requests.Author:
    """Who does something, and for which side."""
    return requests.Author("centre" if principal.client is None else "client", principal.id, principal.name)


async def _client_of(connection: Connection, actor: Principal, wanted: NewRequest) -> str:
    """Whose request it is. Raises `ProjectUnknown`, `ClientUnknown`, `ClientNeeded`."""
    client = actor.client or wanted.client
    if wanted.project is not None:
        found = await (await connection.execute(_CLIENT_OF, (wanted.project,))).fetchone()
        if found is None or client not in (None, found[0]):
            raise ProjectUnknown(wanted.project)
        return found[0]
    if client is None:
        raise ClientNeeded
    if await (await connection.execute(_CLIENT, (client,))).fetchone() is None:
        raise ClientUnknown(client)
    return client


def _shown(row: dict[str, Any], reader: Principal) -> RequestShown:
    return RequestShown(**_values(row, reader))


def _values(row: dict[str, Any], reader: Principal) -> dict[str, Any]:
    request = requests.request_of(row)
    moves = requests.moves_of(request, author(reader).side) if reader.may("requests.act") else ()
    return {**row, "turn": requests.turn(request), "moves": list(moves)}


async def _with_log(connection: Connection, request: str, reader: Principal) -> RequestWithLog:
    found = await rows_of(connection, _ONE, {"id": request})
    if not found:
        raise requests.RequestUnknown(request)
    log = [EntryShown(**row) for row in await rows_of(connection, _LOG, (request,))]
    return RequestWithLog(**_values(found[0], reader), log=log)
