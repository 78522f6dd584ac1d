"""Stimuli per second of the pure floor on one core, explanations and deadlines on.

A steady house: every agent talks, as many contacts wait as there are agents; each step one conversation ends, its
agent wraps up and takes the next contact, and a new contact arrives. A first floor finds out what happens; the same
stimuli are then told to new floors, and only that is timed: no model of people, no encoding, no journal.
`QUICK=1` runs the smallest sizes for some hundred steps, to see that it runs.
"""

import json
import os
import sys
from collections import deque
from itertools import count, islice
from statistics import median
from time import process_time

from markaz.kit.time import SECOND
from markaz.routing import (
    AgentBecameReady,
    AgentConfigured,
    AgentProfile,
    AgentSignedIn,
    ContactArrived,
    ContactQueued,
    ConversationStarted,
    CustomerLeft,
    Effect,
    Floor,
    OfferAccepted,
    OfferContact,
    OfferPlaced,
    ProjectConfigured,
    ProjectRules,
    QueueConfigured,
    QueueRules,
    Relaxation,
    Stimulus,
    WrapUpEnded,
)

IS_QUICK = os.environ.get("QUICK") == "1"
AGENTS = (10, 100) if IS_QUICK else (10, 100, 1_000, 10_000)
QUEUES = (1, 10) if IS_QUICK else (1, 10, 100)
QUEUES_PER_AGENT = 3
STEPS = 200 if IS_QUICK else 4_000
RUNS = 1 if IS_QUICK else 3


class House:
    """A floor with `agents` agents in `queues` queues, each agent with three of them, and who talks with whom."""

    def __init__(self, agents: int, queues: int) -> None:
        self.floor = Floor()
        self.at = 1_800_000_000 * SECOND
        self.told: list[tuple[int, Stimulus]] = []
        self.names = count()
        self.served = min(queues, agents + QUEUES_PER_AGENT - 1)
        """The queues that some agent serves."""
        self.talking: deque[tuple[str, str]] = deque()
        self.tell(ProjectConfigured(ProjectRules(id="p")))
        for queue in range(queues):
            relaxation = (Relaxation(after_seconds=600, lower={"s": 1}),)
            rules = QueueRules(id=f"q{queue}", project="p", skills={"s": 2}, relaxation=relaxation, waiting_max=100_000)
            self.tell(QueueConfigured(rules))
        for agent in range(agents):
            served = {f"q{(agent + one) % queues}": one + 1 for one in range(min(QUEUES_PER_AGENT, queues))}
            profile = AgentProfile(id=f"a{agent}", skills={"s": 2 + agent % 3}, queues=served)
            self.tell(AgentConfigured(profile), AgentSignedIn(profile.id), AgentBecameReady(profile.id))
        for _ in range(2 * agents):
            self.call()

    def tell(self, *stimuli: Stimulus) -> None:
        for stimulus in stimuli:
            self.told.append((self.at, stimulus))
            self.answer(self.floor.handle(self.at, stimulus))

    def answer(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, OfferContact):
                self.talking.append((effect.contact, effect.agent))
                started = ConversationStarted(effect.contact, effect.offer)
                self.tell(OfferPlaced(effect.offer), OfferAccepted(effect.offer), started)

    def call(self) -> None:
        name = next(self.names)
        queue = f"q{name % self.served}"
        self.tell(ContactArrived(f"c{name}", "voice", "p", f"+{name}"), ContactQueued(f"c{name}", queue))

    def step(self) -> None:
        """One conversation ends and is wrapped up; a contact arrives."""
        self.at += 1_000
        contact, agent = self.talking.popleft()
        self.tell(CustomerLeft(contact), WrapUpEnded(agent, contact))
        self.call()


def measure(agents: int, queues: int) -> dict[str, float]:
    house = House(agents, queues)
    before = len(house.told)
    for _ in range(STEPS):
        house.step()
    rates: list[float] = []
    for _ in range(RUNS):
        handle = Floor().handle
        for at, stimulus in islice(house.told, before):
            handle(at, stimulus)
        timed = house.told[before:]
        began = process_time()
        for at, stimulus in timed:
            handle(at, stimulus)
        rates.append(len(timed) / (process_time() - began))
    waiting = sum(queue.waiting for queue in house.floor.state.queues.values())
    return {"agents": agents, "waiting": waiting, "queues": queues, "stimuli_per_second": round(median(rates))}


def main() -> None:
    rows = []
    for queues in QUEUES:
        for agents in AGENTS:
            rows.append(measure(agents, queues))
            print(
                "{agents:>6} agents {waiting:>6} waiting {queues:>4} queues {stimuli_per_second:>9,} stimuli/s".format(
                    **rows[-1]
                )
            )
            sys.stdout.flush()
    if path := os.environ.get("OUT"):
        with open(path, "w") as file:
            json.dump({"rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
