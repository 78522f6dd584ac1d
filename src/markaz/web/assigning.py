"""Moving agents to other queues for now: each a message to the floor, and kept in the audit trail."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from markaz import routing
from markaz.identity import audit
from markaz.web.commands import (
    FOR_AGENT,
    FOR_TARGET,
    Accepted,
    AgentPath,
    Asked,
    Id,
    Words,
    require_agent,
    require_queue,
    require_signed_in,
    tell,
)
from markaz.web.context import InstallationGiven, Transaction, allowed
from markaz.web.idempotency import Once
from markaz.web.visitors import AddressGiven

QUEUES_MAX = 100
"""Of one agent at once."""

router = APIRouter(
    route_class=Once,
    prefix="/api/agents/{agent}/queues",
    tags=["supervision"],
    dependencies=[Depends(allowed("agents.move"))],
)


class Assignment(Asked):
    """What the agent serves instead of their own queues."""

    queues: Annotated[list[Id], Field(min_length=1, max_length=QUEUES_MAX, examples=[["loans"]])]
    note: Words | None = Field(default=None, description="What the agent is told", examples=["twenty minutes, please"])


@router.put("", **FOR_TARGET)
async def assign(
    agent: AgentPath,
    asked: Assignment,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Accepted:
    """Let the agent serve these queues until that is taken back or they sign out; what skills a queue wants stays."""
    await require_signed_in(connection, installation.floor, agent)
    for queue in asked.queues:
        await require_queue(connection, queue)
    queues = list(dict.fromkeys(asked.queues))
    told: dict[str, Any] = {"queues": queues} | ({} if asked.note is None else {"note": asked.note})
    await audit(connection, "agent.assigned", f"agent:{agent}", address=address, **told)
    return await tell(connection, installation.floor, routing.AgentAssigned(agent, tuple(queues), asked.note))


@router.delete("", **FOR_AGENT)
async def take_back(
    agent: AgentPath, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> Accepted:
    """Let the agent serve again what the organisation says. For one who does, nothing changes."""
    await require_agent(connection, agent)
    await audit(connection, "agent.assignment_ended", f"agent:{agent}", address=address)
    return await tell(connection, installation.floor, routing.AgentAssignmentEnded(agent))
