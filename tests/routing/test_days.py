"""Long days on the floor: a drawn house, and a seed that decides what people and machines do, in likely proportions.

The state machine beside this file tells the floor anything; here most of it makes sense, so that conversations,
transfers and call backs meet each other, with faults mixed in: late, repeated and lost answers, a phone or a leg that
is gone, a house that changes. The invariants are the same, and so is the end: silence has to bring calm.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from markaz.routing import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentPhoneFound,
    AgentPhoneLost,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    CallbackAsked,
    ContactArrived,
    ContactQueued,
    CustomerLeft,
    ProjectPaused,
    ProjectResumed,
    QueueRetired,
    Stimulus,
)  # fmt: skip
from tests.routing import drawn
from tests.routing.effort import EFFORT, TIME_LIMIT
from tests.routing.test_floor_machine import talk
from tests.routing.witness import Witness, answers

pytestmark = TIME_LIMIT

STEPS = 150
SHARES = {
    "come": 20, "answer": 36, "talk": 14, "deadline": 10, "seconds": 6, "agent": 6, "leave": 2, "callback": 2,
    "again": 2, "lost": 1, "twin": 1, "pause": 1, "resume": 2, "change": 2, "retire": 1,
}  # fmt: skip


Item = TypeVar("Item")


class Day:
    """One step after another, each a method named for its share."""

    def __init__(self, house: list[Stimulus], changes: list[Stimulus], seed: int) -> None:
        self.witness, self.random = Witness(), np.random.default_rng(seed)
        self.changes, self.arrivals = [*changes, *house], 0
        for told in house:
            self.witness.tell(told)
        for agent in drawn.AGENTS[:4]:
            self.come_in(agent)

    def pick(self, among: Sequence[Item]) -> Item:
        return among[int(self.random.integers(len(among)))]

    def contact(self) -> str | None:
        contacts = sorted(self.witness.floor.state.contacts)
        return self.pick(tuple(contacts)) if contacts else None

    def come_in(self, agent: str) -> None:
        for fact in (AgentSignedIn, AgentPhoneFound, AgentBecameReady):
            self.witness.tell(fact(agent))

    def come(self) -> None:
        self.arrivals += 1
        contact, random = f"c{self.arrivals}", self.random
        channel = ("voice", "voice", "voice", "chat", "mail")[random.integers(5)]
        skills = ({}, {}, {}, {"s1": 2}, {"s2": 1})[random.integers(5)]
        named = self.pick(drawn.AGENTS) if random.random() < 0.2 else None
        self.witness.tell(ContactArrived(contact, channel, "p1", self.pick(drawn.CUSTOMERS)))
        self.witness.tell(ContactQueued(contact, self.pick(drawn.QUEUES), skills, int(random.integers(2)), named))

    def answer(self) -> None:
        pending = self.witness.pending
        if pending:
            effect = pending[int(self.random.integers(min(3, len(pending))))]
            pending.remove(effect)
            luck = 0 if self.random.random() < 0.6 else int(self.random.integers(60))
            for told in answers(effect, luck) or ():
                self.witness.tell(told)

    def talk(self) -> None:
        engaged = self.witness.engaged()
        if engaged:
            one = engaged[int(self.random.integers(len(engaged)))]
            to = self.pick((*drawn.AGENTS, *drawn.QUEUES, "300"))
            self.witness.tell(talk(one, int(self.random.integers(7)), to))

    def deadline(self) -> None:
        due = self.witness.floor.deadline()
        if due is not None and due - self.witness.now < 120_000_000:
            self.witness.pass_time((due - self.witness.now) / 1_000_000)

    def seconds(self) -> None:
        self.witness.pass_time(int(self.random.integers(1, 10)))

    def agent(self) -> None:
        agent = self.pick(drawn.AGENTS)
        match int(self.random.integers(9)):
            case 0:
                self.witness.tell(AgentBecameNotReady(agent, "break"))
            case 1:
                self.witness.tell(AgentPhoneLost(agent))
            case 2:
                self.witness.tell(AgentSignedOut(agent))
            case _:
                self.come_in(agent)

    def leave(self) -> None:
        contact = self.contact()
        if contact is not None:
            self.witness.tell(CustomerLeft(contact, "hung_up" if self.random.random() < 0.8 else "fault"))

    def callback(self) -> None:
        contact = self.contact()
        if contact is not None:
            self.witness.tell(CallbackAsked(contact, "+9"))

    def again(self) -> None:
        recent = self.witness.told[-20:]
        self.witness.tell(recent[int(self.random.integers(len(recent)))][1])

    def lost(self) -> None:
        self.witness.pending.clear()

    def twin(self) -> None:
        self.witness.die()

    def pause(self) -> None:
        self.witness.tell(ProjectPaused(self.pick(drawn.PROJECTS), "retraining"))

    def resume(self) -> None:
        for project in drawn.PROJECTS:
            self.witness.tell(ProjectResumed(project))

    def change(self) -> None:
        self.witness.tell(self.pick(self.changes))

    def retire(self) -> None:
        if self.random.random() < 0.5:
            self.witness.tell(QueueRetired(self.pick(drawn.QUEUES)))
        else:
            self.witness.tell(AgentRetired(self.pick(drawn.AGENTS)))

    def run(self) -> None:
        names, shares = list(SHARES), np.array(list(SHARES.values()), dtype=float)
        for name in self.random.choice(names, size=STEPS, p=shares / shares.sum()):
            getattr(self, name)()
        self.witness.end()


@EFFORT
@given(
    house=drawn.houses(),
    changes=st.lists(drawn.configurings, max_size=4),
    seed=st.integers(min_value=0, max_value=2**32),
)
def test_a_day_on_the_floor(house: list[Stimulus], changes: list[Stimulus], seed: int):
    Day(house, changes, seed).run()
