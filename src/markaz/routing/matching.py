"""Lanes and benches: who may serve whom, kept so that one decision never walks agents or waiting contacts.

A *lane* holds contacts with equal requirements (queue, channel, skills wanted now) in order of place; a *bench* holds
agents with equal abilities. Which benches serve a lane is worked out when either comes into being. Each lane keeps the
first agents of its benches in a heap, so that a contact looks at the top of one; a freed agent looks at the heads of
the lanes that its bench serves, and tells them when it is the first of its bench. The rest is a logarithm, also where
every agent is a bench alone. A contact that wants one agent only (a returning customer's, a transfer's) waits in that
agent's *personal* lane.

Across lanes a freed agent takes the contact with the highest score: the share of its queue's target that it has waited
(its priority's head start included), times the client's penalty weight, over the agent's preference for the queue.
Waiting raises every score without bound, so no lane starves.
"""

from bisect import insort
from heapq import heapify, heappop, heappush, heapreplace

from markaz.kit.time import SECOND, Instant
from markaz.routing.effects import BenchConsidered, LaneConsidered
from markaz.routing.occupancy import rank
from markaz.routing.ordered import Ordered, ordered
from markaz.routing.rules import CHANNEL_KINDS, AgentProfile, ChannelKind, QueueRules
from markaz.routing.state import Agent, Contact, QueueState

Wanted = tuple[tuple[str, int], ...]
LaneKey = tuple[str, ChannelKind, Wanted]
BenchKey = tuple[Wanted, Wanted, tuple[int, int, int, bool]]
Place = tuple[Instant, int, str]
"""Order in a lane: beginning of the wait less the priority's head start, order of arrival, contact."""
Seat = tuple[int, Instant, str]
"""Order on a bench: contacts in hand, idle since (or rank by occupancy), agent."""

LANES_KEPT_MAX = 512
"""Lanes kept beside those in use; past it, the empty ones go (what a flow wants of an agent may be anything)."""
HEADS_SPARE = 32
"""Old entries that a lane may keep beside two for each bench."""
EXPLAINED_MAX = 8
"""Lanes or benches told in one explanation; the best come first."""


class Lane:
    """Contacts with equal requirements, in order of place, and the benches that may serve them."""

    __slots__ = ("benches", "channel", "contacts", "heads", "key", "queue", "rule", "wanted")

    def __init__(self, key: LaneKey, queue: QueueState) -> None:
        self.key = key
        self.queue = queue
        self.channel: ChannelKind = key[1]
        self.wanted: Wanted = key[2]
        self.contacts: Ordered[Place] = ordered()
        self.benches: list[tuple[int, Bench]] = []
        """By preference (1 first), then by the bench's key, so that a restored floor has the same order."""
        self.rule = 1 if queue.rules.agent_choice == "least_occupied" else 0
        self.heads: list[tuple[int, Seat, Bench]] = []
        """A heap of preferences and first seats. Each bench with a free agent has an entry that is not behind its
        first seat; entries grow old, and are put right when they come to the top."""

    def see(self, preference: int, bench: "Bench") -> None:
        """A new agent stands first on a bench."""
        if len(self.heads) > 2 * len(self.benches) + HEADS_SPARE:
            self.heads = [
                (liking, free[0], one) for liking, one in self.benches if (free := one.free[self.channel][self.rule])
            ]
            heapify(self.heads)
        else:
            heappush(self.heads, (preference, bench.free[self.channel][self.rule][0], bench))

    def first(self) -> str | None:
        """The agent who should have the next contact, if one is free."""
        heads = self.heads
        while heads:
            preference, seat, bench = heads[0]
            free = bench.free[self.channel][self.rule]
            if not free:
                heappop(heads)
            elif free[0] == seat:
                return seat[2]
            else:
                heapreplace(heads, (preference, free[0], bench))
        return None


class Bench:
    """Agents with equal skills, queues and capacity. `free[channel, rule]` orders those who may take one more."""

    __slots__ = ("channels", "free", "key", "lanes", "members", "profile", "ready", "signed_in")

    def __init__(self, key: BenchKey, profile: AgentProfile) -> None:
        self.key = key
        self.profile = profile
        capacity = profile.capacity
        self.channels: tuple[ChannelKind, ...] = tuple(
            kind for kind in CHANNEL_KINDS if (capacity.voice, capacity.chat, capacity.mail)[CHANNEL_KINDS.index(kind)]
        )
        self.free: dict[ChannelKind, tuple[Ordered[Seat], Ordered[Seat]]] = {
            kind: (ordered(), ordered()) for kind in self.channels
        }
        """Per channel: by longest idle, and by least occupied."""
        self.lanes: dict[LaneKey, tuple[int, Lane]] = {}
        """Lanes that this bench may serve, with its preference for their queue."""
        self.members = 0
        self.signed_in = 0
        self.ready = 0

    def __lt__(self, other: "Bench") -> bool:
        return self.key < other.key

    def serves(self, lane: Lane) -> int | None:
        """The preference for the lane's queue when this bench may serve it."""
        preference = self.profile.queues.get(lane.key[0])
        if preference is None or lane.channel not in self.channels:
            return None
        skills = self.profile.skills
        return preference if all(skills.get(skill, 0) >= level for skill, level in lane.wanted) else None


class Standing:
    """How an agent stands on a bench at this moment; replaced whenever anything about the agent changes."""

    __slots__ = ("bench", "channels", "ready", "seats", "signed_in")

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.channels: tuple[ChannelKind, ...] = ()
        self.seats: tuple[Seat, Seat] = ((0, 0, ""), (0, 0, ""))
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


class Matching:
    """All lanes and benches of a floor."""

    def __init__(self) -> None:
        self._lanes: dict[LaneKey, Lane] = {}
        self._lanes_of_queue: dict[str, list[Lane]] = {}
        self._benches: dict[BenchKey, Bench] = {}
        self._standings: dict[str, Standing] = {}
        self._filled: dict[LaneKey, Lane] = {}
        """Lanes with somebody in them."""
        self._personal: dict[str, Ordered[Place]] = {}
        self._waiting: dict[str, tuple[Lane | None, Place]] = {}
        """contact -> its lane (None: a personal one) and place there."""
        self._channels: dict[str, ChannelKind] = {}
        """contact in a personal lane -> channel."""
        self._closed_queues: set[str] = set()
        self._sweep_at = LANES_KEPT_MAX

    # Agents

    def seat(self, agent: Agent, channels: tuple[ChannelKind, ...], load: int) -> None:
        """Let `agent` stand for `channels` (none: cannot take anything now) with `load` contacts in hand."""
        standing = self._standings.get(agent.id)
        bench = self._bench(agent.profile)
        if standing is None or standing.bench is not bench:
            self.dismiss(agent.id)
            standing = self._standings[agent.id] = Standing(bench)
            bench.members += 1
        for channel in standing.channels:
            by_idle, by_occupancy = bench.free[channel]
            by_idle.remove(standing.seats[0])
            by_occupancy.remove(standing.seats[1])
        signed_in, ready = agent.presence != "signed_out", agent.presence == "ready" and agent.phone
        bench.signed_in += signed_in - standing.signed_in
        bench.ready += ready - standing.ready
        standing.signed_in, standing.ready, standing.channels = signed_in, ready, channels
        if channels:
            seats = standing.seats = (
                (load, agent.idle_since, agent.id),
                (load, rank(agent.occupied, agent.occupied_at), agent.id),
            )
            for channel in channels:
                by_idle, by_occupancy = bench.free[channel]
                by_idle.add(seats[0])
                by_occupancy.add(seats[1])
            if any(bench.free[channel][rule][0] is seats[rule] for channel in channels for rule in (0, 1)):
                for preference, lane in bench.lanes.values():
                    if lane.channel in channels and bench.free[lane.channel][lane.rule][0] is seats[lane.rule]:
                        lane.see(preference, bench)

    def dismiss(self, agent: str) -> None:
        """Forget an agent's standing."""
        standing = self._standings.pop(agent, None)
        if standing is None:
            return
        bench = standing.bench
        for channel in standing.channels:
            bench.free[channel][0].remove(standing.seats[0])
            bench.free[channel][1].remove(standing.seats[1])
        bench.members -= 1
        bench.signed_in -= standing.signed_in
        bench.ready -= standing.ready
        if bench.members == 0:
            self._drop_bench(bench)

    def is_free(self, agent: str, channel: ChannelKind) -> bool:
        standing = self._standings.get(agent)
        return standing is not None and channel in standing.channels

    def _bench(self, profile: AgentProfile) -> Bench:
        key = _bench_key(profile)
        bench = self._benches.get(key)
        if bench is None:
            bench = self._benches[key] = Bench(key, profile)
            for lane in self._lanes.values():
                self._link(lane, bench)
        return bench

    def _drop_bench(self, bench: Bench) -> None:
        del self._benches[bench.key]
        for _, lane in bench.lanes.values():
            lane.benches = [entry for entry in lane.benches if entry[1] is not bench]

    def _link(self, lane: Lane, bench: Bench) -> None:
        preference = bench.serves(lane)
        if preference is not None:
            insort(lane.benches, (preference, bench), key=lambda entry: (entry[0], entry[1].key))
            bench.lanes[lane.key] = (preference, lane)
            if bench.free[lane.channel][lane.rule]:
                lane.see(preference, bench)

    # Contacts

    def enter(self, contact: Contact, queue: QueueState) -> None:
        """Let `contact` wait in the lane of its present requirements, or in its only agent's."""
        where = place(queue.rules, contact)
        queue.waiting += 1
        if contact.only_agent is not None:
            self._personal.setdefault(contact.only_agent, ordered()).add(where)
            self._waiting[contact.id] = (None, where)
            self._channels[contact.id] = contact.channel
            return
        lane = self._lane(queue, contact)
        self._filled[lane.key] = lane
        lane.contacts.add(where)
        self._waiting[contact.id] = (lane, where)

    def leave(self, contact: Contact, queue: QueueState) -> None:
        """Take `contact` out of its lane; it must be in one."""
        lane, where = self._waiting.pop(contact.id)
        queue.waiting -= 1
        if lane is None:
            assert contact.only_agent is not None
            personal = self._personal[contact.only_agent]
            personal.remove(where)
            del self._channels[contact.id]
            if not personal:
                del self._personal[contact.only_agent]
            return
        lane.contacts.remove(where)
        if not lane.contacts:
            del self._filled[lane.key]

    def is_waiting(self, contact: str) -> bool:
        return contact in self._waiting

    def personal_of(self, agent: str) -> list[str]:
        """Contacts that wait for this agent alone, in order of place."""
        return [where[2] for where in self._personal.get(agent, ())]

    def position(self, contact: Contact) -> int:
        """How many contacts of its queue stand before it, plus one."""
        lane, where = self._waiting[contact.id]
        ahead = sum(one.contacts.bisect_left(where) for one in self._lanes_of_queue.get(contact.queue or "", ()))
        return ahead + 1 if lane is not None else 1

    def _lane(self, queue: QueueState, contact: Contact) -> Lane:
        key: LaneKey = (queue.rules.id, contact.channel, wanted_now(queue.rules, contact))
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= self._sweep_at:
                self._sweep()
            lane = self._lanes[key] = Lane(key, queue)
            self._lanes_of_queue.setdefault(key[0], []).append(lane)
            for bench in self._benches.values():
                self._link(lane, bench)
        return lane

    def _sweep(self) -> None:
        """Forget empty lanes; the next time comes when there are as many again."""
        self._lanes = dict(self._filled)
        self._lanes_of_queue = {}
        for lane in self._lanes.values():
            self._lanes_of_queue.setdefault(lane.key[0], []).append(lane)
        for bench in self._benches.values():
            bench.lanes = {key: entry for key, entry in bench.lanes.items() if key in self._lanes}
        self._sweep_at = len(self._lanes) + LANES_KEPT_MAX

    # Queues

    def drop_queue(self, queue: str) -> None:
        """Forget the (empty) lanes of a queue: it is retired or its rules change."""
        for lane in self._lanes_of_queue.pop(queue, ()):
            assert not lane.contacts, "contacts leave before their lane goes"
            del self._lanes[lane.key]
            for _, bench in lane.benches:
                del bench.lanes[lane.key]

    def open_queue(self, queue: str, *, is_open: bool) -> None:
        """A queue that is not open (its project is paused) keeps its contacts and serves none."""
        if is_open:
            self._closed_queues.discard(queue)
        else:
            self._closed_queues.add(queue)

    # Choosing

    def agent_for(self, contact: Contact, rules: QueueRules) -> tuple[str | None, tuple[BenchConsidered, ...]]:
        """The agent who should have a waiting contact now, and the benches looked at."""
        lane, _ = self._waiting[contact.id]
        if rules.id in self._closed_queues:
            return None, ()
        if lane is None:
            only = contact.only_agent
            return (only if only is not None and self.is_free(only, contact.channel) else None), ()
        return lane.first(), _benches_seen(lane)

    def contact_for(
        self, agent: Agent, queues: dict[str, QueueState], contacts: dict[str, Contact], at: Instant
    ) -> tuple[str | None, tuple[LaneConsidered, ...]]:
        """The contact that a free agent should have now, and the lanes looked at, best first."""
        standing = self._standings.get(agent.id)
        if standing is None or not standing.channels:
            return None, ()
        for where in self._personal.get(agent.id, ()):
            queue = contacts[where[2]].queue
            if self._channels[where[2]] in standing.channels and queue not in self._closed_queues:
                assert queue is not None
                return where[2], (LaneConsidered(queue, where[2], score(queues[queue].rules, where, 1, at)),)
        bench, filled = standing.bench, self._filled
        if len(filled) < len(bench.lanes):
            served = [bench.lanes[key] for key in filled if key in bench.lanes]
        else:
            served = [entry for entry in bench.lanes.values() if entry[1].contacts]
        seen = [
            (-score(lane.queue.rules, lane.contacts[0], preference, at), lane.contacts[0], lane)
            for preference, lane in served
            if lane.channel in standing.channels and lane.key[0] not in self._closed_queues
        ]
        if not seen:
            return None, ()
        seen.sort(key=_by_score_then_place)
        told = tuple(LaneConsidered(lane.key[0], head[2], -value) for value, head, lane in seen[:EXPLAINED_MAX])
        return seen[0][1][2], told


def _by_score_then_place(seen: tuple[int, Place, Lane]) -> tuple[int, Place]:
    return seen[0], seen[1]


def score(rules: QueueRules, where: Place, preference: int, at: Instant) -> int:
    """Millionths of the queue's target waited, weighed (see the module)."""
    return (at - where[0]) * rules.penalty_weight // (100 * max(rules.target_seconds, 1) * preference)


def _benches_seen(lane: Lane) -> tuple[BenchConsidered, ...]:
    return tuple(
        BenchConsidered(
            free[0][2] if (free := bench.free[lane.channel][lane.rule]) else None,
            preference, len(free), bench.ready, bench.signed_in, bench.members,
        )
        for preference, bench in lane.benches[:EXPLAINED_MAX]
    )  # fmt: skip


def _bench_key(profile: AgentProfile) -> BenchKey:
    capacity = profile.capacity
    return (
        tuple(sorted(profile.skills.items())),
        tuple(sorted(profile.queues.items())),
        (capacity.voice, capacity.chat, capacity.mail, capacity.blends_voice),
    )
