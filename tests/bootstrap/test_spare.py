"""A spare process: loaded before it is needed, told to go on when it is, and gone with whoever started it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process

import pytest

from markaz.bootstrap import spare
from markaz.bootstrap.spare import Spare

LOADED = "import sys; print('loaded', flush=True); print('told' if sys.stdin.readline() else 'left', flush=True)"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "SPARE_AFTER_SECONDS", 0.0)


async def test_the_next_one_waits_loaded_and_touches_nothing_until_it_is_told() -> None:
    started: list[Process] = []
    said = asyncio.Event()

    async def start() -> Process:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", LOADED, stdin=PIPE, stdout=PIPE)
        started.append(process)
        said.set()
        return process

    spares = Spare(start)
    async with asyncio.timeout(20):
        first = await spares.take()
        assert first.stdout is not None
        assert await first.stdout.read() == b"loaded\ntold\n"
        while len(started) < 2:
            said.clear()
            await said.wait()
        waiting = started[1]
        assert waiting.stdout is not None
        assert await waiting.stdout.readline() == b"loaded\n"
        assert waiting.returncode is None
        assert await spares.take() is waiting
        assert await waiting.stdout.read() == b"told\n"
        await asyncio.gather(*(process.wait() for process in started[:2]))
        await spares.end()
        await asyncio.gather(*(process.wait() for process in started))


async def test_one_that_died_meanwhile_is_replaced() -> None:
    started: list[Process] = []
    said = asyncio.Event()

    async def start() -> Process:
        started.append(await asyncio.create_subprocess_exec(sys.executable, "-c", LOADED, stdin=PIPE, stdout=PIPE))
        said.set()
        return started[-1]

    spares = Spare(start)
    async with asyncio.timeout(20):
        await spares.take()
        while len(started) < 2:
            said.clear()
            await said.wait()
        started[1].kill()
        await started[1].wait()
        taken = await spares.take()
        assert taken not in started[:2]
        assert taken.stdout is not None
        assert await taken.stdout.read() == b"loaded\ntold\n"
        await spares.end()
        await asyncio.gather(*(process.wait() for process in started))
