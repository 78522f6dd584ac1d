"""What every command has: a strict body, its checks, a message to the floor in the same transaction, and 202."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from markaz import routing
from markaz.identity import Principal, audit
from markaz.runtime import StimulusSent, send
from markaz.web.context import Connection, Transaction, allowed
from markaz.web.errors import (
    AgentNotSignedIn,
    AgentUnknown,
    NotPermitted,
    NotSignedIn,
    NotYourAgent,
    OriginRefused,
    ProjectUnknown,
    QueueUnknown,
    RequestInvalid,
    RequestTooLarge,
)
from markaz.web.problems import refusals
from markaz.web.request_ids import route_of
from markaz.web.visitors import AddressGiven

# PostgreSQL's text has no NUL, and no id or reason needs another control character.
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_PRINTABLE)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE)]
AgentPath = Annotated[Id, Path(description="The agent's id in the organisation")]
"""Whose desk: `act_for` checks that it may be used."""
ProjectPath = Annotated[Id, Path(description="The project's id in the organisation")]

_AGENT = "SELECT 1 FROM agent WHERE id = %s AND retired_at IS NULL"
_PROJECT = "SELECT 1 FROM project WHERE id = %s AND retired_at IS NULL"
_QUEUE = "SELECT 1 FROM queue WHERE id = %s AND retired_at IS NULL"
_PHONE = "SELECT 1 FROM phone WHERE floor = %s AND agent = %s"
_LAST_MESSAGE = "SELECT lastval()"

ANY = (NotSignedIn, NotPermitted, OriginRefused, RequestInvalid, RequestTooLarge)
FOR_AGENT = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*ANY, AgentUnknown)}
FOR_SIGNED_IN = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*ANY, AgentUnknown, AgentNotSignedIn)}
FOR_TARGET = {
    "status_code": HTTPStatus.ACCEPTED,
    "responses": refusals(*ANY, AgentUnknown, QueueUnknown, AgentNotSignedIn),
}
FOR_PROJECT = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*ANY, ProjectUnknown)}


class Asked(BaseModel):
    """The body of a command; unknown fields and near-miss types are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Accepted(BaseModel):
    """The command is stored for the floor."""

    message: int = Field(description="The message's number in the floor's inbox")


async def tell(connection: Connection, floor: str, stimulus: routing.Stimulus) -> Accepted:
    await send(connection, floor, StimulusSent(stimulus))
    return await accepted(connection)


async def accepted(connection: Connection) -> Accepted:
    """The number that this session's last message got from the inbox's sequence."""
    cursor = await connection.execute(_LAST_MESSAGE)
    (message,) = await cursor.fetchone() or (0,)
    return Accepted(message=message)


async def act_for(
    agent: AgentPath,
    principal: Annotated[Principal, Depends(allowed("desk.use"))],
    connection: Transaction,
    request: Request,
    address: AddressGiven,
) -> Principal:
    """Who acts as this agent: the agent, or whoever may act for others, which a person's audit trail shows.

    Raises `NotYourAgent`.
    """
    if agent == principal.agent:
        return principal
    if not principal.may("desk.act"):
        raise NotYourAgent(agent)
    if principal.kind == "user" and request.method != "GET":
        asked = route_of(request.scope).rpartition("{agent}/")[2]
        await audit(connection, "agent.acted_for", f"agent:{agent}", address=address, asked=asked)
    return principal


def supervise_as(
    agent: AgentPath, principal: Annotated[Principal, Depends(allowed("conversations.supervise"))]
) -> Principal:
    """Who supervises with this agent's phone: the agent, or whoever may act for others. Raises `NotYourAgent`."""
    if agent != principal.agent and not principal.may("desk.act"):
        raise NotYourAgent(agent)
    return principal


async def require_agent(connection: Connection, agent: str) -> None:
    if await (await connection.execute(_AGENT, (agent,))).fetchone() is None:
        raise AgentUnknown(agent)


async def require_signed_in(connection: Connection, floor: str, agent: str) -> None:
    await require_agent(connection, agent)
    if await (await connection.execute(_PHONE, (floor, agent))).fetchone() is None:
        raise AgentNotSignedIn(agent)


async def require_project(connection: Connection, project: str) -> None:
    if await (await connection.execute(_PROJECT, (project,))).fetchone() is None:
        raise ProjectUnknown(project)


async def require_queue(connection: Connection, queue: str) -> None:
    if await (await connection.execute(_QUEUE, (queue,))).fetchone() is None:
        raise QueueUnknown(queue)
