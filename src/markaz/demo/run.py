"""`markaz demo`: a whole centre started under the home folder, real calls through it, and a report that is proved."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import aiohttp
import msgspec
from rich.console import Console

from markaz import identity, organisation
from markaz.bootstrap import (
    Addresses,
    Settings,
    Supervisor,
    database_url,
    ensure_keys,
    installation_key,
    load_settings,
    read_addresses,
    secret,
    sign_in_link,
)
from markaz.demo import centre, figures, promises, witnesses
from markaz.demo.desk import HttpDesk
from markaz.demo.faults import AWAY, Blow, Saboteur, moments
from markaz.demo.harness import OutsideWorld
from markaz.demo.options import DemoOptions
from markaz.demo.show import Progress, show_report
from markaz.demo.staying import stay
from markaz.demo.traffic import TEMPER, schedule
from markaz.kit.clock import WallClock
from markaz.kit.errors import MarkazError
from markaz.kit.time import moment
from markaz.runtime import LiveView, OrganisationChanged, StimulusSent, connect, replay, send
from markaz.telephony import find_program

START_SECONDS_MAX = 60.0
WORK_SECONDS_MAX = 60.0
DRAIN_SECONDS_MAX = 150.0
"""The longest that calls in progress, wrap-ups and promised call-backs may take after the last arrival."""
SETTLE_SECONDS_MAX = 30.0
"""The longest that read models and recordings may take to catch up at the end."""
POLL_SECONDS = 0.25
INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as shells have it."""


@dataclass(eq=False)
class DemoStopped(MarkazError):
    """The demo stopped: {problem}; the logs are under {logs}."""

    code: ClassVar[str] = "demo_stopped"
    problem: str
    logs: str


def run_demo(options: DemoOptions) -> int:
    """Run the demo; 0 when everything was accounted for, recorded and replayed alike, else 1; 130 when interrupted."""
    settings = _settings(load_settings(serving=True))
    console = Console()
    demo = _Demo(settings, options, console)
    try:
        report = asyncio.run(demo.run_until_told())
    except asyncio.CancelledError:
        console.print("Stopped before the end; everything that was started has ended.")
        return INTERRUPTED
    return 1 if report.failures else 0


def _settings(settings: Settings) -> Settings:
    """A floor of its own for each run, on free ports."""
    floor = f"demo-{moment(WallClock()()):%Y%m%d-%H%M%S}"
    return msgspec.structs.replace(settings, floor=floor, web_port=0, sip_port=0, http_port=0, manager_port=0)


class _Demo:
    def __init__(self, settings: Settings, options: DemoOptions, console: Console) -> None:
        self._settings = settings
        self._options = options
        self._console = console
        self._progress = Progress(console)
        self._logs = settings.home / "log"
        self._agents: Sequence[str] = ()
        self._placed: list[str] = []
        self._blows: list[Blow] = []
        self._url = ""
        self._last_live = _NOTHING
        self._is_ending = False
        self._staying: asyncio.Event | None = None
        """While it stays: what Ctrl-C sets."""
        self._supervising: asyncio.Task[None] | None = None

    async def run_until_told(self) -> figures.DemoReport:
        """Run; Ctrl-C or SIGTERM ends everything in order, and once is enough. Raises `CancelledError` when that comes
        before the report.
        """
        task = asyncio.ensure_future(self.run())

        def stop() -> None:
            if not self._is_ending:
                self._is_ending = True
                self._progress.say("Stopping everything.")
                if self._staying is None:
                    task.cancel()
                else:
                    self._staying.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        return await task

    async def run(self) -> figures.DemoReport:
        began = time.monotonic()
        calls, skipped = schedule(self._options)
        for reason, count in skipped.items():
            self._progress.say(f"{count} recorded rows are left out: {reason}.")
        async with self._serving() as addresses:
            world = OutsideWorld(
                find_program(self._settings.home), self._settings.home / "outside",
                sut_host=addresses.host, sut_port=addresses.sip_port,
            )  # fmt: skip
            try:
                await world.start()
                async with aiohttp.ClientSession() as session:
                    await self._work(world, session, addresses, calls)
                await self._settle()
                report = await self._report(world, addresses, time.monotonic() - began)
                if self._options.stay:
                    self._staying = asyncio.Event()  # from now on Ctrl-C is no interruption
                self._tell(report)
                if self._options.stay:
                    await self._stay(world, addresses, calls)
                await self._close_centre()
                return report
            finally:
                self._is_ending = True
                await world.stop()

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[Addresses]:
        """Everything of ours running; its logs in files."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (self._logs / "serve.log").replace(self._logs / "serve.log.1")
        log = os.open(self._logs / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        handler = logging.FileHandler(self._logs / "demo.log")
        logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
        self._progress.say("Starting PostgreSQL, Asterisk, floor, worker and web.")
        supervisor = Supervisor(self._settings, output=log)
        task = self._supervising = asyncio.create_task(supervisor.run())
        try:
            await self._until(supervisor.is_up.is_set, START_SECONDS_MAX, "the parts did not start")
            if supervisor.leftovers:
                left = ", ".join(supervisor.leftovers)
                self._progress.say(f"An earlier run was cut off; what it had left was ended: {left}.")
            self._url = database_url(self._settings)  # asked once: it stays where it is when it is started again
            yield read_addresses(self._settings)
        finally:
            self._is_ending = True
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            handler.close()
            os.close(log)

    async def _work(
        self, world: OutsideWorld, session: aiohttp.ClientSession, addresses: Addresses, calls: Sequence[Any]
    ) -> None:
        await self._open_centre(world)
        await self._healthy(session, addresses)
        desk = HttpDesk(session, addresses.web_url, installation_key(self._settings))
        self._progress.say(f"{len(self._agents)} agents sign in and register their phones.")
        await self._show_links()
        for agent in self._agents:
            world.employ(agent, desk=desk, temper=TEMPER, seed=self._options.seed)
        if not await world.agents_at_work(seconds_max=WORK_SECONDS_MAX):
            why = "; ".join(world.faults) or f"not all were ready within {WORK_SECONDS_MAX:g} seconds"
            raise DemoStopped(f"some agents did not get to work: {why}", str(self._logs))
        self._placed = [call.caller.customer for call in calls]
        self._progress.say(f"{len(calls)} customers call.")
        saboteur = Saboteur(self._settings, addresses, self._url, world, self._progress.say)
        plan = moments(self._options.faults, max([call.at_seconds for call in calls], default=0.0))
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(world.play(calls))
            striking = tasks.create_task(saboteur.run(plan))
            while not (playing.done() and striking.done()):
                self._progress.update(await self._live(), world, len(calls))
                await asyncio.wait([playing, striking], timeout=POLL_SECONDS)
        self._blows = striking.result()
        await self._drain(world)
        self._progress.say("The agents go home.")
        await world.send_home(seconds_max=WORK_SECONDS_MAX)

    async def _open_centre(self, world: OutsideWorld) -> None:
        """Put the bank into the database and tell the floor."""
        host, port = world.sip_address
        document = centre.document(agents=self._options.agents, trunk_host=host, trunk_port=port)
        async with await connect(self._url) as connection, connection.transaction():
            await organisation.apply(connection, document, floor=self._settings.floor)
            told = await organisation.stimuli(connection, centre=centre.ID)
            messages = [StimulusSent(stimulus) for stimulus in told]
            await send(connection, self._settings.floor, *messages, OrganisationChanged())
            await ensure_keys(self._settings, connection)
        self._agents = centre.agents(document)

    async def _show_links(self) -> None:
        """For a look at the pages as each role sees them; each link is good for one sign-in."""
        async with await connect(self._url) as connection:
            for role in identity.ROLES:
                client = centre.CLIENT if role in identity.CLIENT_ROLES else None
                agent = self._agents[0] if role == "agent" else None
                link = await sign_in_link(self._settings, connection, role=role, client=client, agent=agent)
                self._progress.say(f"As {role.replace('_', ' ')}: {link}")

    async def _healthy(self, session: aiohttp.ClientSession, addresses: Addresses) -> None:
        async def is_ready() -> bool:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{addresses.web_url}/health") as answer:
                    return answer.status == 200 and len((await self._live()).agents) == self._options.agents
            return False

        await self._until(is_ready, START_SECONDS_MAX, "the floor did not come up")

    async def _drain(self, world: OutsideWorld) -> None:
        """Until no contact is open and no leg is up, or the time for that is over (the report tells)."""
        self._progress.say("No more calls; those in progress and the promised call-backs are finished.")

        async def is_calm() -> bool:
            live = await self._live()
            self._progress.update(live, world, len(self._placed))
            return not live.contacts and not any(agent.contacts for agent in live.agents) and world.legs_open == 0

        with contextlib.suppress(DemoStopped):
            await self._until(is_calm, DRAIN_SECONDS_MAX, "calls did not end")

    async def _settle(self) -> None:
        """Until read models and the floor's live view have caught up and every recording has been looked at."""
        async with await connect(self._url) as connection:

            async def is_settled() -> bool:
                cursor = await connection.execute(_UNSETTLED, {"floor": self._settings.floor})
                return (await cursor.fetchone() or (1,))[0] == 0

            with contextlib.suppress(DemoStopped):
                await self._until(is_settled, SETTLE_SECONDS_MAX, "the read models are behind")

    async def _report(self, world: OutsideWorld, addresses: Addresses, seconds: float) -> figures.DemoReport:
        self._keep_outside_logs(world)
        live = await self._live()
        async with await connect(self._url) as connection:
            seen = await figures.read(connection, self._settings.floor)
            missing = await figures.rows_missing(connection, self._settings.floor)
            feedback = await figures.feedback(connection, self._settings.floor)
            replayed = await replay(connection, self._settings.floor)
        lost = promises.never_reached_us(self._blows, world.caller_logs)
        total = figures.everybody(seen, placed=_without(self._placed, lost, seen.contacts))
        dead_at = [blow.killed_at for blow in self._blows if blow.part == "asterisk"]
        agent_logs = witnesses.cut(world.agent_logs, dead_at)
        channels, bridges = await self._left_in_asterisk(addresses)
        total.stuck.agents = sum(bool(agent.contacts) or agent.state != "signed_out" for agent in live.agents)
        total.stuck.contacts = sum(live.contacts.values())
        total.stuck.channels, total.stuck.bridges = channels, bridges
        logs = [log for log in world.caller_logs if log.direction == "placed"]
        return figures.DemoReport(
            contacts=total.contacts,
            service_level=total.service_level,
            wait_seconds=total.wait_seconds,
            assign_milliseconds=total.assign_milliseconds,
            recordings=total.recordings,
            feedback=feedback,
            audio=await asyncio.to_thread(witnesses.audio, world.caller_logs, agent_logs),
            replay=figures.Replay(identical=replayed.identical, rows=replayed.rows),
            stuck=total.stuck,
            queues={queue.queue: figures.of_queue(seen, queue.queue) for queue in live.queues},
            agents={agent.agent: figures.of_agent(seen, agent.agent) for agent in live.agents},
            callers={
                "placed": len(self._placed),
                "ended": len(logs),
                "spoke_with_an_agent": sum(bool(log.agents) for log in logs),
                "called_back": sum(log.direction == "called_back" for log in world.caller_logs),
                "offered_to_busy_agents": witnesses.offered_to_busy_agents(agent_logs),
                "never_reached_us": len(lost),
                "faults": len(world.faults) + sum(len(log.faults) for log in world.agent_logs),
            },
            faults=promises.account(self._blows, world.caller_logs, seen.contacts, rows_missing=missing),
            seconds=round(seconds, 1),
            seed=self._options.seed,
        )

    def _tell(self, report: figures.DemoReport) -> None:
        if self._options.json is not None:
            self._options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
        show_report(self._console, report, self._settings)

    async def _stay(self, world: OutsideWorld, addresses: Addresses, calls: Sequence[Any]) -> None:
        """Leave everything running for a look at the pages, until it is told to stop, or a part has ended."""
        assert self._staying is not None
        self._progress.say(f"\nThe centre stays open at {addresses.web_url}")
        await self._show_links()
        self._progress.say("Customers call whenever an agent is ready at a desk. Ctrl-C ends it all.")
        assert self._supervising is not None, "everything has been started"
        self._supervising.add_done_callback(lambda _: self._staying and self._staying.set())
        await stay(world, calls, self._live, self._staying)
        if self._supervising.done():
            self._supervising.result()  # a part that ended says why

    async def _close_centre(self) -> None:
        """A floor that is served here later is not to find the bank."""
        async with await connect(self._url) as connection:
            await organisation.retire(connection, centre.ID)

    def _keep_outside_logs(self, world: OutsideWorld) -> None:
        """What callers and agents saw at their end, beside the logs, to compare when something is not proved."""
        seen = {"callers": world.caller_logs, "agents": world.agent_logs, "faults": world.faults}
        text = msgspec.json.encode(seen, enc_hook=str)
        (self._logs / "outside.json").write_bytes(msgspec.json.format(text))

    async def _left_in_asterisk(self, addresses: Addresses) -> tuple[int, int]:
        """Channels, and bridges with somebody in them or of a conversation, asked of Asterisk itself."""
        user = aiohttp.BasicAuth("markaz", secret(self._settings, "ari"))
        base = f"http://{addresses.host}:{addresses.http_port}/ari"
        async with aiohttp.ClientSession(auth=user) as session:
            async with session.get(f"{base}/channels") as answer:
                channels = await answer.json()
            async with session.get(f"{base}/bridges") as answer:
                bridges = await answer.json()
        left = [bridge for bridge in bridges if bridge["channels"] or bridge["id"].startswith("conversation-")]
        return len(channels), len(left)

    async def _live(self) -> LiveView:
        """The floor as it said it was, at most about a second ago; before that while the database is away."""
        with contextlib.suppress(*AWAY):
            async with await connect(self._url) as connection:
                cursor = await connection.execute(
                    "SELECT body::text FROM floor_live WHERE floor = %s", (self._settings.floor,)
                )
                found = await cursor.fetchone()
            self._last_live = msgspec.json.decode(found[0], type=LiveView) if found is not None else _NOTHING
        return self._last_live

    async def _until(self, is_so: Callable[[], Any], seconds_max: float, problem: str) -> None:
        """Wait for a condition. Raises `DemoStopped` with `problem` when it does not come true in time, and what the
        supervisor raises when it ends.
        """
        deadline = time.monotonic() + seconds_max
        while True:
            answer = is_so()
            if (await answer) if asyncio.iscoroutine(answer) else answer:
                return
            if self._supervising is not None and self._supervising.done():
                self._supervising.result()
            if time.monotonic() > deadline:
                raise DemoStopped(f"{problem}{self._last_words()}", str(self._logs))
            await asyncio.sleep(POLL_SECONDS)

    def _last_words(self) -> str:
        """Why a part ended last, as it said itself."""
        lines = (self._logs / "serve.log").read_text(errors="replace").splitlines()
        said = [line.removeprefix("markaz: ") for line in lines if line.startswith("markaz: ")]
        return f" ({said[-1]})" if said else ""


def _without(placed: Sequence[str], lost: Sequence[str], contacts: Sequence[figures.ContactSeen]) -> list[str]:
    """The calls that can be contacts: those of the `lost` customers only as far as they are."""
    here = Counter(contact.customer for contact in contacts if contact.follows is None)
    called = Counter(placed)
    for customer in lost:
        called[customer] -= called[customer] > here[customer]
    return list(called.elements())


_UNSETTLED = """
SELECT (SELECT coalesce(max(number), 0) FROM journal WHERE floor = %(floor)s)
     - (SELECT coalesce(max(number), 0) FROM projection WHERE floor = %(floor)s)
     + (SELECT count(*) FROM recording WHERE floor = %(floor)s AND state = 'expected')
     + (SELECT coalesce(max(number), 0) FROM journal WHERE floor = %(floor)s)
     - coalesce((SELECT (body->>'journal_number')::bigint FROM floor_live WHERE floor = %(floor)s), 0)
"""
_NOTHING = LiveView(
    floor="", at=0, journal_number=0, spooling=False, stimuli=0, dropped=0, latency_milliseconds_p50=0,
    latency_milliseconds_p95=0, telephony="", contacts={}, queues=(), agents=(),
)  # fmt: skip
