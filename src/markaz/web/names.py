"""What projects, queues and agents are called, for pages of people who do not see the organisation itself."""

from typing import Annotated, LiteralString

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from markaz.web.commands import ANY
from markaz.web.context import Principal, Transaction, allowed
from markaz.web.problems import refusals

_NAMES: LiteralString = """
SELECT 'project', id, name, NULL FROM project
UNION ALL SELECT 'queue', id, name, project FROM queue
UNION ALL SELECT 'agent', id, name, NULL FROM agent
ORDER BY 1, 3, 2
"""

router = APIRouter(prefix="/api/names", tags=["contacts"])


class Named(BaseModel):
    """A thing and what it is called; a queue is also of a project."""

    id: str
    name: str
    project: str | None = None


class Names(BaseModel):
    """As far as the asker may see them, retired ones too: contacts of the past name them."""

    projects: list[Named]
    queues: list[Named]
    agents: list[Named]


@router.get("", responses=refusals(*ANY))
async def names(reader: Annotated[Principal, Depends(allowed("contacts.see"))], connection: Transaction) -> Names:
    """All names; a client gets those of its own projects, and of no agent."""
    found: dict[str, list[Named]] = {"project": [], "queue": [], "agent": []}
    for kind, id_, name, project in await (await connection.execute(_NAMES)).fetchall():
        found[kind].append(Named(id=id_, name=name, project=project))
    return Names(projects=found["project"], queues=found["queue"], agents=found["agent"])
