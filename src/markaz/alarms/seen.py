"""The floor as alarms look at it: figures and states of one moment, in the words of the live state."""

from datetime import datetime

import msgspec


class QueueSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`service_level` (0 to 1) is that of the last 15 minutes, in which `offered` contacts came."""

    waiting: int
    waiting_since: datetime | None
    offered: int = 0
    service_level: float | None = None
    project: str
    paused_since: datetime | None = None


class AgentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`state` as pages show it. `queues` are served now; `able`: those for which the agent's skills suffice."""

    state: str
    since: datetime
    queues: frozenset[str]
    able: frozenset[str] = frozenset()


class FloorSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One moment. `is_telephony_away`: as the floor says it, or because the floor says nothing."""

    at: datetime
    queues: dict[str, QueueSeen] = {}
    agents: dict[str, AgentSeen] = {}
    is_telephony_away: bool = False
