"""The two systems under test, each on an Asterisk of its own from the same program: Markaz, and `app_queue`.

Both have the same trunk, the same phones (Markaz pushes them, `app_queue` has them in its files), no music, recording
off, no wrap-up; both answer at once. `app_queue`'s Asterisk loads neither ARI nor the manager, which it does not need.
"""

import asyncio
import contextlib
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
import psutil

from markaz import organisation
from markaz.bootstrap.addresses import choose_addresses, database_url, managed_postgres
from markaz.bootstrap.asterisk import asterisk_settings, prompt_press
from markaz.bootstrap.leftovers import mark_children
from markaz.bootstrap.settings import Settings, load_settings
from markaz.kit.errors import MarkazError
from markaz.routing import AgentBecameReady, AgentSignedIn
from markaz.runtime import LiveView, StimulusSent, connect, migrate, send
from markaz.telephony import AsteriskServer, asterisk_files, find_program
from markaz.telephony.asterisk.configuration import TrunkSettings, phone_objects, trunk_objects

System = Literal["markaz", "app_queue"]

NUMBER: Final = "4930100"
FLOOR: Final = "bench"
PHONE_SECRET: Final = "bench"
QUEUE: Final = "support"
RING_SECONDS: Final = 15
READY_SECONDS_MAX: Final = 90.0
POLL_SECONDS: Final = 0.1
STOP_SECONDS_MAX: Final = 10.0
MANAGED: Final = tuple(
    f"load={name}"
    for name in ("res_ari", "res_stasis", "app_stasis", "res_http_websocket", "res_websocket_client", "app_mixmonitor")
)
"""Modules whose names begin so are for Markaz alone."""


@dataclass(eq=False)
class PartGone(MarkazError):
    """{part} did not survive the load."""

    code = "part_gone"
    part: str


@dataclass(frozen=True, slots=True)
class Processor:
    """Processor seconds used so far, by process."""

    seconds: Mapping[str, float]

    def since(self, before: "Processor") -> dict[str, float]:
        return {name: used - before.seconds[name] for name, used in self.seconds.items()}


def phone(agent: int) -> str:
    """The SIP user name of an agent's phone."""
    return f"agent-a{agent}"


def settings_in(home: Path, rtp_ports: tuple[int, int]) -> Settings:
    """An installation of its own in `home`, on free ports."""
    home.mkdir(parents=True, exist_ok=True)
    settings = load_settings(home, floor=FLOOR, serving=True)
    return msgspec.structs.replace(
        settings, web_port=0, sip_port=0, http_port=0, manager_port=0, rtp_ports=rtp_ports, database_url=None
    )


class Markaz:
    """PostgreSQL, Asterisk, floor and worker, as `markaz serve` starts them; the page is left out."""

    name: System = "markaz"

    def __init__(self, home: Path, *, agents: int, callers_port: int) -> None:
        self._settings = settings_in(home, (20_000, 29_999))
        self._agents = agents
        self._callers_port = callers_port
        self._addresses = choose_addresses(self._settings)
        self._postgres = managed_postgres(self._settings)
        files = _silent(asterisk_files(asterisk_settings(self._settings, self._addresses)))
        self.server = AsteriskServer(find_program(home), home / "asterisk", files)
        self._parts: dict[str, asyncio.subprocess.Process] = {}

    @property
    def sip_port(self) -> int:
        return self._addresses.sip_port

    async def start(self) -> None:
        """Everything runs and every phone may register."""
        mark_children(self._settings.home)
        await prompt_press(self._settings).prepare()
        shutil.rmtree(self._settings.prompts / "music")  # so that the floor, too, knows that there is none
        await asyncio.to_thread(self._postgres.start)
        await asyncio.to_thread(migrate, database_url(self._settings))
        await self.server.start()
        await self._open_centre()
        for part in ("floor", "worker"):
            self._parts[part] = await self._run(part)
        await self._until(lambda live: live.telephony == "connected" and len(live.agents) == self._agents)

    async def sign_in(self) -> None:
        """Every agent signs in and is ready."""
        told = [StimulusSent(kind(f"a{n}")) for n in range(self._agents) for kind in (AgentSignedIn, AgentBecameReady)]
        async with await connect(database_url(self._settings)) as connection, connection.transaction():
            await send(connection, FLOOR, *told)
        await self._until(lambda live: sum(agent.presence == "ready" for agent in live.agents) == self._agents)

    def processor(self) -> Processor:
        """Raises `PartGone`."""
        parts = {name: process.pid for name, process in self._parts.items()}
        return _used({"asterisk": self.server.pid, **parts, "postgres": self._postgres.pid})

    async def stop(self) -> None:
        """Safe to repeat, and after a start that failed."""
        for process in self._parts.values():
            await _end(process)
        self._parts.clear()
        await self.server.stop()
        await asyncio.to_thread(self._postgres.stop)

    async def _open_centre(self) -> None:
        document = organisation.parse_document(_centre(self._agents, self._callers_port), folder=self._settings.home)
        async with await connect(database_url(self._settings)) as connection, connection.transaction():
            await organisation.apply(connection, document, floor=FLOOR)
            async with connection.cursor() as cursor:
                await cursor.executemany(
                    "INSERT INTO phone (floor, agent, username, secret) VALUES (%s, %s, %s, %s)",
                    [(FLOOR, f"a{n}", phone(n), PHONE_SECRET) for n in range(self._agents)],
                )

    async def _run(self, part: str) -> asyncio.subprocess.Process:
        home = str(self._settings.home)
        with (self._settings.home / f"{part}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "markaz", "--home", home, "--floor", FLOOR, "serve", "--only", part,
                start_new_session=True, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def _until(self, is_so: Callable[[LiveView], bool]) -> None:
        """Raises `TimeoutError`."""
        async with asyncio.timeout(READY_SECONDS_MAX), await connect(database_url(self._settings)) as connection:
            while True:
                cursor = await connection.execute("SELECT body::text FROM floor_live WHERE floor = %s", (FLOOR,))
                found = await cursor.fetchone()
                if found is not None and is_so(msgspec.json.decode(found[0], type=LiveView)):
                    return
                await asyncio.sleep(POLL_SECONDS)


class AppQueue:
    """Asterisk alone, its queue log in `queue_log`."""

    name: System = "app_queue"

    def __init__(self, home: Path, *, agents: int, callers_port: int) -> None:
        self._settings = settings_in(home, (30_000, 39_999))
        self._addresses = choose_addresses(self._settings)
        files = _silent(asterisk_files(asterisk_settings(self._settings, self._addresses)))
        files = _queue_files(files, agents=agents, callers_port=callers_port)
        self.server = AsteriskServer(find_program(self._settings.home), home / "asterisk", files)
        self.queue_log = home / "asterisk" / "log" / "queue_log"

    @property
    def sip_port(self) -> int:
        return self._addresses.sip_port

    async def start(self) -> None:
        await prompt_press(self._settings).prepare()
        await self.server.start()

    async def sign_in(self) -> None:
        """The members are in queues.conf, and free as soon as their phones have registered."""

    def processor(self) -> Processor:
        """Raises `PartGone`."""
        return _used({"asterisk": self.server.pid})

    async def stop(self) -> None:
        await self.server.stop()


def _centre(agents: int, callers_port: int) -> str:
    people = "\n".join(
        f'[[agents]]\nid = "a{n}"\nname = "Agent {n}"\nqueues = {{ {QUEUE} = 1 }}\nno_answer_pause_seconds = 1\n'
        "refusal_pause_seconds = 1"
        for n in range(agents)
    )
    return f"""
[centre]
id = "bench"
name = "Bench"
[[clients]]
id = "client"
name = "Client"
[[projects]]
id = "project"
client = "client"
name = "Project"
[[queues]]
id = "{QUEUE}"
project = "project"
name = "Support"
waiting_max = 5000
ring_seconds = {RING_SECONDS}
wrap_up_seconds_max = 0
record = false
[flows.hotline]
start = "answer"
[flows.hotline.nodes.answer]
type = "answer"
next = "line"
[flows.hotline.nodes.line]
type = "queue"
queue = "{QUEUE}"
[[numbers]]
number = "{NUMBER}"
project = "project"
flow = "hotline"
[[trunks]]
id = "callers"
host = "127.0.0.1"
port = {callers_port}
{people}
"""


def _silent(files: dict[str, str]) -> dict[str, str]:
    """The same without music: 500 streams of it cost both systems the same, and more than either itself."""
    return {**files, "modules.conf": files["modules.conf"].replace("load=res_musiconhold.so\n", "")}


def _queue_files(files: dict[str, str], *, agents: int, callers_port: int) -> dict[str, str]:
    """Asterisk's files with `app_queue` in the place of our application."""
    kept = [line for line in files["modules.conf"].splitlines() if not line.startswith(MANAGED)]
    objects = trunk_objects(TrunkSettings(id="callers", host="127.0.0.1", port=callers_port, match=("127.0.0.1",)),
                            "127.0.0.1")  # fmt: skip
    for agent in range(agents):
        objects |= phone_objects(phone(agent), PHONE_SECRET, "127.0.0.1")
    written = "".join(
        f"[{name}]\ntype={kind}\n" + "".join(f"{key}={value}\n" for key, value in fields.items())
        for (kind, name), fields in objects.items()
    )
    members = "".join(f"member => PJSIP/{phone(agent)},0,a{agent}\n" for agent in range(agents))
    del files["ari.conf"], files["manager.conf"], files["http.conf"]
    return {
        **files,
        "modules.conf": "\n".join([*kept, "load=app_queue.so", ""]),
        "pjsip.conf": files["pjsip.conf"] + written,
        "extensions.conf": f"[from-trunk]\nexten => _X!,1,Answer(,i)\n same => n,Queue({QUEUE})\n same => n,Hangup()\n"
        "[from-phone]\n",
        "queues.conf": f"[general]\nautofill=yes\n[{QUEUE}]\nstrategy=leastrecent\nautofill=yes\nringinuse=no\n"
        f"timeout={RING_SECONDS}\nretry=1\nwrapuptime=0\nannounce-frequency=0\njoinempty=yes\n{members}",
        "queuerules.conf": "",
        "logger.conf": "[general]\nqueue_log=yes\n[logfiles]\nmessages.log => warning,error\n",
    }


def _used(pids: Mapping[str, int | None]) -> Processor:
    """Processor seconds of processes and their children, those that have ended and been waited for included.

    Raises `PartGone` when one of them does not run any more.
    """
    seconds: dict[str, float] = {}
    for name, pid in pids.items():
        if pid is None or not psutil.pid_exists(pid):
            raise PartGone(name)
        process = psutil.Process(pid)
        seconds[name] = 0.0
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seconds[name] += times.user + times.system + times.children_user + times.children_system
    return Processor(seconds)


async def _end(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await process.wait()
