"""An agent's own figures of a day, beside the desk: no ranking, no comparison with others."""

from datetime import UTC, datetime
from typing import Annotated, LiteralString

from fastapi import APIRouter, Depends, Query
from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, Field

from markaz.web.commands import ANY, AgentPath, act_for, require_agent
from markaz.web.context import InstallationGiven, Transaction
from markaz.web.errors import AgentUnknown
from markaz.web.problems import refusals

_ENGAGED: LiteralString = """
SELECT
    count(*) FILTER (WHERE asked_as = 'lead') AS conversations,
    coalesce(sum(extract(epoch FROM talk_ended_at - connected_at) - held), 0)::float8 AS talk_seconds,
    coalesce(sum(held), 0)::float8 AS hold_seconds,
    coalesce(sum(extract(epoch FROM coalesce(ended_at, now()) - wrap_up_at)), 0)::float8 AS wrap_up_seconds
FROM (
    SELECT *, coalesce(wrap_up_at, ended_at, now()) AS talk_ended_at,
        hold_seconds + coalesce(extract(epoch FROM now() - hold_began_at), 0) AS held
    FROM engagement
    WHERE floor = %(floor)s AND agent = %(agent)s AND connected_at >= %(since)s
) AS connected
"""
_PRESENT: LiteralString = """
SELECT
    coalesce(sum(seconds) FILTER (WHERE presence = 'ready'), 0)::float8 AS ready_seconds,
    coalesce(sum(seconds) FILTER (WHERE presence = 'not_ready'), 0)::float8 AS not_ready_seconds
FROM (
    SELECT presence, extract(epoch FROM coalesce(ended_at, now()) - greatest(began_at, %(since)s)) AS seconds
    FROM agent_activity
    WHERE floor = %(floor)s AND agent = %(agent)s AND coalesce(ended_at, now()) > %(since)s
) AS present
"""

router = APIRouter(prefix="/api/agents/{agent}", tags=["agent desk"], dependencies=[Depends(act_for)])


class Day(BaseModel):
    """Seconds are whole up to now; a second or two behind the floor."""

    conversations: int = Field(description="In which the agent answered for the customer, by when they began")
    talk_seconds: float = Field(description="In conversations, without hold; consulting and supervising included")
    hold_seconds: float
    wrap_up_seconds: float
    ready_seconds: float = Field(description="Ready, conversations included")
    not_ready_seconds: float


@router.get("/day", responses=refusals(*ANY, AgentUnknown))
async def day(
    agent: AgentPath,
    installation: InstallationGiven,
    connection: Transaction,
    since: Annotated[AwareDatetime, Query(description="When the day began where the agent is")],
) -> Day:
    """What the agent did since a moment."""
    await require_agent(connection, agent)
    asked = {"floor": installation.floor, "agent": agent, "since": _in_range(since)}
    async with connection.cursor(row_factory=dict_row) as cursor:
        engaged = await (await cursor.execute(_ENGAGED, asked)).fetchone() or {}
        present = await (await cursor.execute(_PRESENT, asked)).fetchone() or {}
    return Day(**engaged, **present)


def _in_range(since: datetime) -> datetime:
    """PostgreSQL's moments begin later than Python's zones can be turned into UTC."""
    try:
        return since.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
