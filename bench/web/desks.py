"""A thousand desks on `/api/live`, as cheap to run as can be: a frame's time and number are kept, nothing decoded."""

import asyncio
import base64
import os
import re
from dataclasses import dataclass, field

from markaz.kit.clock import WallClock

_JOURNAL = re.compile(rb'^\{"type":"(?:snapshot|change)","number":(\d+),(?:"previous":(\d+),)?"journal":(\d+)')
CLOCK = WallClock()
PONG_OPCODE = 0x8A


@dataclass
class Desk(asyncio.Protocol):
    """`received`: (moment, row of the journal) of each message; a gap in the numbers would be counted in `gaps`."""

    address: str
    credential: str
    received: list[tuple[float, int]] = field(default_factory=list)
    opened: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    gaps: int = 0
    bytes_received: int = 0
    _number: int = 0
    _buffer: bytes = b""
    _is_open: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /api/live HTTP/1.1\r\nHost: {self.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{self.credential}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = CLOCK() / 1e6
        self.bytes_received += len(data)
        self._buffer += data
        if not self._is_open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.opened.set_exception(RuntimeError(head.decode()))
                return
            self._is_open, self._buffer = True, rest
        while (end := self._frame(now)) is not None:
            self._buffer = self._buffer[end:]

    def _frame(self, now: float) -> int | None:
        """Take one frame, when it is whole; where it ends."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        end = start + length
        if len(buffer) < end:
            return None
        opcode = buffer[0] & 0x0F
        if opcode == 1 and (told := _JOURNAL.match(buffer[start : start + 120])):
            number, previous, journal = told.groups()
            self.gaps += previous is not None and int(previous) != self._number
            self._number = int(number)
            self.received.append((now, int(journal)))
            if not self.opened.done():
                self.opened.set_result(None)
        elif opcode == 9:
            self.transport.write(bytes((PONG_OPCODE, 0x80 | length, 0, 0, 0, 0)) + buffer[start:end])
        return end


async def open_desks(host: str, port: int, credentials: list[str]) -> list[Desk]:
    """All of them, each with its first snapshot."""
    loop = asyncio.get_running_loop()
    desks: list[Desk] = []
    for first in range(0, len(credentials), 50):
        batch = [Desk(f"{host}:{port}", one) for one in credentials[first : first + 50]]
        for desk in batch:
            await loop.create_connection(lambda desk=desk: desk, host, port)
        await asyncio.wait_for(asyncio.gather(*(desk.opened for desk in batch)), 60)
        desks += batch
    return desks
