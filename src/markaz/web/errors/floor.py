"""The floor, its organisation, and the parts that it needs."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class AgentUnknown(MarkazError):
    """There is no agent "{agent}" in the organisation: check the id, or add the agent with `markaz apply`."""

    code: ClassVar[str] = "agent_unknown"
    agent: str


@dataclass(eq=False)
class AgentNotSignedIn(MarkazError):
    """Agent "{agent}" is not signed in: sign in first."""

    code: ClassVar[str] = "agent_not_signed_in"
    agent: str


@dataclass(eq=False)
class ProjectUnknown(MarkazError):
    """There is no project "{project}" in the organisation: check the id, or add the project with `markaz apply`."""

    code: ClassVar[str] = "project_unknown"
    project: str


@dataclass(eq=False)
class QueueUnknown(MarkazError):
    """There is no queue "{queue}" in the organisation: check the id, or add the queue with `markaz apply`."""

    code: ClassVar[str] = "queue_unknown"
    queue: str


@dataclass(eq=False)
class PromptUnknown(MarkazError):
    """There is no prompt "{prompt}" in the organisation: choose one of those that are there."""

    code: ClassVar[str] = "prompt_unknown"
    prompt: str


@dataclass(eq=False)
class BackupMissing(MarkazError):
    """No other centre is named in the settings of "{project}": choose another way, or let an administrator name one."""

    code: ClassVar[str] = "backup_missing"
    project: str


@dataclass(eq=False)
class DatabaseAway(MarkazError):
    """The database does not answer: nothing was stored; try again in a moment."""

    code: ClassVar[str] = "database_away"


@dataclass(eq=False)
class FloorSilent(MarkazError):
    """Floor "{floor}" has never reported: start it with `markaz serve`."""

    code: ClassVar[str] = "floor_silent"
    floor: str


@dataclass(eq=False)
class PhonesUnavailable(MarkazError):
    """Telephony is not up, so there is nowhere to register a phone: try again in a moment."""

    code: ClassVar[str] = "phones_unavailable"


@dataclass(eq=False)
class ZoneRefused(MarkazError):
    """The zone can't be "{zone}": {why}."""

    code: ClassVar[str] = "zone_refused"
    zone: str
    why: str
