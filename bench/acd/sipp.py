"""SIPp's processes: the phones of all agents, their registration, and customers; and the lines that those log."""

import asyncio
import contextlib
import re
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.acd import scenarios
from bench.acd.systems import NUMBER, PHONE_SECRET, AppQueue, Markaz, phone

from markaz.kit.errors import MarkazError
from markaz.kit.ports import free_ports
from markaz.telephony.asterisk.private_root import ensure_tool

HOST: Final = "127.0.0.1"
REGISTRATIONS_A_SECOND: Final = 150
REGISTRATION_SECONDS_MAX: Final = 60
STOP_SECONDS_MAX: Final = 5.0
RUN_SECONDS_MAX: Final = 900
CLEAR_SECONDS_MAX: Final = 20.0
POLL_SECONDS: Final = 0.1
CALLS_OPEN_MAX: Final = 10_000

_LINE: Final = re.compile(r"(?P<what>[IRBE]) .*?(?P<at>\d{10}\.\d+) (?P<agent>\S+) (?P<customer>\d+)")


@dataclass(eq=False)
class SippFailed(MarkazError):
    """SIPp could not {what} (exit code {status}): {words}"""

    code = "sipp_failed"
    what: str
    status: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """`what`: I (the customer's INVITE goes out), R (the agent's phone gets one), B (the agent hangs up), E (over)."""

    what: str
    at: float
    agent: str
    customer: str


def find_sipp(home: Path) -> list[str]:
    """The argv prefix that runs SIPp, which is fetched when it is missing. Raises `PrivateRootImpossible`."""
    return ensure_tool(home, "sipp", "sip-tester", lambda line: print(f"markaz: {line}", flush=True))


class Load:
    """The customers and the agents' phones of one system under test; everything they write is in `folder`."""

    def __init__(self, sipp: Sequence[str], folder: Path, *, sip_port: int, callers_port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._sipp = sipp
        self._folder = folder
        self._sip_port = sip_port
        self._callers_port = callers_port
        self._phones_port = free_ports("udp")[0]
        self._processes: list[asyncio.subprocess.Process] = []
        self._logs: list[Path] = []
        for name in ("CUSTOMER", "PHONES", "REGISTRATION", "ALIVE"):
            (folder / f"{name.lower()}.xml").write_text(getattr(scenarios, name))

    async def register(self, agents: int) -> None:
        """Every phone registers, then waits for calls. Raises `SippFailed`."""
        rows = [f"{phone(n)};[authentication username={phone(n)} password={PHONE_SECRET}]" for n in range(agents)]
        (self._folder / "phones.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))
        process = await self._run(
            "registration", self._phones_port, "-oocsf", "alive.xml", "-inf", "phones.csv",
            "-r", str(REGISTRATIONS_A_SECOND), "-m", str(agents), "-l", str(agents),
            "-timeout", f"{REGISTRATION_SECONDS_MAX}s", remote=True,
        )  # fmt: skip
        if (status := await process.wait()) != 0:
            raise SippFailed("register every phone", status, self._last_words("registration"))
        self._processes.clear()
        await self._run("phones", self._phones_port)

    async def call(self, name: str, customers: Sequence[str], *, rate: float) -> asyncio.subprocess.Process:
        """Start placing one call for each of `customers` (a number without its leading 9), `rate` a second."""
        calls = self._folder / f"{name}.csv"
        calls.write_text("\n".join(["SEQUENTIAL", *(f"{customer}" for customer in customers), ""]))
        text = scenarios.CUSTOMER.replace("CALLS", calls.name)
        (self._folder / f"{name}.xml").write_text(text)
        return await self._run(
            name, free_ports("udp")[0], "-inf", calls.name, "-r", f"{rate:g}", "-m", str(len(customers)), remote=True
        )

    async def hang_up(self, system: Markaz | AppQueue) -> None:
        """End every call, so that the next cell finds silence. Raises `TimeoutError` when some cannot be ended."""
        async with asyncio.timeout(CLEAR_SECONDS_MAX):
            while "0 active channels" not in await system.server.cli("core show channels count"):
                await system.server.cli("channel request hangup all")
                await asyncio.sleep(POLL_SECONDS)
            for process in self._processes[1:]:  # the first are the phones
                await end(process)
            del self._processes[1:]

    async def stop(self) -> None:
        """End every process of ours. Safe to repeat."""
        for process in self._processes:
            await end(process)
        self._processes.clear()

    def events(self) -> Iterator[Event]:
        """Everything logged so far, by process."""
        for log in self._logs:
            if log.exists():
                for line in log.read_text(errors="replace").splitlines():
                    if found := _LINE.match(line):
                        yield Event(found["what"], float(found["at"]), found["agent"], found["customer"])

    async def _run(self, name: str, port: int, *options: str, remote: bool = False) -> asyncio.subprocess.Process:
        log = self._folder / f"{name}.log"
        self._logs.append(log)
        with (self._folder / f"{name}.out").open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *self._sipp, *((f"{HOST}:{self._sip_port}", "-s", NUMBER) if remote else ()),
                "-sf", f"{name}.xml", "-i", HOST, "-bind_local", "-p", str(port), "-cp", str(free_ports("udp")[0]),
                "-l", str(CALLS_OPEN_MAX), "-nostdin", "-aa", "-f", "10", "-timeout", f"{RUN_SECONDS_MAX}s",
                "-trace_logs", "-log_file", log.name, "-trace_err", "-error_file", f"{name}.errors", *options,
                cwd=self._folder, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def _last_words(self, name: str) -> str:
        errors = self._folder / f"{name}.errors"
        return " | ".join(errors.read_text(errors="replace").splitlines()[-3:]) if errors.exists() else "no word why"


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask, then kill."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await process.wait()
