"""A long random day on the pure floor, the same on every machine: most is plausible, some is late, double or wrong."""

import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import TypeVar

import msgspec

from markaz.kit.time import SECOND, Instant
from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentConfigured,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentProfile,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    Announcement,
    CallbackAsked,
    Capacity,
    ChannelKind,
    ContactArrived,
    ContactQueued,
    CustomerLeft,
    Effect,
    Floor,
    MessageAsked,
    OfferAccepted,
    OfferPlaced,
    Overflow,
    PauseRule,
    ProjectConfigured,
    ProjectPaused,
    ProjectResumed,
    ProjectRules,
    QueueConfigured,
    QueueRetired,
    QueueRules,
    Relaxation,
    Sticky,
    Stimulus,
    TimePassed,
    ToCallback,
    ToNumber,
    ToQueue,
    ToVoicemail,
    WrapUpEnded,
)
from tests.routing.test_floor_machine import talk
from tests.routing.witness import answers

START: Instant = 1_750_000_000 * SECOND
PENDING_MAX = 400
One = TypeVar("One")

_P, _S = "p1", ("s1", "s2", "s3")
_QUEUES = (
    QueueRules(id="q1", project=_P, skills={"s1": 3}, relaxation=(
        Relaxation(after_seconds=40, lower={"s1": 1}), Relaxation(after_seconds=20, lower={"s1": 2}))),
    QueueRules(id="q2", project=_P, agent_choice="least_occupied", overflow=(
        Overflow(after_seconds=60, to=ToQueue(queue="q1")), Overflow(after_seconds=200, to=ToCallback()))),
    QueueRules(id="q3", project="p2", skills={"s2": 2}, priority=1, announcement=Announcement(), penalty_weight=200),
    QueueRules(id="q4", project="p2", target_seconds=60, waiting_max=12, when_full=ToNumber(number="100")),
    QueueRules(id="q5", project=_P, sticky=Sticky(agent="last"), wrap_up_seconds_max=0, overflow=(
        Overflow(after_seconds=90, to=ToVoicemail()),)),
    QueueRules(id="q6", project="p2", sticky=Sticky(agent="named"), callback_retry_seconds=40, skills={"s3": 1},
               agent_choice="least_occupied", relaxation=(Relaxation(after_seconds=30, drop=("s3",)),)),
)  # fmt: skip


class Lot:
    """Knuth's linear congruential generator (MMIX): chance that no library's next version changes."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, bound: int) -> int:
        self.state = (self.state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self.state >> 33) % bound

    def of(self, what: "tuple[One, ...] | list[One]") -> One:
        return what[self.below(len(what))]


def profile(number: int, lot: Lot) -> AgentProfile:
    queues = {f"q{1 + (number + one) % 6}": 1 + lot.below(3) for one in range(1 + lot.below(4))}
    skills = {skill: 1 + lot.below(4) for skill in _S if lot.below(4)}
    capacity = lot.of((Capacity(), Capacity(), Capacity(chat=2), Capacity(chat=1, mail=1, blends_voice=True)))
    pause = lot.of((None, 20, 60))
    return AgentProfile(id=f"a{number}", queues=queues, skills=skills, capacity=capacity, no_answer_pause_seconds=pause)


class Day:
    """`told` is how many stimuli the floor has been told; `digest` is of everything that it answered."""

    def __init__(self, seed: int, agents: int = 40) -> None:
        self.lot = Lot(seed)
        self.floor = Floor()
        self.at = START
        self.agents = agents
        self.arrived = 0
        self.told: list[tuple[Instant, Stimulus]] = []
        self.digest = sha256()
        self.counts: Counter[str] = Counter()
        self.pending: list[Effect] = []
        for rules in (ProjectRules(id=_P), ProjectRules(id="p2", pause=PauseRule(prompt="paused", to=ToVoicemail()))):
            self.tell(ProjectConfigured(rules))
        for rules in _QUEUES:
            self.tell(QueueConfigured(rules))
        for number in range(agents):
            self.tell(AgentConfigured(profile(number, self.lot)))
            self.tell(AgentSignedIn(f"a{number}"))
            self.tell(AgentBecameReady(f"a{number}"))

    def tell(self, stimulus: Stimulus) -> None:
        self.told.append((self.at, stimulus))
        effects = self.floor.handle(self.at, stimulus)
        self.digest.update(msgspec.json.encode((effects, self.floor.deadline())))
        self.counts.update(type(effect).__name__ for effect in effects)
        self.pending.extend(effect for effect in effects if answers(effect, 0) is not None)
        del self.pending[:-PENDING_MAX]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            for stimulus in self._next():
                self.tell(stimulus)

    def _next(self) -> Iterator[Stimulus]:
        lot, what = self.lot, self.lot.below(100)
        if what < 20:
            yield from self._call()
        elif what < 60 and self.pending:
            effect = self.pending.pop(lot.below(len(self.pending)))
            told = answers(effect, lot.below(12) // 3 if lot.below(4) == 0 else 0) or ()
            yield from told
            if told and lot.below(20) == 0:
                yield told[-1]
        elif what < 80:
            yield from self._people()
        elif what < 88:
            due = self.floor.deadline()
            self.at = max(self.at, min(due or self.at, self.at + 30 * SECOND))
            yield TimePassed()
        elif what < 94:
            self.at += lot.below(3 * SECOND)
        elif what < 98:
            agent = f"a{lot.below(self.agents)}"
            yield from (AgentSignedIn(agent), AgentPhoneFound(agent), AgentBecameReady(agent))
        else:
            yield self._house()

    def _call(self) -> Iterator[Stimulus]:
        lot = self.lot
        self.arrived += 1
        contact, queue = f"c{self.arrived}", lot.of(_QUEUES)
        channels: tuple[ChannelKind, ...] = ("voice", "voice", "voice", "chat", "mail")
        yield ContactArrived(contact, lot.of(channels), queue.project, f"+{lot.below(300)}")
        skills = lot.of(({}, {}, {}, {"s1": 2}, {"s2": 1 + lot.below(3), "s3": 1}))
        yield ContactQueued(
            contact, queue.id, skills, lot.of((0, 0, 0, 1)), lot.of((None, f"a{lot.below(self.agents)}"))
        )

    def _people(self) -> Iterator[Stimulus]:
        """Whoever talks, rings, wraps up or waits does something."""
        lot, state = self.lot, self.floor.state
        engaged, waiting = list(state.engagements.values()), list(state.contacts)
        if engaged and lot.below(3):
            one = lot.of(engaged)
            if one.state == "offered":
                yield OfferPlaced(one.offer)
                yield OfferAccepted(one.offer)
            elif one.state == "wrapping_up":
                yield WrapUpEnded(one.agent, one.contact)
            else:
                to = lot.of((f"a{lot.below(self.agents)}", lot.of(_QUEUES).id, "300"))
                yield talk(one, lot.of((0, 1, 2, 2, 2, 4, 5, 6)), to)
        elif waiting:
            contact = lot.of(waiting)
            told = (CustomerLeft(contact), CallbackAsked(contact, "+9"), CustomerLeft(contact, "fault"))
            yield lot.of((*told, CustomerLeft(contact), MessageAsked(contact)))

    def _house(self) -> Stimulus:
        lot = self.lot
        number = lot.below(self.agents)
        agent = f"a{number}"
        return lot.of((
            AgentSignedOut(agent), AgentBecameNotReady(agent, "lunch"), AgentPhoneLost(agent), AgentRetired(agent),
            AgentConfigured(profile(number, lot)), AgentConfigured(profile(number, lot)),
            QueueConfigured(lot.of(_QUEUES)), QueueConfigured(_QUEUES[3]),
            QueueRetired("q4") if lot.below(4) == 0 else ProjectResumed("p2"),
            ProjectPaused("p2", "training") if lot.below(4) == 0 else ProjectResumed("p2"),
        ))  # fmt: skip


def main() -> None:
    """`python -m tests.routing.long_run STEPS SEED...`: a line for each seed, of everything said and what is kept."""
    steps, *seeds = (int(argument) for argument in sys.argv[1:])
    for seed in seeds:
        day = Day(seed)
        day.run(steps)
        kept = sha256(day.floor.snapshot()).hexdigest()
        print(seed, len(day.told), day.digest.hexdigest(), kept, sorted(day.counts.items()))


if __name__ == "__main__":
    main()
