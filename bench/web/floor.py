"""A floor of a thousand agents whose calls run by themselves: the live driver and its journal, and a telephony that
answers as people would. `python -m bench.web.floor DATABASE SPOOL` until it is told to end; it says when it is busy.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from markaz import routing
from markaz.kit.clock import WallClock
from markaz.runtime import Core, Journal, LiveFloor, Output, connect, live_view

AGENTS = 1_000
QUEUES = 25
EVERYBODYS = "all"
"""The queue that every agent serves, so that each change of it is told to every desk."""
QUEUES_PER_AGENT = 3
READY = 600
CALLS_PER_SECOND = 5.0
EVERYBODYS_SHARE = 0.2
TALK_SECONDS = 115.0
RING_SECONDS = 2.0
WRAP_UP_SECONDS = 5.0
SEED = 11

_PUBLISH = """
INSERT INTO floor_live (floor, incarnation, body) VALUES ('main', 'bench', %s)
ON CONFLICT (floor) DO UPDATE SET body = excluded.body, written_at = now()
"""


def queues_of(agent: int) -> dict[str, int]:
    own = {f"q{(agent + one) % QUEUES}": 1 + one for one in range(QUEUES_PER_AGENT)}
    return {EVERYBODYS: 1, **own}


class Calls:
    """Who calls, answers, talks and wraps up."""

    def __init__(self, journal: Journal) -> None:
        self.chance = np.random.default_rng(SEED)
        self.live = LiveFloor(Core(), journal, self.perform, WallClock())
        self.loop = asyncio.get_running_loop()
        self.arrived = 0

    def tell_later(self, seconds: float, *stimuli: routing.Stimulus) -> None:
        self.loop.call_later(seconds, lambda: [self.live.tell(one) for one in stimuli])

    def configure(self) -> None:
        tell = self.live.tell
        tell(routing.ProjectConfigured(routing.ProjectRules(id="p")))
        for queue in (EVERYBODYS, *(f"q{n}" for n in range(QUEUES))):
            tell(routing.QueueConfigured(routing.QueueRules(id=queue, project="p", waiting_max=100_000)))
        for n in range(AGENTS):
            profile = routing.AgentProfile(id=f"a{n}", queues=queues_of(n))
            tell(routing.AgentConfigured(profile))
            tell(routing.AgentSignedIn(profile.id))
            if n < READY:
                tell(routing.AgentBecameReady(profile.id))

    def call(self) -> None:
        self.arrived += 1
        name = f"c{self.arrived}"
        is_everybodys = self.chance.random() < EVERYBODYS_SHARE
        queue = EVERYBODYS if is_everybodys else f"q{int(self.chance.integers(QUEUES))}"
        self.live.tell(routing.ContactArrived(name, "voice", "p", f"+49{self.arrived:07}"))
        self.live.tell(routing.ContactQueued(name, queue))

    async def arrive(self) -> None:
        while True:
            await asyncio.sleep(float(self.chance.exponential(1 / CALLS_PER_SECOND)))
            self.call()

    def perform(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            match output:
                case routing.OfferContact(offer=offer):
                    self.live.tell(routing.OfferPlaced(offer))
                    self.tell_later(RING_SECONDS, routing.OfferAccepted(offer))
                case routing.ConnectContact(contact=contact, offer=offer):
                    self.live.tell(routing.ConversationStarted(contact, offer))
                    self.tell_later(float(self.chance.exponential(TALK_SECONDS)), routing.CustomerLeft(contact))
                case routing.EngagementMoved(after="wrapping_up", agent=agent, contact=contact):
                    self.tell_later(WRAP_UP_SECONDS, routing.WrapUpEnded(agent, contact))
                case routing.EndContact(contact=contact):
                    self.tell_later(0.1, routing.CustomerLeft(contact))
                case _:
                    pass


async def publish(calls: Calls, url: str) -> None:
    async with await connect(url) as connection:
        while True:
            view = live_view("main", calls.live, WallClock()(), "connected")
            await connection.execute(_PUBLISH, (msgspec.json.encode(view).decode(),))
            await asyncio.sleep(1)


async def main(url: str, spool: Path) -> None:
    journal = Journal(url, "main", spool)
    await journal.open()
    calls = Calls(journal)
    calls.configure()
    for _ in range(READY):
        calls.call()
    tasks = [asyncio.create_task(one) for one in (calls.live.run(), publish(calls, url), calls.arrive())]
    stop = asyncio.Event()
    calls.loop.add_signal_handler(signal.SIGTERM, stop.set)
    calls.loop.call_later(5.0, lambda: print("busy", flush=True))
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(f"stamp to hand-over p95 {calls.live.pace.percentile(0.95) / 1_000:.1f} ms", flush=True)
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
