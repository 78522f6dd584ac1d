"""The outside world: customers, agents and the telephone network between them and the system under test."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from numpy.random import default_rng

from markaz.demo.harness.agents import AgentRobot, Desk, OfferLog, Temper
from markaz.demo.harness.audio import AGENT_TONES_HZ, CUSTOMER_TONES_HZ
from markaz.demo.harness.customers import CallerLog, Customer
from markaz.demo.harness.exchange import Exchange
from markaz.demo.harness.legs import Leg, leave_dead_line
from markaz.demo.harness.plans import Caller, ScheduledCall
from markaz.kit.errors import MarkazError
from markaz.telephony import AsteriskProgram

TASKS_MAX = 2_000
LOGS_MAX = 100_000
FAULTS_MAX = 1_000
STOP_SECONDS_MAX = 15.0
DEAD_LINE_SECONDS = 3.0
"""How long people listen to silence before they hang up."""


@dataclass(frozen=True, slots=True)
class AgentLog:
    """What one agent's phone saw, offer by offer, and what went wrong at the desk."""

    agent: str
    tone_hz: int
    offers: tuple[OfferLog, ...]
    faults: tuple[str, ...]

    def count(self, outcome: str) -> int:
        """Offers with that outcome."""
        return sum(offer.outcome == outcome for offer in self.offers)


class OutsideWorld:
    """Lives in `folder` around the system under test at `sut_host`:`sut_port` (SIP over UDP).

    Use: `start()`; `employ(...)` agents; `play(schedule)`; `send_home()`; `stop()`. Everything ends with `stop()`,
    at the latest. Calls that the system under test places reach `sip_address`.
    """

    def __init__(self, program: AsteriskProgram, folder: Path, *, sut_host: str, sut_port: int) -> None:
        self._exchange = Exchange(program, folder, on_incoming=self._on_incoming)
        self._sut = f"{sut_host}:{sut_port}"
        self._heard = folder / "heard"
        self._calls = count()
        self._customers: dict[str, Customer] = {}
        self._robots: dict[str, AgentRobot] = {}
        self._work: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._logs: list[CallerLog] = []
        self.faults: list[str] = []

    @property
    def sip_address(self) -> tuple[str, int]:
        """Host and port to which the system under test sends its calls to customers."""
        return "127.0.0.1", self._exchange.ports.sip

    @property
    def pid(self) -> int | None:
        """The process id of the world's Asterisk while it runs."""
        return self._exchange.server.pid

    @property
    def legs_open(self) -> int:
        """SIP legs that have not ended at this end."""
        return self._exchange.legs_open

    @property
    def caller_logs(self) -> tuple[CallerLog, ...]:
        """Calls that have ended, called-back ones included, in the order of their end."""
        return tuple(self._logs)

    @property
    def agent_logs(self) -> tuple[AgentLog, ...]:
        """All agents' logs up to now."""
        return tuple(
            AgentLog(robot.agent, robot.tone_hz, tuple(robot.offers), tuple(robot.faults))
            for robot in self._robots.values()
        )

    async def start(self) -> None:
        """Start the world's Asterisk. Raises `AsteriskFailed`."""
        self._heard.mkdir(parents=True, exist_ok=True)
        await self._exchange.start()

    async def stop(self) -> None:
        """End robots, calls and the Asterisk. Safe to repeat."""
        tasks = [*self._work.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS_MAX)
        await self._exchange.stop()

    async def call(self, caller: Caller) -> CallerLog:
        """Place one call and live it to its end. Raises `WorldIsFull`, `AriRefused`, `AriUnanswered`."""
        number = next(self._calls)
        customer = Customer(caller=caller, tone_hz=CUSTOMER_TONES_HZ[number % len(CUSTOMER_TONES_HZ)])
        self._customers[_key(caller.customer)] = customer
        listen = self._heard / f"{number:06d}" if caller.listen else None
        address = f"sip:{caller.number}@{self._sut}"
        leg = await self._exchange.dial(address, caller=caller.customer, listen=listen)
        log = await customer.call(leg, heard=listen.with_suffix(".heard.ulaw") if listen else None)
        self._keep(log)
        return log

    async def play(self, schedule: Sequence[ScheduledCall]) -> tuple[CallerLog, ...]:
        """Place the calls at their moments from now on and live them all to their end; a call that cannot be placed
        is a fault, not an error.
        """
        return tuple(log for log in await asyncio.gather(*map(self._at_its_moment, schedule)) if log is not None)

    def employ(self, agent: str, *, desk: Desk, temper: Temper, seed: int) -> None:
        """Send one agent to work: sign in, register, be ready, take offers until sent home."""
        assert agent not in self._robots, "an agent is one person"
        place = len(self._robots)
        robot = AgentRobot(
            agent=agent, tone_hz=AGENT_TONES_HZ[place % len(AGENT_TONES_HZ)], temper=temper, desk=desk,
            exchange=self._exchange, find_customer=lambda number: self._customers.get(_key(number)),
            random=default_rng([seed, place]), spawn=self._spawn,
        )  # fmt: skip
        self._robots[agent] = robot
        self._work[agent] = asyncio.create_task(self._guard(robot.work(), f"{agent} at work"))

    def lines_died(self) -> None:
        """The system under test vanished without a word: people whom it was connected with notice the silence."""
        for leg in self._exchange.legs_up():
            self._spawn(leave_dead_line(leg, after_seconds=DEAD_LINE_SECONDS), f"{leg.id} is dead")

    async def agents_at_work(self, *, seconds_max: float) -> bool:
        """Wait until every employed agent has registered and said to be ready; false when some did not in time."""
        try:
            async with asyncio.timeout(seconds_max):
                return all(await asyncio.gather(*map(self._arrives, self._robots)))
        except TimeoutError:
            return False

    async def send_home(self, *, seconds_max: float) -> bool:
        """Let every agent finish, sign out and unregister; false when some had to be left at work."""
        for robot in self._robots.values():
            robot.go_home()
        if not self._work:
            return True
        _, late = await asyncio.wait(self._work.values(), timeout=seconds_max)
        return not late

    async def register_phone(
        self, agent: str, *, username: str, password: str, registrar_host: str, registrar_port: int, seconds_max: float
    ) -> None:
        """Register a phone by hand, without a robot's desk. Raises `PhoneNotRegistered`."""
        await self._exchange.register(
            agent, username=username, password=password, host=registrar_host, port=registrar_port,
            seconds_max=seconds_max,
        )  # fmt: skip

    async def unregister_phone(self, agent: str) -> None:
        """Let the phone vanish from its registrar."""
        await self._exchange.unregister(agent)

    async def _arrives(self, agent: str) -> bool:
        """Wait until the agent is at work, or never will be."""
        sign = asyncio.ensure_future(self._robots[agent].at_work.wait())
        try:
            await asyncio.wait([sign, self._work[agent]], return_when=asyncio.FIRST_COMPLETED)
        finally:
            sign.cancel()
        return self._robots[agent].at_work.is_set()

    async def _at_its_moment(self, scheduled: ScheduledCall) -> CallerLog | None:
        await asyncio.sleep(scheduled.at_seconds)
        try:
            return await self.call(scheduled.caller)
        except MarkazError as error:
            self._fault(str(error))
            return None

    def _on_incoming(self, leg: Leg) -> None:
        if robot := self._robots.get(leg.dialled):
            robot.offered(leg)
        elif customer := self._customers.get(_key(leg.dialled)):
            self._spawn(self._call_back(customer, leg), f"{leg.dialled} is called back")
        else:
            self._fault(f"{leg.dialled} was called, but nobody has that number")
            self._spawn(leg.hang_up("unallocated"), f"{leg.dialled} is not in service")

    async def _call_back(self, customer: Customer, leg: Leg) -> None:
        self._keep(await customer.be_called_back(leg))

    def _keep(self, log: CallerLog) -> None:
        if len(self._logs) < LOGS_MAX:
            self._logs.append(log)
        else:
            self._fault("too many calls: their logs are no longer kept")

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        if len(self._tasks) >= TASKS_MAX:
            work.close()
            self._fault(f"too much at once: {name} is left out")
            return
        task = asyncio.create_task(self._guard(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[None, None, None], name: str) -> None:
        try:
            await work
        except Exception as error:  # a robot's failure must be seen in the report, not end the demo
            self._fault(f"{name}: {type(error).__name__}: {error}")

    def _fault(self, what: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(what)


def _key(number: str) -> str:
    return number.lstrip("+")
