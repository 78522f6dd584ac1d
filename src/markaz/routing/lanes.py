"""Lanes and benches: who waits and who is free, each in order, so that a decision never walks agents or contacts.

A *lane* holds contacts with equal requirements (queue, channel, skills wanted now) in order of place; a *bench* holds
agents with equal abilities. Which benches serve a lane is worked out when either comes into being. Each lane keeps the
first agents of its benches in a heap, so that a contact looks at the top of one; a freed agent looks at the heads of
the lanes that its bench serves, and tells them when it is the first of its bench. The rest is a logarithm, also where
every agent is a bench alone.
"""

from heapq import heapify, heappop, heappush, heapreplace

from markaz.kit.time import SECOND, Instant
from markaz.routing.effects import BenchConsidered
from markaz.routing.occupancy import rank
from markaz.routing.ordered import Ordered
from markaz.routing.rules import CHANNEL_KINDS, AgentProfile, ChannelKind, QueueRules
from markaz.routing.state import Agent, Contact

Wanted = tuple[tuple[str, int], ...]
LaneKey = tuple[str, ChannelKind, Wanted]
BenchKey = tuple[Wanted, Wanted, tuple[int, int, int, bool]]
Place = tuple[Instant, int, str]
"""Order in a lane: beginning of the wait less the priority's head start, order of arrival, contact."""
Seat = tuple[int, Instant, str]
"""Order on a bench: contacts in hand, idle since (or rank by occupancy), agent."""

HEADS_SPARE = 32
"""Old entries that a lane may keep beside two for each bench."""


class Lane:
    """Contacts with equal requirements, in order of place, and the benches that may serve them."""

    __slots__ = ("by_occupancy", "channel", "contacts", "heads", "key", "links", "rules", "wanted")

    def __init__(self, key: LaneKey, rules: QueueRules) -> None:
        self.key = key
        self.rules = rules
        self.channel: ChannelKind = key[1]
        self.wanted: Wanted = key[2]
        self.contacts: Ordered[Place] = Ordered()
        self.links: list[Link] = []
        """In order of preference (1 first), then of the bench's key, so that a restored floor has the same order."""
        self.by_occupancy = rules.agent_choice == "least_occupied"
        self.heads: list[tuple[int, Seat, Link]] = []
        """A heap of preferences and first seats. Each bench with a free agent has an entry that is not behind its
        first seat; entries grow old, and are put right when they come to the top."""

    def see(self, link: "Link", seat: Seat) -> None:
        """A new agent stands first on a bench."""
        if len(self.heads) > 2 * len(self.links) + HEADS_SPARE:
            self.heads = [(one.preference, first, one) for one in self.links if (first := one.free.first()) is not None]
            heapify(self.heads)
        else:
            heappush(self.heads, (link.preference, seat, link))

    def first(self) -> str | None:
        """The agent who should have the next contact, if one is free."""
        heads = self.heads
        while heads:
            preference, seat, link = heads[0]
            stands = link.free.first()
            if stands is None:
                heappop(heads)
            elif stands == seat:
                return seat[2]
            else:
                heapreplace(heads, (preference, stands, link))
        return None


class Link:
    """That a bench may serve a lane: with which preference, who of it is free, and what was told of it last."""

    __slots__ = ("bench", "divisor", "free", "lane", "preference", "told", "told_version")

    def __init__(self, lane: Lane, bench: "Bench", preference: int) -> None:
        self.lane = lane
        self.bench = bench
        self.preference = preference
        self.divisor = _divisor(lane.rules, preference)
        self.free = bench.free(lane.channel, by_occupancy=lane.by_occupancy)
        self.told = BenchConsidered(None, preference, 0, 0, 0, 0)
        self.told_version = -1

    def __lt__(self, other: "Link") -> bool:
        return (self.preference, self.bench.key) < (other.preference, other.bench.key)

    def considered(self) -> BenchConsidered:
        """The bench as a contact sees it now; `told` is still right while the bench has the version `told_version`."""
        bench, free = self.bench, self.free
        first = free.first()
        self.told_version = bench.version
        self.told = BenchConsidered(
            None if first is None else first[2],
            self.preference, len(free), bench.ready, bench.signed_in, len(bench.members),
        )  # fmt: skip
        return self.told


class Bench:
    """Agents with equal skills, queues and capacity, and the order of those who may take one more, per channel."""

    __slots__ = ("by_idle", "by_occupancy", "key", "links", "members", "profile", "ready", "signed_in", "version")

    def __init__(self, key: BenchKey, profile: AgentProfile) -> None:
        self.key = key
        self.profile = profile
        capacity = profile.capacity
        counts = zip(CHANNEL_KINDS, (capacity.voice, capacity.chat, capacity.mail), strict=True)
        self.by_idle: dict[ChannelKind, Ordered[Seat]] = {kind: Ordered() for kind, count in counts if count}
        self.by_occupancy: dict[ChannelKind, Ordered[Seat]] = {}
        """Kept only when a lane asks for it."""
        self.links: dict[Lane, Link] = {}
        """Lanes that this bench may serve."""
        self.members: dict[str, Standing] = {}
        self.signed_in = 0
        self.ready = 0
        self.version = 0
        """Grows with every change."""

    def serves(self, lane: Lane) -> int | None:
        """The preference for the lane's queue when this bench may serve it."""
        preference = self.profile.queues.get(lane.key[0])
        if preference is None or lane.channel not in self.by_idle:
            return None
        skills = self.profile.skills
        return preference if all(skills.get(skill, 0) >= level for skill, level in lane.wanted) else None

    def free(self, channel: ChannelKind, *, by_occupancy: bool) -> Ordered[Seat]:
        """The agents free for one more contact of that kind, by longest idle or by least occupied."""
        if not by_occupancy:
            return self.by_idle[channel]
        if not self.by_occupancy:
            self.by_occupancy = {kind: Ordered() for kind in self.by_idle}
            for standing in self.members.values():
                for kind in standing.channels:
                    self.by_occupancy[kind].add(standing.by_occupancy)
        return self.by_occupancy[channel]


class Standing:
    """How an agent stands on a bench at this moment."""

    __slots__ = ("bench", "by_idle", "by_occupancy", "channels", "profile", "ready", "signed_in")

    def __init__(self, bench: Bench, profile: AgentProfile) -> None:
        self.bench = bench
        self.profile = profile
        self.channels: tuple[ChannelKind, ...] = ()
        self.by_idle: Seat = (0, 0, "")
        self.by_occupancy: Seat = (0, 0, "")
        self.signed_in = False
        self.ready = False


def wanted_now(rules: QueueRules, contact: Contact) -> Wanted:
    """Skills and least levels that `contact` wants in the queue, after its relaxation steps so far."""
    skills = dict(rules.skills)
    for skill, level in contact.skills.items():
        skills[skill] = max(level, skills.get(skill, 0))
    for step in sorted(rules.relaxation, key=lambda one: one.after_seconds)[: contact.relaxed]:
        for skill in step.drop:
            skills.pop(skill, None)
        for skill, level in step.lower.items():
            if skill in skills:
                skills[skill] = min(level, skills[skill])
    return tuple(sorted(skills.items()))


def able(profile: AgentProfile, queue: str, channel: ChannelKind, wanted: Wanted) -> bool:
    """Whether an agent with this profile may ever serve such a contact."""
    capacity = getattr(profile.capacity, channel)
    return capacity > 0 and queue in profile.queues and all(profile.skills.get(s, 0) >= level for s, level in wanted)


def place(rules: QueueRules, contact: Contact) -> Place:
    assert contact.since is not None, "a waiting contact has a place"
    head_start = (rules.priority + contact.priority) * rules.priority_head_start_seconds * SECOND
    return (contact.since - head_start, contact.order, contact.id)


def rise(standing: Standing) -> None:
    """Take the agent off the lists of those who are free."""
    bench = standing.bench
    for channel in standing.channels:
        bench.by_idle[channel].remove(standing.by_idle)
        if bench.by_occupancy:
            bench.by_occupancy[channel].remove(standing.by_occupancy)


def sit(standing: Standing, agent: Agent, load: int) -> None:
    """Put the agent on the lists of those who are free, and tell the lanes in which that makes the agent first."""
    bench, channels = standing.bench, standing.channels
    name = agent.profile.id
    idle = standing.by_idle = (load, agent.idle_since, name)
    occupancy = standing.by_occupancy = (load, rank(agent.occupied, agent.occupied_at), name)
    is_first = False
    for channel in channels:
        by_idle = bench.by_idle[channel]
        by_idle.add(idle)
        is_first |= by_idle.first() == idle
        if bench.by_occupancy:
            by_occupancy = bench.by_occupancy[channel]
            by_occupancy.add(occupancy)
            is_first |= by_occupancy.first() == occupancy
    if not is_first:
        return
    for lane, link in bench.links.items():
        seat = occupancy if lane.by_occupancy else idle
        if lane.channel in channels and link.free.first() == seat:
            lane.see(link, seat)


def score(rules: QueueRules, where: Place, preference: int, at: Instant) -> int:
    """Millionths of the queue's target waited, weighed (see the module)."""
    return (at - where[0]) * rules.penalty_weight // _divisor(rules, preference)


def _divisor(rules: QueueRules, preference: int) -> int:
    return 100 * max(rules.target_seconds, 1) * preference


def bench_key(profile: AgentProfile) -> BenchKey:
    capacity = profile.capacity
    return (
        tuple(sorted(profile.skills.items())),
        tuple(sorted(profile.queues.items())),
        (capacity.voice, capacity.chat, capacity.mail, capacity.blends_voice),
    )
