"""A real server on a real socket, a floor's journal that grows, and a page that follows it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from markaz.kit.time import Instant
from markaz.runtime import Core, Journal, Output, Said, Stimulus
from markaz.runtime.rows import Row, handled
from markaz.web.live.figures import Figures
from markaz.web.process import Server

DEADLINE_SECONDS = 20


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of `app`, served as the web process does."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", ws_per_message_deflate=False)
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not server.started:
                await asyncio.sleep(0.01)
        host, port = listening.getsockname()[:2]
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await task
        listening.close()


class Floor:
    """The writing end: a core and its journal, without telephony."""

    def __init__(self, database: str, spool: Path) -> None:
        self.core = Core()
        self.figures = Figures()
        self.journal = Journal(database, "main", spool)

    async def tell(self, at: Instant, *stimuli: Stimulus) -> list[Output]:
        rows: list[Row] = []
        said: list[Output] = []
        for stimulus in stimuli:
            row, outputs = handled(self.core, self.journal.number + len(rows) + 1, at, stimulus, None)
            rows.append(row)
            self.figures.fold(Said(row.number, at, stimulus, outputs))
            said += outputs
        await self.journal.append(rows)
        return said


class Page:
    """What a page keeps: the values it was shown, as the contract says how."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.values: dict[str, Any] = {}
        self.number = 0
        self.journal = 0
        self.is_stale = False
        self.kinds: list[str] = []

    async def take(self) -> dict[str, Any]:
        """The next message, kept."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            told = msgspec.json.decode(await self.socket.recv())
        self.kinds.append(told["type"])
        match told["type"]:
            case "snapshot":
                self.values, self.is_stale = dict(told["values"]), False
                self.number, self.journal = told["number"], told["journal"]
            case "change" if told["previous"] == self.number:
                self.values.update(told["values"])
                for key in told["gone"]:
                    self.values.pop(key, None)
                self.number, self.journal = told["number"], told["journal"]
            case "change":
                await self.socket.send('{"type":"again"}')
            case "stale" | "fresh" as kind:
                self.is_stale = kind == "stale"
        return told

    async def until(self, journal: int) -> None:
        """Follow until the values are those after row `journal` of the floor, or later, and fresh."""
        while self.journal < journal or self.is_stale:
            await self.take()


@asynccontextmanager
async def page(address: str, token: str) -> AsyncIterator[Page]:
    """A page whose `token` is a key's, or, when it speaks of a session, that of a cookie."""
    is_session = "session" in token
    cookie = {"Cookie": f"markaz_session={token}", "Origin": f"http://{address}"}
    headers = cookie if is_session else {"Authorization": f"Bearer {token}"}
    async with connect(f"ws://{address}/api/live", additional_headers=headers, max_size=None) as socket:
        yield Page(socket)
