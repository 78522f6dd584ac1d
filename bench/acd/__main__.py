"""`make bench-acd`: Markaz and Asterisk's `app_queue` under the same calls, on this machine.

Options are environment variables: `OUT` (a file for the result as JSON), `QUICK=1` (two small cells, for a test),
`QUEUE_LOG` (a file for `app_queue`'s own log), `KEEP` (a folder for SIPp's logs), and `AGENTS`, `WAITING`, `RATES`
(comma-separated: only these).
"""

import asyncio
import contextlib
import os
import platform
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from bench.acd.cells import Cell, Plan, run_cell
from bench.acd.sipp import Load, find_sipp
from bench.acd.systems import AppQueue, Markaz, System

from markaz.kit.errors import MarkazError
from markaz.kit.ports import free_ports
from markaz.telephony import find_program

SECONDS: Final = 6.0
QUICK_SECONDS: Final = 2.0
RATES: Final = {0: (20, 50, 100, 150, 200), 500: (75, 100, 150, 200)}
"""Calls a second, by callers waiting. With 1,000 agents busy and fewer than 75 calls a second a conversation would
last longer than a phone may be silent (20 s), and nobody here sends sound."""
SYSTEMS: Final[dict[System, type[Markaz] | type[AppQueue]]] = {"markaz": Markaz, "app_queue": AppQueue}


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where SIPp and Asterisk (below `home`) are, and a place for folders that end with the run."""

    sipp: Sequence[str]
    home: Path
    place: Path

    def folder(self) -> Path:
        """A fresh home with the programs that are there already; prompts are spoken once for all."""
        folder = Path(tempfile.mkdtemp(dir=self.place))
        (self.place / "prompts").mkdir(exist_ok=True)
        (folder / "prompts").symlink_to(self.place / "prompts")
        if (root := self.home / "asterisk-root").exists():
            (folder / "asterisk-root").symlink_to(root)
        return folder


class Result(msgspec.Struct, frozen=True):
    machine: str
    rows: list[Cell]
    highest_clean_rate: dict[System, int]


def main() -> None:
    home = Path(os.environ.get("MARKAZ_HOME") or ".markaz")
    try:
        sipp = find_sipp(home)
        program = find_program(home)
        result = asyncio.run(run(sipp, home, program.version))
    except MarkazError as error:
        sys.exit(f"markaz: {error}")
    except asyncio.CancelledError:
        sys.exit("markaz: stopped before the end; everything that was started has ended")
    print(f"highest clean rate: {result.highest_clean_rate}")
    if out := os.environ.get("OUT"):
        Path(out).write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")


async def run(sipp: Sequence[str], home: Path, version: str) -> Result:
    """Both systems in each house, in alternating order; SIGTERM ends everything as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    rows: list[Cell] = []
    print(_HEAD)
    with tempfile.TemporaryDirectory(prefix="markaz-bench-") as place:
        workshop = Workshop(sipp, home.resolve(), Path(place))
        for turn, (agents, waiting) in enumerate(_houses()):
            order: list[System] = ["markaz", "app_queue"] if turn % 2 == 0 else ["app_queue", "markaz"]
            for name in order:
                rows += await _rise(name, workshop, agents, waiting)
    machine = (
        f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}, Asterisk {version}"
    )
    return Result(machine=machine, rows=rows, highest_clean_rate=highest_clean(rows))


async def _rise(name: System, workshop: Workshop, agents: int, waiting: int) -> list[Cell]:
    """Rates rise until calls fail."""
    rows: list[Cell] = []
    async with _running(name, workshop, agents) as (system, load):
        for rate in _numbers("RATES") or ((20,) if _quick() else RATES[500 if waiting else 0]):
            plan = Plan(agents=agents, waiting=waiting, rate=rate, seconds=QUICK_SECONDS if _quick() else SECONDS)
            try:
                cell = await run_cell(system, load, plan)
                rows.append(cell)
                print(_line(cell), flush=True)
                if not cell.is_clean:
                    break
                await load.hang_up(system)
            except (TimeoutError, MarkazError) as error:
                print(f"{name} did not come to rest at {rate} calls/s: {error}")
                break
    return rows


@contextlib.asynccontextmanager
async def _running(name: System, workshop: Workshop, agents: int) -> AsyncIterator[tuple[Markaz | AppQueue, Load]]:
    """A system with its phones registered; everything of it has ended, and its folder is gone, afterwards."""
    folder = workshop.folder()
    (callers_port,) = free_ports("udp")
    system = SYSTEMS[name](folder, agents=agents, callers_port=callers_port)
    load: Load | None = None
    try:
        await system.start()
        load = Load(workshop.sipp, folder / "sipp", sip_port=system.sip_port, callers_port=callers_port)
        await load.register(agents)
        await system.sign_in()
        yield system, load
    finally:
        if load is not None:
            await load.stop()
        await system.stop()
        if isinstance(system, AppQueue) and (kept := os.environ.get("QUEUE_LOG")) and system.queue_log.exists():
            with Path(kept).open("ab") as file:
                file.write(system.queue_log.read_bytes())
        if os.environ.get("KEEP"):
            shutil.copytree(folder / "sipp", os.environ["KEEP"], dirs_exist_ok=True)
            for log in folder.glob("*.log"):
                shutil.copy(log, os.environ["KEEP"])
        shutil.rmtree(folder, ignore_errors=True)


def highest_clean(rows: Sequence[Cell]) -> dict[System, int]:
    """The highest rate of each system up to which every cell, in every house that was tried, was clean; 0: none."""
    found: dict[System, int] = {}
    for name in SYSTEMS:
        clean = {row.rate for row in rows if row.system == name and row.is_clean}
        failed = [row.rate for row in rows if row.system == name and not row.is_clean]
        found[name] = max((rate for rate in clean if rate < min(failed, default=rate + 1)), default=0)
    return found


def _houses() -> list[tuple[int, int]]:
    agents = _numbers("AGENTS") or ((10,) if _quick() else (200, 1_000))
    waiting = _numbers("WAITING") or ((0,) if _quick() else (0, 500))
    return [(people, callers) for people in agents for callers in waiting]


def _numbers(variable: str) -> tuple[int, ...]:
    return tuple(int(number) for number in os.environ.get(variable, "").split(",") if number)


def _quick() -> bool:
    return bool(os.environ.get("QUICK"))


_HEAD = (
    "system     agents waiting rate | offered failed assigned/s waiting | ms/call (by process) | "
    "time to assign p50 p95 p99 ms"
)


def _line(cell: Cell) -> str:
    shares = ", ".join(f"{name} {used}" for name, used in cell.cpu_ms.items())
    assign = f"{cell.assign_ms.p50} {cell.assign_ms.p95} {cell.assign_ms.p99}" if cell.assign_ms else "-"
    return (
        f"{cell.system:<10} {cell.agents:>6} {cell.waiting:>7} {cell.rate:>4} | {cell.offered:>7} {cell.failed:>6} "
        f"{cell.assigned_per_second:>10} {cell.waiting_seen:>7} | {cell.cpu_ms_per_call} ({shares}) | {assign}"
    )


if __name__ == "__main__":
    main()
