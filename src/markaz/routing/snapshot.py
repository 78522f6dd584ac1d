"""What a snapshot of the floor holds. Never compiled: msgspec reads the types of the fields as they are written."""

import msgspec

from markaz.kit.time import Instant
from markaz.routing.state import Agent, Contact, Engagement, ProjectState, QueueState, Remembered
from markaz.routing.timers import TimerEntry

SNAPSHOT_VERSION = 8
"""Changes with the meaning of what is kept; an older snapshot is not restored, the journal is replayed instead."""


class Snapshot(msgspec.Struct, frozen=True):
    """Everything that cannot be rebuilt."""

    at: Instant
    order: int
    projects: list[ProjectState]
    queues: list[QueueState]
    agents: list[Agent]
    contacts: list[Contact]
    engagements: list[Engagement]
    remembered: list[tuple[str, str, Remembered]]
    closed_recent: list[str]
    timers_set: int
    timers: list[TimerEntry]
    version: int = SNAPSHOT_VERSION
