"""The floor as it is this moment, small enough to publish each second."""

from collections import Counter
from collections.abc import Iterator

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


class PartView(msgspec.Struct, frozen=True):
    """An agent in a conversation: as what (`routing.Part`) and in which state the engagement is."""

    agent: str
    part: str
    state: str


class PartyView(msgspec.Struct, frozen=True):
    """A number outside in a conversation; `state` as in `routing.PartyState`."""

    number: str
    state: str


class ConversationView(msgspec.Struct, frozen=True):
    """A contact that somebody is offered, talks to or is asked about; the first of `parts` answers for it.

    Nobody answers for one that is `elsewhere`: the customer is with `party` alone.
    """

    contact: str
    state: str
    queue: str | None
    recording_paused: bool
    parts: tuple[PartView, ...]
    party: PartyView | None


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
    conversations: tuple[ConversationView, ...] = ()


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
                busiest.state if (busiest := state.busiest_of(agent)) is not None else agent.presence,
                tuple(state.engagements[offer].contact for offer in agent.engagements),
            )
            for agent in state.agents.values()
        ),
        conversations=tuple(_conversations(live)),
    )  # fmt: skip


def _conversations(live: LiveFloor) -> Iterator[ConversationView]:
    state = live.core.floor.state
    for contact in state.contacts.values():
        offers = contact.guests if contact.offer is None else (contact.offer, *contact.guests)
        party = contact.party
        if not offers and party is None:
            continue
        engagements = [state.engagements[offer] for offer in offers]
        yield ConversationView(
            contact=contact.id,
            state=contact.state,
            queue=contact.queue,
            recording_paused=contact.recording_paused,
            parts=tuple(PartView(one.agent, one.part, one.state) for one in engagements),
            party=None if party is None else PartyView(party.number, party.state),
        )
