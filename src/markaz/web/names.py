"""What projects, queues, agents and surveys' questions are called, for people who do not see the organisation."""

from typing import Annotated, LiteralString

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from markaz.web.commands import ANY
from markaz.web.context import Principal, Transaction, allowed
from markaz.web.problems import refusals

_NAMES: LiteralString = """
SELECT 'project', id, name, NULL FROM project
UNION ALL SELECT 'queue', id, name, project FROM queue
UNION ALL SELECT 'agent', id, name, NULL FROM agent
UNION ALL SELECT 'question', question, words, project FROM survey_questions()
ORDER BY 1, 3, 2
"""

router = APIRouter(prefix="/api/names", tags=["contacts"])


class Named(BaseModel):
    """A thing and what it is called; a queue and a question are also of a project."""

    id: str
    name: str
    project: str | None = None


class Names(BaseModel):
    """As far as the asker may see them, retired ones too: contacts of the past name them."""

    projects: list[Named]
    queues: list[Named]
    agents: list[Named]
    questions: list[Named] = Field(description="What surveys ask now, in the words of their prompts")


@router.get("", responses=refusals(*ANY))
async def names(reader: Annotated[Principal, Depends(allowed("contacts.see"))], connection: Transaction) -> Names:
    """All names; a client gets those of its own projects, and of no agent."""
    found: dict[str, list[Named]] = {"project": [], "queue": [], "agent": [], "question": []}
    for kind, id_, name, project in await (await connection.execute(_NAMES)).fetchall():
        found[kind].append(Named(id=id_, name=name, project=project))
    return Names(projects=found["project"], queues=found["queue"], agents=found["agent"], questions=found["question"])
