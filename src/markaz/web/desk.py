"""What an agent does at the desk, and what a supervisor does to a project: each a message to the floor.

A command is answered 202 once its message is stored; the floor handles messages in order, in milliseconds, and what
came of one is seen in `/api/floor` and in the journal. One token of the installation opens all of it: who may act for
which agent or project comes with users and roles, and is not checked here yet.
"""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from markaz import routing
from markaz.runtime import PhoneChanged, StimulusSent, send
from markaz.web.context import Connection, InstallationGiven, Transaction, authorised
from markaz.web.errors import (
    AgentNotSignedIn,
    AgentUnknown,
    NotAuthorised,
    PhonesUnavailable,
    ProjectUnknown,
    RequestInvalid,
    RequestTooLarge,
)
from markaz.web.problems import refusals

PASSWORD_BYTES = 24

# PostgreSQL's text has no NUL, and no id or reason needs another control character.
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_PRINTABLE)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE)]
AgentPath = Annotated[Id, Path(description="The agent's id in the organisation")]
ProjectPath = Annotated[Id, Path(description="The project's id in the organisation")]

_AGENT = "SELECT 1 FROM agent WHERE id = %s AND retired_at IS NULL"
_PROJECT = "SELECT 1 FROM project WHERE id = %s AND retired_at IS NULL"
_PHONE = "SELECT 1 FROM phone WHERE floor = %s AND agent = %s"
_KEEP_PHONE = """
INSERT INTO phone (floor, agent, username, secret) VALUES (%s, %s, %s, %s)
ON CONFLICT (floor, agent) DO UPDATE
SET username = excluded.username, secret = excluded.secret, written_at = excluded.written_at
"""
_DROP_PHONE = "DELETE FROM phone WHERE floor = %s AND agent = %s"
_LAST_MESSAGE = "SELECT lastval()"

agents = APIRouter(prefix="/api/agents/{agent}", tags=["agent desk"], dependencies=[Depends(authorised)])
projects = APIRouter(prefix="/api/projects/{project}", tags=["projects"], dependencies=[Depends(authorised)])


class Asked(BaseModel):
    """The body of a command; unknown fields and near-miss types are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class NotReady(Asked):
    """Why no contacts can be taken."""

    reason: Words = Field(examples=["lunch"])


class WrapUp(Asked):
    """The end of the work after a conversation."""

    contact: Id | None = Field(default=None, description="Absent: the agent's only wrap-up that is going on")
    disposition: Words | None = Field(default=None, description="The result, from the project's list")


class Pause(Asked):
    """Why the project stands still."""

    reason: Words = Field(examples=["agents are being retrained"])


class Phone(BaseModel):
    """What the agent's phone registers with; the password is new at each sign-in and ends at sign-out."""

    username: str
    password: str
    sip_host: str
    sip_port: int


class Accepted(BaseModel):
    """The command is stored for the floor."""

    message: int = Field(description="The message's number in the floor's inbox")


_ANY = (NotAuthorised, RequestInvalid, RequestTooLarge)
_FOR_AGENT = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*_ANY, AgentUnknown)}
_FOR_SIGNED_IN = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*_ANY, AgentUnknown, AgentNotSignedIn)}
_FOR_PROJECT = {"status_code": HTTPStatus.ACCEPTED, "responses": refusals(*_ANY, ProjectUnknown)}


@agents.post("/sign-in", responses=refusals(*_ANY, AgentUnknown, PhonesUnavailable))
async def sign_in(agent: AgentPath, installation: InstallationGiven, connection: Transaction) -> Phone:
    """Make a phone for the agent and sign in, not ready yet. A second sign-in replaces the first one's password."""
    await _require_agent(connection, agent)
    address = installation.sip_address()
    if address is None:
        raise PhonesUnavailable
    phone = Phone(
        username=f"agent-{agent}",
        password=secrets.token_urlsafe(PASSWORD_BYTES),
        sip_host=address[0],
        sip_port=address[1],
    )
    await connection.execute(_KEEP_PHONE, (installation.floor, agent, phone.username, phone.password))
    signed_in = StimulusSent(routing.AgentSignedIn(agent))
    await send(connection, installation.floor, PhoneChanged(agent), signed_in)
    return phone


@agents.post("/sign-out", **_FOR_AGENT)
async def sign_out(agent: AgentPath, installation: InstallationGiven, connection: Transaction) -> Accepted:
    """Sign out: the phone's password ends; a conversation that is going on is finished."""
    await _require_agent(connection, agent)
    await connection.execute(_DROP_PHONE, (installation.floor, agent))
    signed_out = StimulusSent(routing.AgentSignedOut(agent))
    await send(connection, installation.floor, signed_out, PhoneChanged(agent))
    return await _accepted(connection)


@agents.post("/ready", **_FOR_SIGNED_IN)
async def ready(agent: AgentPath, installation: InstallationGiven, connection: Transaction) -> Accepted:
    """Take contacts from now on."""
    await _require_signed_in(connection, installation.floor, agent)
    return await _tell(connection, installation.floor, routing.AgentBecameReady(agent))


@agents.post("/not-ready", **_FOR_SIGNED_IN)
async def not_ready(
    agent: AgentPath, asked: NotReady, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Take no further contacts until ready again."""
    await _require_signed_in(connection, installation.floor, agent)
    return await _tell(connection, installation.floor, routing.AgentBecameNotReady(agent, asked.reason))


@agents.post("/wrap-up", **_FOR_AGENT)
async def wrap_up(
    agent: AgentPath, asked: WrapUp, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """End the wrap-up of a contact with its disposition. One that has ended already is left as it is."""
    await _require_agent(connection, agent)
    return await _tell(connection, installation.floor, routing.WrapUpEnded(agent, asked.contact, asked.disposition))


@projects.post("/pause", **_FOR_PROJECT)
async def pause(
    project: ProjectPath, asked: Pause, installation: InstallationGiven, connection: Transaction
) -> Accepted:
    """Stop a project in one action; contacts hear and get what its pause rule says."""
    await _require_project(connection, project)
    return await _tell(connection, installation.floor, routing.ProjectPaused(project, asked.reason))


@projects.post("/resume", **_FOR_PROJECT)
async def resume(project: ProjectPath, installation: InstallationGiven, connection: Transaction) -> Accepted:
    """Serve a paused project's contacts again."""
    await _require_project(connection, project)
    return await _tell(connection, installation.floor, routing.ProjectResumed(project))


async def _tell(connection: Connection, floor: str, stimulus: routing.Stimulus) -> Accepted:
    await send(connection, floor, StimulusSent(stimulus))
    return await _accepted(connection)


async def _accepted(connection: Connection) -> Accepted:
    """The number that this session's last message got from the inbox's sequence."""
    cursor = await connection.execute(_LAST_MESSAGE)
    (message,) = await cursor.fetchone() or (0,)
    return Accepted(message=message)


async def _require_agent(connection: Connection, agent: str) -> None:
    if await (await connection.execute(_AGENT, (agent,))).fetchone() is None:
        raise AgentUnknown(agent)


async def _require_signed_in(connection: Connection, floor: str, agent: str) -> None:
    await _require_agent(connection, agent)
    if await (await connection.execute(_PHONE, (floor, agent))).fetchone() is None:
        raise AgentNotSignedIn(agent)


async def _require_project(connection: Connection, project: str) -> None:
    if await (await connection.execute(_PROJECT, (project,))).fetchone() is None:
        raise ProjectUnknown(project)
