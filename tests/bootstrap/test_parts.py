"""Each part of `markaz serve` started alone, as on machines of their own, with a database that is not ours to run."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from markaz.kit.ports import free_ports
from markaz.telephony import AsteriskProgram

PARTS = ("asterisk", "floor", "worker", "web")
UP_SECONDS_MAX = 60


@asynccontextmanager
async def part(home: Path, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A part of its own; it must end by itself when told."""
    command = (sys.executable, "-m", "markaz", "--home", str(home), "serve", "--only", name)
    with (home / f"{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        yield process
        assert process.returncode is None, (home / f"{name}.log").read_text()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await process.wait() == 0, (home / f"{name}.log").read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def healthy(url: str) -> dict[str, object]:
    async with asyncio.timeout(UP_SECONDS_MAX), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"{url}/health")
                if answer.status_code == 200:
                    return answer.json()
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_every_part_can_be_started_alone(
    database: str, asterisk_program: AsteriskProgram, tmp_path: Path
) -> None:
    assert asterisk_program.version  # built before the clock of the parts runs
    sip, http, manager, web = free_ports("udp", "tcp", "tcp", "tcp")
    (tmp_path / "markaz.toml").write_text(
        f"""
        database_url = {database!r}
        sip_port = {sip}
        http_port = {http}
        manager_port = {manager}
        web_port = {web}
        """
    )
    async with AsyncExitStack() as stack:
        for name in PARTS:
            await stack.enter_async_context(part(tmp_path, name))
        health = await healthy(f"http://127.0.0.1:{web}")
        assert health["problems"] == []
