"""`markaz serve --only web` serves on the installation's address and ends when it is told to."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import httpx
import psycopg

from markaz.bootstrap import installation_key, load_settings
from markaz.bootstrap.addresses import choose_addresses

SECONDS_MAX = 60.0


async def test_the_process_serves_until_sigterm(database: str, tmp_path: Path) -> None:
    (tmp_path / "markaz.toml").write_text(
        f'database_url = "{database}"\nweb_port = 0\nsip_port = 0\nhttp_port = 0\nmanager_port = 0\n'
    )
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("INSERT INTO centre (id, name) VALUES ('c', 'A centre')")
        connection.execute("INSERT INTO floor (id, centre) VALUES ('main', 'c')")
    settings = load_settings(tmp_path)
    addresses = choose_addresses(settings)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "markaz", "--home", str(tmp_path), "serve", "--only", "web",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS_MAX), httpx.AsyncClient(base_url=addresses.web_url) as client:
            health = await _first_answer(client, process)
            assert (health.status_code, health.json()["database"]) == (503, "up")
            token = {"Authorization": f"Bearer {installation_key(settings)}"}
            floor = await client.get("/api/floor", headers=token)
            assert floor.json()["code"] == "floor_silent"
            process.send_signal(signal.SIGTERM)
            _, log = await process.communicate()
            assert process.returncode == 0, log.decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _first_answer(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> httpx.Response:
    """The answer to /health as soon as there is one; the caller limits the time."""
    while True:
        try:
            return await client.get("/health")
        except httpx.ConnectError:
            assert process.returncode is None, "it ended"
            await asyncio.sleep(0.05)
