"""Every refusal is a problem document (RFC 9457): `code` is for programs, `detail` says what to do."""

import logging
import re
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from markaz import alarms, identity, organisation, reports, requests
from markaz.kit.errors import MarkazError
from markaz.telephony import SoundUnreadable
from markaz.web import errors
from markaz.web.live import TooManyWatching
from markaz.web.request_ids import route_of

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
BODY_BYTES_MAX = 64 * 1024
PROBLEMS_SHOWN_MAX = 20
RETRY_SECONDS = 900
"""After which attempts to sign in count anew."""
SHEET_PROBLEMS_SHOWN_MAX = 10_000
READS_ITSELF = re.compile(r"/api/(organisation|numbers|prompts)(/.*)?")
"""Paths whose routes read larger bodies by themselves, with their bounds, once they know who asks."""

_STATUS: dict[type[MarkazError], HTTPStatus] = {
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    identity.WrongCredentials: HTTPStatus.UNAUTHORIZED,
    identity.SecondFactorNeeded: HTTPStatus.FORBIDDEN,
    identity.PasswordNeeded: HTTPStatus.FORBIDDEN,
    identity.NotInvited: HTTPStatus.FORBIDDEN,
    identity.ProviderRefused: HTTPStatus.FORBIDDEN,
    identity.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    identity.SignInsCrowded: HTTPStatus.SERVICE_UNAVAILABLE,
    identity.PasswordRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    identity.LinkSpent: HTTPStatus.GONE,
    identity.EmailTaken: HTTPStatus.CONFLICT,
    errors.LastAdministrator: HTTPStatus.CONFLICT,
    errors.RolesRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UserUnknown: HTTPStatus.NOT_FOUND,
    errors.ClientUnknown: HTTPStatus.NOT_FOUND,
    errors.InvitationUnknown: HTTPStatus.NOT_FOUND,
    errors.KeyUnknown: HTTPStatus.NOT_FOUND,
    errors.SessionUnknown: HTTPStatus.NOT_FOUND,
    errors.ProviderUnknown: HTTPStatus.NOT_FOUND,
    errors.NotPermittedThere: HTTPStatus.FORBIDDEN,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.NotYourAgent: HTTPStatus.FORBIDDEN,
    errors.OriginRefused: HTTPStatus.FORBIDDEN,
    errors.AgentUnknown: HTTPStatus.NOT_FOUND,
    errors.ProjectUnknown: HTTPStatus.NOT_FOUND,
    errors.QueueUnknown: HTTPStatus.NOT_FOUND,
    errors.PromptUnknown: HTTPStatus.NOT_FOUND,
    errors.BackupMissing: HTTPStatus.CONFLICT,
    alarms.AlarmUnknown: HTTPStatus.NOT_FOUND,
    alarms.AlarmOver: HTTPStatus.CONFLICT,
    alarms.RuleInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ContactUnknown: HTTPStatus.NOT_FOUND,
    errors.WebhookUnknown: HTTPStatus.NOT_FOUND,
    errors.ReportUnknown: HTTPStatus.NOT_FOUND,
    errors.ProjectsOfOneClient: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyReports: HTTPStatus.CONFLICT,
    errors.CorrectionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.FigureUnknown: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.ParameterRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.GroupRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.FiguresRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.ZoneRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.UnknownZone: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.PeriodEmpty: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.TooManyIntervals: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.TermsRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reports.MoveRefused: HTTPStatus.CONFLICT,
    reports.TermsChanged: HTTPStatus.CONFLICT,
    errors.DeliveryUnknown: HTTPStatus.NOT_FOUND,
    errors.ScreenPopMissing: HTTPStatus.NOT_FOUND,
    errors.EmbedRefused: HTTPStatus.UNAUTHORIZED,
    TooManyWatching: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.WebhookDestination: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyWebhooks: HTTPStatus.CONFLICT,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AnswerUnreadable: HTTPStatus.CONFLICT,
    errors.KeyMalformed: HTTPStatus.BAD_REQUEST,
    errors.CursorUnknown: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DigitsTooFew: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OfferUnknown: HTTPStatus.NOT_FOUND,
    errors.ChangedMeanwhile: HTTPStatus.CONFLICT,
    errors.WrapUpOver: HTTPStatus.CONFLICT,
    errors.CallbackNotPossible: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AgentNotSignedIn: HTTPStatus.CONFLICT,
    errors.RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.RequestInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RequestUnreadable: HTTPStatus.BAD_REQUEST,
    errors.BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.VersionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    organisation.SectionUnknown: HTTPStatus.NOT_FOUND,
    organisation.EntryUnknown: HTTPStatus.NOT_FOUND,
    organisation.ChangeUnknown: HTTPStatus.NOT_FOUND,
    organisation.ScriptUnknown: HTTPStatus.NOT_FOUND,
    organisation.SoundUnknown: HTTPStatus.NOT_FOUND,
    organisation.EntryChangedMeanwhile: HTTPStatus.PRECONDITION_FAILED,
    organisation.UndoRefused: HTTPStatus.CONFLICT,
    organisation.SoundsFull: HTTPStatus.CONFLICT,
    organisation.DocumentRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    organisation.SheetRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    requests.RequestUnknown: HTTPStatus.NOT_FOUND,
    requests.MoveNotPossible: HTTPStatus.CONFLICT,
    requests.NotYourTurn: HTTPStatus.CONFLICT,
    requests.PromiseNotPossible: HTTPStatus.UNPROCESSABLE_ENTITY,
    requests.TooManyRequests: HTTPStatus.CONFLICT,
    requests.LogFull: HTTPStatus.CONFLICT,
    errors.ClientNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.WordsNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    SoundUnreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RecordingUnknown: HTTPStatus.NOT_FOUND,
    errors.RecordingNotSampled: HTTPStatus.FORBIDDEN,
    errors.RecordingNotReady: HTTPStatus.CONFLICT,
    errors.RecordingMissing: HTTPStatus.NOT_FOUND,
    errors.RecordingErased: HTTPStatus.GONE,
    errors.RecordingElsewhere: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PlayNeeded: HTTPStatus.FORBIDDEN,
    errors.RangeRefused: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    errors.CommentUnknown: HTTPStatus.NOT_FOUND,
    errors.CommentsFull: HTTPStatus.CONFLICT,
    errors.SampleUnknown: HTTPStatus.NOT_FOUND,
    errors.SampleNotOpen: HTTPStatus.CONFLICT,
    errors.ZoneRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FiguresCrowded: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DatabaseAway: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.FloorSilent: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PhonesUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(examples=["body.reason"])
    problem: str
    line: int | None = Field(default=None, description="Of a file, from 1")
    column: str | None = Field(default=None, description="Of a spreadsheet")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="A URN made of `code`", examples=["urn:markaz:problem:agent_unknown"])
    title: str = Field(description="The name of the HTTP status", examples=["Not Found"])
    status: int
    code: str = Field(description="What went wrong, for programs", examples=["agent_unknown"])
    detail: str = Field(description="What went wrong and what to do, for people")
    problems: list[FieldProblem] | None = Field(default=None, description="The parts of a malformed request")
    challenge: str | None = Field(default=None, description="What the code of a second factor is sent with")
    values: dict[str, str | int | float] | None = Field(
        default=None,
        description="What `detail` speaks of, for those who say it in other words",
        examples=[{"agent": "ann"}],
    )


def refusals(*kinds: type[MarkazError]) -> dict[int | str, dict[str, Any]]:
    """What a route may answer instead of doing its work, for OpenAPI; the database being away always may."""
    told: dict[int | str, list[str]] = {}
    for kind in (*kinds, errors.DatabaseAway):
        told.setdefault(_STATUS[kind].value, []).append(f"`{kind.code}`")
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": " or ".join(codes), "content": content} for status, codes in told.items()}


def problem_of(error: MarkazError, problems: list[FieldProblem] | None = None) -> JSONResponse:
    """The answer to a request that failed with `error`."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.NotSignedIn) else None
    if isinstance(error, identity.TooManyAttempts):
        headers = {"Retry-After": str(RETRY_SECONDS)}
    challenge = error.challenge if isinstance(error, identity.SecondFactorNeeded) else None
    status = _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    return _answer(
        status, code=error.code, detail=str(error), problems=problems, headers=headers, challenge=challenge,
        values=_values_of(error),
    )  # fmt: skip


def _values_of(error: MarkazError) -> dict[str, str | int | float] | None:
    """The fields that words can be made of; a challenge is no word."""
    found = {name: value for name, value in vars(error).items() if isinstance(value, str | int | float)}
    found.pop("challenge", None)
    return found or None


def answer_with_problems(app: FastAPI) -> None:
    """Let every failure of `app` be answered by a problem document."""
    app.add_exception_handler(MarkazError, _refused)
    app.add_exception_handler(psycopg.OperationalError, _database_away)
    app.add_exception_handler(psycopg.InterfaceError, _database_away)
    app.add_exception_handler(psycopg.errors.InsufficientPrivilege, _hidden)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _not_served)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(BoundedBody)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    match error:
        case organisation.SheetRefused():
            shown = [
                FieldProblem(where=one.place, problem=one.text, line=one.line, column=one.column)
                for one in error.problems[:SHEET_PROBLEMS_SHOWN_MAX]
            ]
            return problem_of(error, shown)
        case organisation.DocumentRefused():
            found = error.problems[:SHEET_PROBLEMS_SHOWN_MAX]
            return problem_of(error, [FieldProblem(where=one.place, problem=one.text) for one in found])
        case _:
            assert isinstance(error, MarkazError)
            return problem_of(error)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    logger.warning("The database does not answer %s %s: %s", request.method, route_of(request.scope), error)
    return problem_of(errors.DatabaseAway())


async def _hidden(request: Request, error: Exception) -> JSONResponse:
    """What the permissions let through and the database's policies did not: rows of others."""
    logger.warning("The database refused %s %s: %s", request.method, route_of(request.scope), error)
    return problem_of(errors.NotPermittedThere())


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    shown = error.errors()[:PROBLEMS_SHOWN_MAX]
    problems = [FieldProblem(where=".".join(map(str, one["loc"])), problem=one["msg"]) for one in shown]
    return problem_of(errors.RequestInvalid(), problems)


async def _not_served(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses by itself: an unknown path, a method that a path does not have, a body not in JSON."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    return _answer(
        status, code=code, detail=f"{error.detail}: /openapi.json has what there is.", headers=dict(error.headers or {})
    )


async def _failed(request: Request, error: Exception) -> JSONResponse:
    """The server logs the traceback; the client learns nothing of our inside."""
    detail = "Markaz failed on this request; its log says why."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, code="internal_error", detail=detail)


def _answer(
    status: HTTPStatus,
    *,
    code: str,
    detail: str,
    problems: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
    challenge: str | None = None,
    values: dict[str, str | int | float] | None = None,
) -> JSONResponse:
    problem = Problem(
        type=f"urn:markaz:problem:{code}",
        title=status.phrase,
        status=status.value,
        code=code,
        detail=detail,
        problems=problems,
        challenge=challenge,
        values=values,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status_code=status.value, headers=headers, media_type=MEDIA_TYPE
    )


class BoundedBody:
    """Reads a request's body before the application does, and refuses one that is too large, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or READS_ITSELF.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > BODY_BYTES_MAX:
                await problem_of(errors.RequestTooLarge(BODY_BYTES_MAX))(scope, receive, send)
                return
        whole: Message | None = {"type": "http.request", "body": body, "more_body": False}

        async def read() -> Message:
            nonlocal whole
            first, whole = whole, None
            return first if first is not None else await receive()

        await self._app(scope, read, send)
