"""A whole installation, as `markaz serve` runs one, and what is asked of it over HTTP and read from its database."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import httpx
import msgspec
import psycopg
from psycopg.rows import dict_row

from markaz.bootstrap import installation_key, load_settings
from markaz.runtime import LiveView
from tests.telephony.peer import Peer

UP_SECONDS_MAX = 60
SEEN_SECONDS_MAX = 20
SETTLED_SECONDS_MAX = 40
REGISTERED_SECONDS_MAX = 30

Found = TypeVar("Found")

_UNSETTLED = """
SELECT (SELECT coalesce(max(number), 0) FROM journal) - (SELECT coalesce(max(number), 0) FROM projection)
     + (SELECT count(*) FROM recording WHERE state = 'expected')
"""


class Installation:
    """`ports`: sip, http, manager, web and rtp (the first of a hundred)."""

    def __init__(self, home: Path, database: str, ports: dict[str, int]) -> None:
        self.home = home
        self._database = database
        self.web = httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['web']}")
        self._serving: asyncio.subprocess.Process | None = None
        (home / "markaz.toml").write_text(
            f"""
            database_url = {database!r}
            sip_port = {ports["sip"]}
            http_port = {ports["http"]}
            manager_port = {ports["manager"]}
            web_port = {ports["web"]}
            rtp_ports = [{ports["rtp"]}, {ports["rtp"] + 198}]
            """
        )

    async def start(self) -> None:
        """Serve, and wait until everything says that it is well."""
        with (self.home / "serve.log").open("wb") as log:
            self._serving = await asyncio.create_subprocess_exec(*self._command("serve"), stdout=log, stderr=log)
        async with asyncio.timeout(UP_SECONDS_MAX):
            while not await self._is_healthy():
                assert self._serving.returncode is None, self.log
                await asyncio.sleep(0.1)
        key = installation_key(load_settings(self.home))
        self.web.headers["Authorization"] = f"Bearer {key}"

    async def stop(self) -> None:
        await self.web.aclose()
        if self._serving is not None and self._serving.returncode is None:
            self._serving.send_signal(signal.SIGTERM)
            async with asyncio.timeout(UP_SECONDS_MAX):
                assert await self._serving.wait() == 0, self.log

    @property
    def log(self) -> str:
        return (self.home / "serve.log").read_text()

    async def run(self, *arguments: str) -> str:
        """What a command of `markaz` prints."""
        process = await asyncio.create_subprocess_exec(*self._command(*arguments), stdout=asyncio.subprocess.PIPE)
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def ask(self, agent: str, command: str, **body: str) -> dict[str, Any]:
        """What an agent's desk asks for."""
        answer = await self.web.post(f"/api/agents/{agent}/{command}", json=body or None)
        assert answer.is_success, f"{agent} {command}: {answer.text}"
        return answer.json()

    async def sign_in(self, carrier: Peer, *agents: str) -> None:
        """Sign agents in, and wait until their phones at the carrier's are registered."""
        for agent in agents:
            phone = await self.ask(agent, "sign-in")
            await carrier.register(phone["username"], phone["password"])
        async with asyncio.timeout(REGISTERED_SECONDS_MAX):
            while True:
                lines = (await carrier.server.cli("pjsip show registrations")).splitlines()
                registered = {line.split("/")[0].strip() for line in lines if "Registered" in line}
                if registered >= {f"agent-{agent}" for agent in agents}:
                    return
                await asyncio.sleep(0.2)

    async def until(self, holds: Callable[[LiveView], Found], *, seconds: float = SEEN_SECONDS_MAX) -> Found:
        """Look at `/api/floor` until `holds`, as a desk would."""
        view = None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    answer = await self.web.get("/api/floor")
                    view = msgspec.json.decode(answer.content, type=LiveView)
                    if found := holds(view):
                        return found
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"it did not come true; the last that was seen: {view}") from None

    async def rows(self, query: LiteralString, **parameters: Any) -> list[dict[str, Any]]:
        connection = await psycopg.AsyncConnection.connect(self._database)
        async with connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query, parameters)).fetchall()

    async def settled(self) -> None:
        """Wait until the read models hold all of the journal and every recording has been judged."""
        async with asyncio.timeout(SETTLED_SECONDS_MAX):
            while (await self.rows(_UNSETTLED))[0]["?column?"] != 0:
                await asyncio.sleep(0.2)

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "markaz", "--home", str(self.home), *arguments)

    async def _is_healthy(self) -> bool:
        try:
            return (await self.web.get("/health")).status_code == 200
        except httpx.TransportError:
            return False
