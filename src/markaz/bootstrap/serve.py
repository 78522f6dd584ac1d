"""`markaz serve`: PostgreSQL and Asterisk where they are ours to run, and the floor, worker and web processes.

Each part is a process of its own, so that a busy page or report never delays a call. A part that ends is started
again, PostgreSQL too; calls in progress go on meanwhile, because they live in Asterisk. A floor that ends is followed
by a process that is loaded already.
"""

import asyncio
import contextlib
import fcntl
import itertools
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec
import psutil

from markaz.bootstrap.addresses import (
    Addresses,
    choose_addresses,
    database_url,
    managed_postgres,
    read_addresses,
    read_run_file,
    write_run_file,
)
from markaz.bootstrap.leftovers import end_leftovers, mark_children
from markaz.bootstrap.settings import Settings
from markaz.bootstrap.spare import Spare
from markaz.kit.errors import MarkazError
from markaz.kit.postgres import PostgresServer

if TYPE_CHECKING:
    from markaz.telephony import TrunkSettings

logger = logging.getLogger(__name__)

Part = Literal["floor", "worker", "web"]
Welcome = Callable[[Settings], Awaitable[None]]
PARTS: tuple[Part, ...] = ("floor", "worker", "web")
RESTART_SECONDS_MIN = 0.2
RESTART_SECONDS_MAX = 10.0
CALM_SECONDS = 30.0
"""A part that ran this long starts again at once when it ends."""
STOP_SECONDS_MAX = 10.0
POLL_SECONDS = 0.1
"""How often PostgreSQL, which may be another process' child, is looked for."""


@dataclass(eq=False)
class AlreadyServing(MarkazError):
    """Markaz already runs under {home} (process {pid}): stop it with Ctrl-C there, or use another --home."""

    code: ClassVar[str] = "already_serving"
    home: str
    pid: int | None
    """None when it has only just begun."""


class ServeState(msgspec.Struct):
    """What `serve` runs now: name -> process id. `began_at` tells its process from a later one with the same id."""

    pid: int
    processes: dict[str, int]
    began_at: float = 0.0


def serve(settings: Settings, only: str | None = None, *, when_told: bool = False) -> int:
    """Run everything, or the floor, the worker or Asterisk alone, until SIGINT or SIGTERM; the exit code.

    With `when_told` a part is loaded and waits for a line on its standard input (see `spare`). The web part stands
    above this layer: `markaz.web.run_web`.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if only is None:
        return asyncio.run(until_told(Supervisor(settings, welcome=_print_first_link).run))
    import uvloop

    match only:
        case "floor":
            from markaz.bootstrap.floor_process import FloorProcess

            if when_told and not sys.stdin.readline():
                return 0
            work = FloorProcess(settings).run
        case "worker":
            from markaz.bootstrap.worker_process import WorkerProcess

            work = WorkerProcess(settings).run
        case "asterisk":
            from markaz.bootstrap.asterisk import AsteriskProcess

            work = AsteriskProcess(settings).run
        case _:
            raise ValueError(f"no such part: {only}")
    if only != "asterisk" and settings.database_url is not None:
        from markaz.runtime import migrate

        migrate(settings.database_url)
    return uvloop.run(until_told(work))


async def until_told(work: Callable[[], Awaitable[None]]) -> int:
    """Run `work` until it ends by itself (1) or a signal asks for the end (0)."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    task = asyncio.ensure_future(work())
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
        return 1
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return 0


class Supervisor:
    """Starts the parts in order, keeps them running, and stops them in reverse."""

    def __init__(self, settings: Settings, *, output: int | None = None, welcome: Welcome | None = None) -> None:
        """`output` is a file descriptor for what the parts print; None: where this process prints.

        `welcome` is called with the settings once the database is there and the addresses are known.
        """
        self._settings = settings
        self._output = output
        self._welcome = welcome
        self.is_up = asyncio.Event()
        """Everything has been started once; the parts may still be connecting."""
        self.leftovers: list[str] = []
        """Processes of an earlier run that had to be ended first."""
        self._state = ServeState(os.getpid(), {}, psutil.Process().create_time())
        self._spare_floor = Spare(lambda: self._start_part("floor", "--when-told"))
        self._trunks: tuple[TrunkSettings, ...] = ()

    async def run(self) -> None:
        """Until cancelled."""
        settings = self._settings
        settings.run.mkdir(parents=True, exist_ok=True)
        with _only_here(settings):
            await self._serve(settings)

    async def _serve(self, settings: Settings) -> None:
        self._save()
        self.leftovers = await asyncio.to_thread(end_leftovers, settings.home)
        if self.leftovers:
            logger.warning("An earlier run was cut off; what it had left was ended: %s.", ", ".join(self.leftovers))
        mark_children(settings.home)
        (settings.run / "floor").write_text(settings.floor)
        postgres = managed_postgres(settings) if settings.database_url is None else None
        holding = contextlib.ExitStack()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._open_database(postgres))
                tasks.create_task(self._prepare_prompts())
            addresses = choose_addresses(settings, holding)
            if self._welcome is not None:
                await self._welcome(settings)
            async with asyncio.TaskGroup() as tasks:
                if postgres is not None:
                    tasks.create_task(self._keep("postgres", lambda: self._run_postgres(postgres)))
                tasks.create_task(self._keep("asterisk", self._run_asterisk))
                for part in PARTS:
                    tasks.create_task(self._keep(part, lambda part=part: self._run_part(part)))
                self.is_up.set()
                logger.info("Serving: web %s, SIP %s:%s.", addresses.web_url, addresses.host, addresses.sip_port)
        finally:
            holding.close()
            await self._spare_floor.end()
            if postgres is not None:
                await asyncio.to_thread(postgres.stop)
            _state_path(settings).unlink(missing_ok=True)

    async def _open_database(self, postgres: PostgresServer | None) -> None:
        from markaz.bootstrap.web_access import prepare_web_access
        from markaz.runtime import migrate

        if postgres is not None:
            await asyncio.to_thread(postgres.start)
            self._note("postgres", postgres.pid)
        await asyncio.to_thread(migrate, database_url(self._settings))
        await asyncio.to_thread(prepare_web_access, self._settings, database_url(self._settings))

    async def _prepare_prompts(self) -> None:
        from markaz.bootstrap.asterisk import prompt_press

        await prompt_press(self._settings).prepare()

    async def _keep(self, name: str, work: Callable[[], Awaitable[int | str]]) -> None:
        """Run a part again whenever it ends; at once after a calm time, else with growing pauses."""
        loop = asyncio.get_running_loop()
        pause = RESTART_SECONDS_MIN
        for attempt in itertools.count():
            began = loop.time()
            try:
                code: int | str = await work()
            except MarkazError as error:
                if attempt == 0:  # it cannot be started at all
                    raise
                code = str(error)
            if loop.time() - began > CALM_SECONDS:
                pause = RESTART_SECONDS_MIN
            logger.error("The %s process ended with code %s; it starts again in %.1f s.", name, code, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, RESTART_SECONDS_MAX)

    async def _run_postgres(self, server: PostgresServer) -> str:
        await asyncio.to_thread(server.start)  # or find it running
        self._note("postgres", server.pid)
        while server.pid is not None:
            await asyncio.sleep(POLL_SECONDS)
        return "unknown"

    async def _run_asterisk(self) -> int:
        from markaz.bootstrap.asterisk import known_trunks, managed_asterisk  # late: `markaz status` would wait for it

        trunks = await known_trunks(self._settings)
        self._trunks = self._trunks if trunks is None else trunks
        server = managed_asterisk(self._settings, read_addresses(self._settings), self._trunks)
        try:
            await server.start()
            self._note("asterisk", server.pid)
            return await server.wait()
        finally:
            await server.stop()

    async def _start_part(self, part: Part, *more: str) -> asyncio.subprocess.Process:
        command = ["-m", "markaz", "--home", str(self._settings.home), "--floor", self._settings.floor]
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            "serve",
            "--only",
            part,
            *more,
            start_new_session=True,
            stdin=asyncio.subprocess.PIPE if more else asyncio.subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
        )

    async def _run_part(self, part: Part) -> int:
        process = await (self._spare_floor.take() if part == "floor" else self._start_part(part))
        self._note(part, process.pid)
        try:
            return await process.wait()
        finally:
            await _end(process)

    def _note(self, name: str, pid: int | None) -> None:
        if pid is not None:
            self._state.processes[name] = pid
        self._save()

    def _save(self) -> None:
        write_run_file(_state_path(self._settings), msgspec.json.encode(self._state))


async def _print_first_link(settings: Settings) -> None:
    """Let the first administrator in, and give this installation's keys a centre to open."""
    from markaz.bootstrap.links import first_link
    from markaz.bootstrap.web_access import ensure_keys
    from markaz.runtime import connect

    async with await connect(database_url(settings)) as connection:
        link = await first_link(settings, connection)
        await ensure_keys(settings, connection)
    if link is not None:
        said = "Nobody has signed in yet. The first administrator's link, good once and for a day:"
        print(f"{said}\n  {link}", flush=True)


@contextlib.contextmanager
def _only_here(settings: Settings) -> Iterator[None]:
    """Hold the installation's lock, which ends with this process however it ends. Raises `AlreadyServing`.

    A lock and not a file with a process id: of two that start at the same moment exactly one must get it.
    """
    with (settings.run / "serve.lock").open("a") as lock:  # never deleted: another process may hold it
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = read_state(settings)
            raise AlreadyServing(str(settings.home), None if state is None else state.pid) from None
        yield


def read_state(settings: Settings) -> ServeState | None:
    """What `serve` runs now, or None. Raises `RunFileDamaged`."""
    return read_run_file(_state_path(settings), ServeState)


def running(settings: Settings) -> Addresses | None:
    """The addresses of what runs now, or None."""
    state = read_state(settings)
    return read_addresses(settings) if state is not None and _is_alive(state) else None


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await process.wait()
                return


def _is_alive(state: ServeState) -> bool:
    try:
        return psutil.Process(state.pid).create_time() == state.began_at
    except psutil.Error:
        return False


def _state_path(settings: Settings) -> Path:
    return settings.run / "serve.json"
