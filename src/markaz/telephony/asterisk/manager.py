"""Asterisk's manager interface (AMI), for the one thing that ARI lacks: MixMonitor.

Protocol: lines `Key: value`, an empty line ends a message; responses repeat our `ActionID`.
"""

import asyncio
import contextlib
import itertools
import logging
from dataclasses import dataclass, field
from typing import Final

from markaz.kit.errors import MarkazError

REQUEST_SECONDS_MAX: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(eq=False)
class ManagerRefused(MarkazError):
    """Asterisk's manager refused {action}: {why}"""

    code = "manager_refused"
    action: str
    why: str


@dataclass(eq=False)
class ManagerSilent(ManagerRefused):
    """Asterisk's manager did not answer {action}: {why}"""

    code = "manager_silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerAddress:
    """Where the manager listens, and as whom we come."""

    host: str = "127.0.0.1"
    port: int
    user: str
    secret: str = field(repr=False)


class ManagerClient:
    """Connects when first used and again when the connection was lost."""

    def __init__(self, address: ManagerAddress) -> None:
        self._address = address
        self._writer: asyncio.StreamWriter | None = None
        self._reader_task: asyncio.Task[None] | None = None
        self._open: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._numbers = itertools.count(1)
        self._connecting = asyncio.Lock()

    async def action(self, name: str, **fields: str) -> dict[str, str]:
        """Do `name` with `fields`; the response's fields.

        Raises `ManagerRefused`; `ManagerSilent` of its kind when nobody answered, though it may have been done.
        """
        try:
            async with asyncio.timeout(REQUEST_SECONDS_MAX):
                async with self._connecting:
                    if self._writer is None:
                        await self._connect()
                response = await self._ask(name, fields)
        except (OSError, TimeoutError) as error:
            self._forget()
            raise ManagerSilent(name, repr(error)) from error
        if response.get("Response") != "Success":
            raise ManagerRefused(name, response.get("Message", "no reason given"))
        return response

    async def stop(self) -> None:
        """Close the connection."""
        task = self._reader_task
        self._forget()
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _connect(self) -> None:
        address = self._address
        reader, self._writer = await asyncio.open_connection(address.host, address.port)
        await reader.readline()  # the banner
        self._reader_task = asyncio.create_task(self._read(reader), name="manager")
        response = await self._ask("Login", {"Username": address.user, "Secret": address.secret, "Events": "off"})
        if response.get("Response") != "Success":
            self._forget()
            raise ManagerRefused("Login", response.get("Message", "no reason given"))

    async def _ask(self, name: str, fields: dict[str, str]) -> dict[str, str]:
        assert self._writer is not None
        number = str(next(self._numbers))
        lines = [f"Action: {name}", f"ActionID: {number}", *(f"{key}: {value}" for key, value in fields.items())]
        assert not any("\n" in line or "\r" in line for line in lines), "a line break would smuggle in a field"
        answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        try:
            self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await self._writer.drain()
            return await answer
        finally:
            self._open.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        message: dict[str, str] = {}
        try:
            while line := await reader.readline():
                key, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
                if key:
                    message[key] = value
                    continue
                answer = self._open.pop(message.get("ActionID", ""), None)
                if answer is not None and not answer.done():
                    answer.set_result(message)
                message = {}
        except OSError:
            log.warning("The manager's connection broke; it is made again when needed")
        self._forget()

    def _forget(self) -> None:
        writer, self._writer = self._writer, None
        task, self._reader_task = self._reader_task, None
        if writer is not None:
            writer.close()
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the manager's connection closed"))
        self._open.clear()
