"""The floor as it is this moment, small enough to publish each second."""

from collections import Counter

import msgspec

from markaz.kit.time import SECOND, Instant
from markaz.runtime.live import LiveFloor


class QueueView(msgspec.Struct, frozen=True):
    queue: str
    waiting: int
    longest_wait_seconds: float


class AgentView(msgspec.Struct, frozen=True):
    """`state` is the busiest of the agent's engagements, else the presence; `contacts` those in hand."""

    agent: str
    presence: str
    reason: str | None
    state: str
    contacts: tuple[str, ...]


class LiveView(msgspec.Struct, frozen=True):
    """`contacts`: state -> how many. Latency is from a stimulus' stamp to its effects being handed over. `telephony`:
    "connected" to Asterisk, or "away" from it.
    """

    floor: str
    at: Instant
    journal_number: int
    spooling: bool
    stimuli: int
    dropped: int
    latency_milliseconds_p50: float
    latency_milliseconds_p95: float
    telephony: str
    contacts: dict[str, int]
    queues: tuple[QueueView, ...]
    agents: tuple[AgentView, ...]


_BUSIEST = ("in_conversation", "on_hold", "connecting", "offered", "wrapping_up")


def live_view(floor: str, live: LiveFloor, at: Instant, telephony: str) -> LiveView:
    """What `markaz status` shows; costs a walk over open contacts and agents."""
    state = live.core.floor.state
    longest: dict[str, Instant] = {}
    for contact in state.contacts.values():
        if contact.state == "waiting" and contact.queue is not None and contact.since is not None:
            longest[contact.queue] = min(longest.get(contact.queue, at), contact.since)
    return LiveView(
        floor=floor,
        at=at,
        journal_number=live.journal.number,
        spooling=live.journal.is_spooling,
        stimuli=live.pace.stimuli,
        dropped=live.pace.dropped,
        latency_milliseconds_p50=live.pace.percentile(0.5) / 1_000,
        latency_milliseconds_p95=live.pace.percentile(0.95) / 1_000,
        telephony=telephony,
        contacts=dict(Counter(contact.state for contact in state.contacts.values())),
        queues=tuple(
            QueueView(queue.rules.id, queue.waiting, round((at - longest.get(queue.rules.id, at)) / SECOND, 1))
            for queue in state.queues.values()
            if not queue.retired
        ),
        agents=tuple(
            AgentView(
                agent.id, agent.presence, agent.reason,
                next((one for one in _BUSIEST if any(state.engagements[o].state == one for o in agent.engagements)),
                     agent.presence),
                tuple(state.engagements[offer].contact for offer in agent.engagements),
            )
            for agent in state.agents.values()
        ),
    )  # fmt: skip
