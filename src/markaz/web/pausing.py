"""A project stands still in one action: what its callers hear, and where they go meanwhile; and it goes on in one."""

from typing import Any, Literal, assert_never

from fastapi import APIRouter, Depends
from pydantic import Field

from markaz import organisation, routing
from markaz.identity import Principal
from markaz.web.auditing import audit_of_project
from markaz.web.commands import ANY, FOR_PROJECT, Accepted, Asked, Id, ProjectPath, Words, require_project, tell
from markaz.web.context import Connection, InstallationGiven, SignedIn, Transaction, allowed
from markaz.web.errors import BackupMissing, ProjectUnknown, PromptUnknown
from markaz.web.idempotency import Once
from markaz.web.problems import refusals
from markaz.web.visitors import AddressGiven

_PROMPT = "SELECT 1 FROM prompt WHERE id = %s AND retired_at IS NULL"

router = APIRouter(
    route_class=Once,
    prefix="/api/projects/{project}",
    tags=["projects"],
    dependencies=[Depends(allowed("projects.pause"))],
)


class Meanwhile(Asked):
    """What callers hear and get while the project stands still."""

    prompt: Id | None = Field(default=None, description="A prompt of the organisation; absent: nothing is said")
    to: Literal["wait", "callback", "voicemail", "backup"] = Field(
        description="wait: for the project to go on; backup: the other centre that the project's settings name"
    )


class Pause(Asked):
    """Why the project stands still."""

    reason: Words = Field(examples=["agents are being retrained"])
    meanwhile: Meanwhile | None = Field(default=None, description="Absent: as the project's own pause rule says")


@router.post(
    "/pause",
    status_code=FOR_PROJECT["status_code"],
    responses=refusals(*ANY, ProjectUnknown, PromptUnknown, BackupMissing),
)
async def pause(
    project: ProjectPath,
    asked: Pause,
    principal: SignedIn,
    installation: InstallationGiven,
    connection: Transaction,
    address: AddressGiven,
) -> Accepted:
    """Stop a project in one action; contacts hear and get what is chosen here, or what its pause rule says."""
    await require_project(connection, project)
    rule = None if asked.meanwhile is None else await _rule(connection, principal, project, asked.meanwhile)
    more: dict[str, Any] = (
        {} if asked.meanwhile is None else {"meanwhile": asked.meanwhile.model_dump(exclude_none=True)}
    )
    subject = f"project:{project}"
    await audit_of_project(connection, "project.paused", project, subject, address, reason=asked.reason, **more)
    return await tell(connection, installation.floor, routing.ProjectPaused(project, asked.reason, rule))


@router.post("/resume", **FOR_PROJECT)
async def resume(
    project: ProjectPath, installation: InstallationGiven, connection: Transaction, address: AddressGiven
) -> Accepted:
    """Serve a paused project's contacts again."""
    await require_project(connection, project)
    await audit_of_project(connection, "project.resumed", project, f"project:{project}", address)
    return await tell(connection, installation.floor, routing.ProjectResumed(project))


async def _rule(connection: Connection, principal: Principal, project: str, chosen: Meanwhile) -> routing.PauseRule:
    if chosen.prompt is not None and await (await connection.execute(_PROMPT, (chosen.prompt,))).fetchone() is None:
        raise PromptUnknown(chosen.prompt)
    match chosen.to:
        case "wait":
            to = None
        case "callback":
            to = routing.ToCallback()
        case "voicemail":
            to = routing.ToVoicemail()
        case "backup":
            document = await organisation.load(connection, principal.centre)
            to = None if document is None else backup_of(document, project)
            if to is None:
                raise BackupMissing(project)
        case _:
            assert_never(chosen.to)
    return routing.PauseRule(prompt=chosen.prompt, to=to)


def backup_of(document: organisation.Document, project: str) -> routing.ToNumber | None:
    """The other centre that takes a project's calls: the first that its settings send any to.

    Nobody pauses to a number that no administrator has written down.
    """
    ways: list[routing.Destination | None] = [one.pause.to for one in document.projects if one.id == project]
    for queue in document.queues:
        if queue.project == project:
            ways += [*(step.to for step in queue.overflow), queue.when_full]
    numbers = [way for way in ways if isinstance(way, routing.ToNumber)]
    return next((way for way in numbers if way.centre is not None), next(iter(numbers), None))
