"""Matching: the agent for a contact, the contact for an agent, over the lanes and benches of a floor.

A contact that wants one agent only (a returning customer's, a transfer's) waits in that agent's *personal* lane. Across
lanes a freed agent takes the contact with the highest score: the share of its queue's target that it has waited (its
priority's head start included), times the client's penalty weight, over the agent's preference for the queue. Waiting
raises every score without bound, so no lane starves.
"""

from bisect import insort

from markaz.kit.time import Instant
from markaz.routing.effects import BenchConsidered, LaneConsidered
from markaz.routing.lanes import (
    Bench,
    BenchKey,
    Lane,
    LaneKey,
    Link,
    Place,
    Standing,
    bench_key,
    place,
    rise,
    score,
    sit,
    wanted_now,
)
from markaz.routing.ordered import Ordered
from markaz.routing.rules import AgentProfile, ChannelKind, QueueRules
from markaz.routing.state import Agent, Contact, QueueState

LANES_KEPT_MAX = 512
"""Lanes kept beside those in use; past it, the empty ones go (what a flow wants of an agent may be anything)."""
EXPLAINED_MAX = 8
"""Lanes or benches told in one explanation; the best come first."""


class Matching:
    """All lanes and benches of a floor."""

    def __init__(self) -> None:
        self._lanes: dict[LaneKey, Lane] = {}
        self._lanes_of_queue: dict[str, list[Lane]] = {}
        self._usual_lanes: dict[tuple[str, ChannelKind, int], Lane] = {}
        """Of contacts that want nothing beside what their queue wants: (queue, channel, relaxed) -> lane."""
        self._benches: dict[BenchKey, Bench] = {}
        self._standings: dict[str, Standing] = {}
        self._filled: dict[Lane, None] = {}
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
        standing = self._standing(agent)
        bench = standing.bench
        if standing.channels:
            rise(standing)
        signed_in, ready = agent.presence != "signed_out", agent.presence == "ready" and agent.phone
        if signed_in != standing.signed_in:
            bench.signed_in += 1 if signed_in else -1
            standing.signed_in = signed_in
        if ready != standing.ready:
            bench.ready += 1 if ready else -1
            standing.ready = ready
        standing.channels = channels
        bench.version += 1
        if channels:
            sit(standing, agent, load)

    def _standing(self, agent: Agent) -> Standing:
        """The agent's standing on the bench of their present profile."""
        profile = agent.profile
        standing = self._standings.get(profile.id)
        if standing is not None and standing.profile is profile:
            return standing
        bench = self._bench(profile)
        if standing is None or standing.bench is not bench:
            self.dismiss(profile.id)
            standing = self._standings[profile.id] = bench.members[profile.id] = Standing(bench, profile)
            bench.version += 1
        standing.profile = profile
        return standing

    def dismiss(self, agent: str) -> None:
        """Forget an agent's standing."""
        standing = self._standings.pop(agent, None)
        if standing is None:
            return
        bench = standing.bench
        if standing.channels:
            rise(standing)
        bench.signed_in -= standing.signed_in
        bench.ready -= standing.ready
        bench.version += 1
        del bench.members[agent]
        if not bench.members:
            self._drop_bench(bench)

    def is_free(self, agent: str, channel: ChannelKind) -> bool:
        standing = self._standings.get(agent)
        return standing is not None and channel in standing.channels

    def _bench(self, profile: AgentProfile) -> Bench:
        key = bench_key(profile)
        bench = self._benches.get(key)
        if bench is None:
            bench = self._benches[key] = Bench(key, profile)
            for lane in self._lanes.values():
                self._link(lane, bench)
        return bench

    def _drop_bench(self, bench: Bench) -> None:
        del self._benches[bench.key]
        for lane, link in bench.links.items():
            lane.links.remove(link)

    def _link(self, lane: Lane, bench: Bench) -> None:
        preference = bench.serves(lane)
        if preference is not None:
            link = bench.links[lane] = Link(lane, bench, preference)
            insort(lane.links, link)
            first = link.free.first()
            if first is not None:
                lane.see(link, first)

    # Contacts

    def enter(self, contact: Contact, queue: QueueState) -> None:
        """Let `contact` wait in the lane of its present requirements, or in its only agent's."""
        where = place(queue.rules, contact)
        queue.waiting += 1
        if contact.only_agent is not None:
            self._personal.setdefault(contact.only_agent, Ordered()).add(where)
            self._waiting[contact.id] = (None, where)
            self._channels[contact.id] = contact.channel
            return
        lane = self._lane(queue, contact)
        self._filled[lane] = None
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
            if not len(personal):
                del self._personal[contact.only_agent]
            return
        lane.contacts.remove(where)
        if lane.contacts.first() is None:
            del self._filled[lane]

    def is_waiting(self, contact: str) -> bool:
        return contact in self._waiting

    def personal_of(self, agent: str) -> list[str]:
        """Contacts that wait for this agent alone, in order of place."""
        personal = self._personal.get(agent)
        return [] if personal is None else [where[2] for where in personal]

    def position(self, contact: Contact) -> int:
        """How many contacts of its queue stand before it, plus one."""
        lane, where = self._waiting[contact.id]
        ahead = sum(one.contacts.before(where) for one in self._lanes_of_queue.get(contact.queue or "", ()))
        return ahead + 1 if lane is not None else 1

    def _lane(self, queue: QueueState, contact: Contact) -> Lane:
        if contact.skills:
            return self._lane_of(queue, contact)
        usual = (queue.rules.id, contact.channel, contact.relaxed)
        lane = self._usual_lanes.get(usual)
        if lane is None:
            lane = self._lane_of(queue, contact)
            self._usual_lanes[usual] = lane
        return lane

    def _lane_of(self, queue: QueueState, contact: Contact) -> Lane:
        key: LaneKey = (queue.rules.id, contact.channel, wanted_now(queue.rules, contact))
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= self._sweep_at:
                self._sweep()
            lane = self._lanes[key] = Lane(key, queue.rules)
            self._lanes_of_queue.setdefault(key[0], []).append(lane)
            for bench in self._benches.values():
                self._link(lane, bench)
        return lane

    def _sweep(self) -> None:
        """Forget empty lanes; the next time comes when there are as many again."""
        self._lanes = {lane.key: lane for lane in self._filled}
        self._lanes_of_queue = {}
        self._usual_lanes = {}
        for lane in self._filled:
            self._lanes_of_queue.setdefault(lane.key[0], []).append(lane)
        for bench in self._benches.values():
            bench.links = {lane: link for lane, link in bench.links.items() if lane in self._filled}
        self._sweep_at = len(self._lanes) + LANES_KEPT_MAX

    # Queues

    def drop_queue(self, queue: str) -> None:
        """Forget the (empty) lanes of a queue: it is retired or its rules change."""
        for lane in self._lanes_of_queue.pop(queue, ()):
            assert not lane.contacts, "contacts leave before their lane goes"
            del self._lanes[lane.key]
            for link in lane.links:
                del link.bench.links[lane]
        self._usual_lanes = {usual: lane for usual, lane in self._usual_lanes.items() if usual[0] != queue}

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
        links = lane.links[:EXPLAINED_MAX]
        return lane.first(), tuple([
            link.told if link.told_version == link.bench.version else link.considered() for link in links
        ])  # fmt: skip

    def contact_for(
        self, agent: Agent, channels: tuple[ChannelKind, ...],
        queues: dict[str, QueueState], contacts: dict[str, Contact], at: Instant,
    ) -> tuple[str | None, tuple[LaneConsidered, ...]]:  # fmt: skip
        """The contact that an agent with `channels` free should have now, and the lanes looked at, best first."""
        for where in self._personal.get(agent.profile.id, ()):
            queue = contacts[where[2]].queue
            if self._channels[where[2]] in channels and queue not in self._closed_queues:
                assert queue is not None
                return where[2], (LaneConsidered(queue, where[2], score(queues[queue].rules, where, 1, at)),)
        seen = self._seen(self._standing(agent).bench, channels, at)
        if not seen:
            return None, ()
        seen.sort(key=_by_score_then_place)
        del seen[EXPLAINED_MAX:]
        return seen[0][1][2], tuple([LaneConsidered(lane.key[0], head[2], -value) for value, head, lane in seen])

    def _seen(self, bench: Bench, channels: tuple[ChannelKind, ...], at: Instant) -> list[tuple[int, Place, Lane]]:
        """The filled and open lanes that the bench serves, with their scores (negative) and heads."""
        filled, links, closed = self._filled, bench.links, self._closed_queues
        if len(filled) < len(links):
            served = [link for lane in filled if (link := links.get(lane)) is not None]
        else:
            served = list(links.values())
        seen: list[tuple[int, Place, Lane]] = []
        for link in served:
            lane = link.lane
            head = lane.contacts.first()
            if head is not None and lane.channel in channels and lane.key[0] not in closed:
                seen.append((-((at - head[0]) * lane.rules.penalty_weight // link.divisor), head, lane))
        return seen


def _by_score_then_place(seen: tuple[int, Place, Lane]) -> tuple[int, Place]:
    return seen[0], seen[1]
