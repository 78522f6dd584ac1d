"""What customers answered to surveys, the newest first, and how the answers to each question were spread by day.

As they arrive they are on `/api/live`.
"""

from datetime import date, datetime
from typing import Annotated, Any, LiteralString

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from markaz.kit.time import instant
from markaz.web.commands import ANY, Id
from markaz.web.contacts import aware, told_to
from markaz.web.context import InstallationGiven, Principal, Transaction, allowed
from markaz.web.errors import CursorUnknown, NotPermittedThere
from markaz.web.pages import Cursor, Limit, cursor_of, newest_before
from markaz.web.problems import refusals
from markaz.web.rows import rows_of

SUMMARY_ROWS_MAX = 2_000
"""Questions times days that one summary tells; the newest days come first."""
_FOUND: LiteralString = """
FROM feedback AS its
WHERE its.floor = %(floor)s
    AND (%(project)s::text IS NULL OR its.project = %(project)s)
    AND (%(queue)s::text IS NULL OR its.queue = %(queue)s)
    AND (%(agent)s::text IS NULL OR its.agent = %(agent)s)
    AND (%(question)s::text IS NULL OR its.question = %(question)s)
    AND (%(since)s::timestamptz IS NULL OR its.at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR its.at < %(until)s)
"""
NEWEST: LiteralString = (
    "SELECT its.contact, its.question, its.answer, its.project, its.queue, its.agent, its.at"
    f"{_FOUND}"
    """
    AND (%(at)s::timestamptz IS NULL OR (its.at, its.contact, its.question) < (%(at)s, %(contact)s, %(last)s))
ORDER BY its.at DESC, its.contact DESC, its.question DESC LIMIT %(limit)s
"""
)
_SUMMARY: LiteralString = (
    "WITH found AS (SELECT its.question, its.answer, (its.at AT TIME ZONE (SELECT zone FROM centre))::date AS day"
    f"{_FOUND}"
    """
)
SELECT question, day, count(*) AS count, avg(answer)::float8 AS mean,
    ARRAY[count(*) FILTER (WHERE answer = 1), count(*) FILTER (WHERE answer = 2), count(*) FILTER (WHERE answer = 3),
        count(*) FILTER (WHERE answer = 4), count(*) FILTER (WHERE answer = 5), count(*) FILTER (WHERE answer = 6),
        count(*) FILTER (WHERE answer = 7), count(*) FILTER (WHERE answer = 8), count(*) FILTER (WHERE answer = 9)
    ] AS distribution
FROM found GROUP BY question, day ORDER BY day DESC, question LIMIT %(limit)s
"""
)

router = APIRouter(prefix="/api/feedback", tags=["contacts"])

Reader = Annotated[Principal, Depends(allowed("contacts.see"))]


class Answer(BaseModel):
    """What a customer answered to a question. `agent` had the conversation last; a client is not told."""

    contact: str
    question: str
    answer: int = Field(description="The key, 1 to 9")
    project: str
    queue: str | None
    agent: str | None
    at: datetime


class AnswerPage(BaseModel):
    """Newest first; `next` is the cursor of the following page."""

    answers: list[Answer]
    next: str | None


class QuestionOfDay(BaseModel):
    """The answers to a question on a day of the centre's zone."""

    question: str
    day: date
    count: int
    mean: float
    distribution: list[int] = Field(description="How many answered 1, 2, ... 9")


def searched(
    principal: Reader,
    installation: InstallationGiven,
    project: Annotated[Id | None, Query()] = None,
    queue: Annotated[Id | None, Query()] = None,
    agent: Annotated[Id | None, Query()] = None,
    question: Annotated[Id | None, Query()] = None,
    since: Annotated[datetime | None, Query(alias="from", description="Answered at or after")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="Answered before")] = None,
) -> dict[str, Any]:
    """What is looked for. Raises `NotPermittedThere` for a client that asks by an agent."""
    if agent is not None and principal.client is not None:
        raise NotPermittedThere
    return {
        "floor": installation.floor, "project": project, "queue": queue, "agent": agent, "question": question,
        "since": aware(since), "until": aware(until),
    }  # fmt: skip


Search = Annotated[dict[str, Any], Depends(searched)]


@router.get("", responses=refusals(*ANY, CursorUnknown, NotPermittedThere))
async def answers(
    principal: Reader, connection: Transaction, search: Search, cursor: Cursor = None, limit: Limit = 50
) -> AnswerPage:
    """Answers that the asker may see, the newest first."""
    place = newest_before(cursor, "contact", "last")
    found = await rows_of(connection, NEWEST, search | place | {"limit": limit + 1})
    shown = [Answer(**told_to(principal, row)) for row in found[:limit]]
    if len(found) <= limit:
        return AnswerPage(answers=shown, next=None)
    return AnswerPage(answers=shown, next=cursor_of(instant(shown[-1].at), shown[-1].contact, shown[-1].question))


@router.get("/summary", responses=refusals(*ANY, NotPermittedThere))
async def summary(principal: Reader, connection: Transaction, search: Search) -> list[QuestionOfDay]:
    """How each question was answered on each day, the newest day first."""
    return [QuestionOfDay(**row) for row in await rows_of(connection, _SUMMARY, search | {"limit": SUMMARY_ROWS_MAX})]
