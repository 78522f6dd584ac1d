"""A simulated day: one small centre, its people, what goes wrong, and calm at the end. A seed decides everything."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from markaz.runtime.spool import _Spooled
from tests.faults.agents import Agent, Supervisor
from tests.faults.asterisk import Asterisk
from tests.faults.books import Books, Violated
from tests.faults.database import Database
from tests.faults.disk import SimulatedDisk
from tests.faults.drawn import Fault, draw
from tests.faults.exchange import APPLICATION, CONVERSATIONS, PHONES
from tests.faults.floors import Floors, Patch, edges, patched
from tests.faults.house import AGENTS, HUNTED, MENU_KEYS, NUMBER, OUTSIDE, SUPERVISORS
from tests.faults.judged import judge
from tests.faults.loop import NothingIsDue, VirtualLoop
from tests.faults.news import Mood
from tests.faults.people import Customer, Outsider
from tests.faults.process import make_task
from tests.faults.together import SUPERVISION
from tests.faults.trace import Trace
from tests.faults.wire import Network

BEGIN_AT = 1_795_600_000.0
"""Seconds since the epoch at which every day begins."""
DAY_SECONDS = 240.0
CUSTOMERS = (15, 60)
CALM_SECONDS_MAX = 900.0
"""After the last fault every queue is empty within so long: a callback is tried twice, an overflow waits its time."""
LOOK_SECONDS = 1.0
JUMP_SECONDS_MAX = 5_400.0


@dataclass(frozen=True)
class Day:
    """How a seed's day went. `failure` None: everything held. `lost` are contacts that a fault cut off, `answers` is
    what customers answered in surveys, of whom there were `asked`.
    """

    seed: int
    failure: str | None
    faults: Sequence[Fault]
    contacts: int
    lost: int
    asked: int
    answers: int
    digest: str
    noted: Sequence[str]
    """The faults' own lines of what happened."""


def run_day(
    seed: int,
    *,
    show: Callable[[str], None] | None = None,
    faults: Sequence[Fault] | None = None,
    bugs: Sequence[Patch] = (),
) -> Day:
    """One day from beginning to calm, with the `faults` that the seed draws unless they are given.

    `show` is told each line of what happens; `bugs` are put into the real code.
    """
    loop = VirtualLoop()
    loop.set_task_factory(make_task)  # pyright: ignore[reportArgumentType]  generators are nobody's work here
    home = Path(tempfile.mkdtemp(prefix="markaz-faults-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        return loop.run_until_complete(_run(World(seed, home, show, faults), bugs))
    finally:
        loop.close()
        shutil.rmtree(home)


async def _run(world: "World", bugs: Sequence[Patch]) -> Day:
    logger = logging.getLogger("markaz")
    before = logger.propagate, logger.level
    logger.addHandler(world.trace)
    logger.propagate = False
    logger.setLevel(logging.INFO)
    try:
        with patched([*world.edges(), *bugs]):
            failure = await world.live()
            await world.end()
    finally:
        logger.removeHandler(world.trace)
        logger.propagate, level = before
        logger.setLevel(level)
    contacts = world.books.contacts.values()
    lost = sum(contact.outcome == "lost_to_fault" for contact in contacts)
    kept = world.books.kept
    return Day(
        world.seed, failure, world.faults, len(contacts), lost, len(kept.surveyed), len(kept.answers),
        world.trace.digest, world.trace.faults,
    )  # fmt: skip


class World:
    def __init__(
        self, seed: int, home: Path, show: Callable[[str], None] | None, faults: Sequence[Fault] | None
    ) -> None:
        self.seed = seed
        streams = [np.random.Generator(np.random.PCG64(one)) for one in np.random.SeedSequence(seed).spawn(8)]
        self._chance, drawn, network, asterisk, database, floors, people, self._ids = streams
        self._jumped = 0.0
        self._home = home
        self.trace = Trace(show)
        self.faults = draw(drawn) if faults is None else list(faults)
        self.disk = SimulatedDisk(self.trace.note)
        self.network = Network(network)
        (home / "asterisk").mkdir()
        self.asterisk = Asterisk(asterisk, self.network, str(home / "asterisk"), self.wall, self.trace.note)
        self.database = Database(database, self.trace.note)
        self.books = Books(self.asterisk, self.trace.note)
        self.books.is_well = self._is_well
        self.database.committed.append(self.books.durable)
        self.disk.listeners.append(self._synced)
        self.floors = Floors(home, floors, self.trace.note)
        self.agents = [
            Agent(one.id, self.asterisk, person, self.database, ["queue-sales", "queue-support", "bilal", OUTSIDE[1]])
            for one, person in zip(AGENTS, people.spawn(len(AGENTS)), strict=True)
        ]
        self.agents += [
            Supervisor(one.id, self.asterisk, person, self.database, [OUTSIDE[1]])
            for one, person in zip(SUPERVISORS, people.spawn(len(SUPERVISORS)), strict=True)
        ]
        for agent in self.agents:
            agent.wished = self.books.wished
        outside = {number: Outsider(number, number, self.asterisk, one)
                   for number, one in zip(OUTSIDE, people.spawn(2), strict=True)}  # fmt: skip
        self.customers = self._customers(people)
        by_number = {customer.number: customer for customer in self.customers}
        self.asterisk.find = lambda number: outside.get(number) or by_number.get(number)
        self._problems: list[str] = []
        self._open = 0
        """Faults that last at this moment."""

    def edges(self) -> list[Patch]:
        return edges(self._home, self.database, self.disk, self.asterisk, self.network, self.wall, self._ids)

    def wall(self) -> float:
        return BEGIN_AT + self._jumped + asyncio.get_running_loop().time()

    def _customers(self, people: np.random.Generator) -> list[Customer]:
        count = int(self._chance.integers(*CUSTOMERS))
        return [
            Customer(f"customer-{n}", f"79{n:06}", self.asterisk, one, dials=NUMBER if n % 20 else HUNTED,
                     key=MENU_KEYS[int(self._chance.choice(6, p=(0.4, 0.3, 0.12, 0.08, 0.06, 0.04)))])
            for n, one in enumerate(people.spawn(count), start=1)
        ]  # fmt: skip

    def _synced(self, content: bytes) -> None:
        rows = [msgspec.json.decode(line, type=_Spooled) for line in content.split(b"\n")[:-1]]
        self.books.durable((row.number, row.at, row.stimulus, row.outputs) for row in rows)

    # A day

    async def live(self) -> str | None:
        """The day and the calm after it; what did not hold."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._problems.append(_told(context)))
        try:
            self.floors.start_one()
            for agent in self.agents:
                agent.start()
            for customer in self.customers:
                loop.call_at(float(self._chance.uniform(5, DAY_SECONDS)), customer.call)
            for fault in self.faults:
                loop.call_at(fault.at, self._begin, fault)
            await self._look_until(lambda: loop.time() >= DAY_SECONDS, DAY_SECONDS + 1)
            await self._look_until(lambda: self._open == 0, DAY_SECONDS)
            self._calm()
            if not await self._look_until(self._is_drained, CALM_SECONDS_MAX):
                raise Violated(f"{CALM_SECONDS_MAX:.0f} s of calm did not drain everything: {self._left()}")
            judge(self.books, self.database, self._home, floors=self.floors.started)
            self._raise_problems()
        except (Violated, NothingIsDue) as error:
            return str(error) or type(error).__name__
        return None

    async def _look_until(self, holds: Callable[[], bool], seconds_max: float) -> bool:
        """Look at the world each second until `holds`; whether it did within `seconds_max`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds_max
        while loop.time() < until:
            if holds():
                return True
            await asyncio.sleep(LOOK_SECONDS)
            self._raise_problems()
            self.books.look(LOOK_SECONDS, self.agents)
        return False

    def _raise_problems(self) -> None:
        for problems in (self.books.violations, self._problems, self.trace.problems, self.floors.crashes):
            if problems:
                raise Violated(problems[0])

    def _is_well(self) -> bool:
        """No fault lasts, and a floor that lives holds the lease and hears both applications."""
        lines = [self.asterisk.news.applications.get(name) for name in (APPLICATION, PHONES)]
        holder = self.database.holder
        return (
            self._open == 0
            and all(line is not None and not (line.is_cut or line.is_closed or line.process.is_dead) for line in lines)
            and holder is not None
            and holder.process is not None
            and not holder.process.is_dead
        )

    def _calm(self) -> None:
        self.trace.note("world", "calm")
        for customer in self.customers:
            customer.is_calm = True

    def _is_drained(self) -> bool:
        return not self._left()

    def _left(self) -> str:
        contacts = [f"{name} {one.state}" for name, one in self.books.contacts.items() if one.state != "closed"]
        busy = [f"{name} {sorted(one.engagements)}" for name, one in self.books.agents.items() if one.engagements]
        channels = [f"{one.id} of {one.party.name}" for one in self.asterisk.channels.values()]
        spools = [path.name for path in (self._home / "spool").glob("*") if path.stat().st_size > 0]
        messages = list(self.database.inbox.values())
        left = {"contacts": contacts, "agents": busy, "channels": channels, "inbox": messages,
                "spool": [name for name in spools if "diverged" not in name and not name.endswith(".lock")],
                "bridges": [one for one in self.asterisk.bridges.all if one.startswith((*CONVERSATIONS, SUPERVISION))]
                }  # fmt: skip
        return ", ".join(f"{name}: {some}" for name, some in left.items() if some)

    async def end(self) -> None:
        """Everybody goes; nothing of this day is left on the loop."""
        self.floors.is_closed = True
        for process in list(self.floors.alive):
            process.die()
        for agent in self.agents:
            agent.stop()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # What goes wrong

    def _begin(self, fault: Fault) -> None:
        self.trace.note("fault", fault)
        self.books.trouble()
        end = self._strike(fault)
        if end is None:
            return
        self._open += 1
        asyncio.get_running_loop().call_later(fault.seconds, self._over, fault, end)

    def _over(self, fault: Fault, end: Callable[[], object]) -> None:
        self.trace.note("fault", f"{fault.name} is over")
        self._open -= 1
        end()

    def _strike(self, fault: Fault) -> Callable[[], object] | None:
        """Let it happen; what ends it, when it lasts."""
        match fault.name:
            case "floor_killed":
                if self.disk.tears_next or not self.floors.alive:
                    return None
                if fault.how < 0.3 and self.database.state != "up":
                    self.disk.tears_next = True
                else:
                    self._kill_floor()
            case "asterisk_killed" if self.asterisk.is_up:
                self.asterisk.kill()
                return self.asterisk.restart
            case "database_killed" if self.database.state == "up":
                self.database.go("down")
                return lambda: self.database.go("up")
            case "database_hangs" if self.database.state == "up":
                self.database.go("hung")
                return lambda: self.database.go("up")
            case "commit_answer_lost":
                self.database.loses_answer = True
            case "database_away_and_disk_full" if self.database.state == "up":
                self.database.go("down")
                self.disk.is_full = True
                return self._have_room_again
            case "events_late":
                self.asterisk.news.mood.late_seconds_max = 0.2 + 4 * fault.how
                return self._mood_over
            case "events_twice":
                self.asterisk.news.mood.twice = 0.1 + 0.5 * fault.how
                return self._mood_over
            case "events_lost":
                self.asterisk.news.mood.lost = 0.05 + 0.3 * fault.how
                return self._mood_over
            case "manager_silent":
                self.asterisk.manager_is_silent = True
                return self._manager_speaks
            case "network_cut":
                self.network.cut()
                return self.network.heal
            case "network_reset":
                self.network.reset()
                return self.network.heal
            case "phone_vanishes":
                agent = self.agents[int(fault.how * len(self.agents))]
                if not agent.has_vanished:
                    agent.vanish()
                    return agent.come_back
            case "clock_jumps":
                self._jumped += (2 * fault.how - 1) * JUMP_SECONDS_MAX
            case "second_floor":
                self.floors.start_one()
            case _:
                self.trace.note("fault", "there is one of the kind already")
        return None

    def _kill_floor(self) -> None:
        """The one that holds the lease, when one does."""
        holder = self.database.holder.process if self.database.holder is not None else None
        (holder if holder in self.floors.alive and holder is not None else self.floors.alive[0]).die()

    def _have_room_again(self) -> None:
        self.disk.is_full = False
        self.database.go("up")

    def _manager_speaks(self) -> None:
        self.asterisk.manager_is_silent = False

    def _mood_over(self) -> None:
        self.asterisk.news.mood = Mood()


def _told(context: dict[str, object]) -> str:
    return f"{context.get('message')}: {context.get('exception')!r}"
