"""A centre with a client, a day in its journal, and a mail server that keeps what it gets."""

from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from markaz.kit.ports import free_ports
from markaz.runtime import Projector, connect
from markaz.runtime.rows import Row
from tests.runtime.test_journal import day_rows

FLOOR = "main"


class Inbox:
    """Keeps mails; the first `refusals` of them are turned away."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusals = 0

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals > 0:
            self.refusals -= 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(_bytes(envelope.content), policy=default))
        return "250 OK"


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """The inbox and its port."""
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_ports("tcp")[0])
    controller.start()
    yield handler, controller.port
    controller.stop()


@pytest.fixture
async def centre(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A day of the projects of tests/runtime/day.py, in journal and read models, of centre `c` and client `bank`."""
    rows: list[Row] = day_rows()[1]
    async with await connect(database) as connection:
        await connection.execute("INSERT INTO centre (id, name) VALUES ('c', 'A centre')")
        await connection.execute("INSERT INTO floor (id, centre) VALUES ('main', 'c')")
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO journal (floor, number, at, stimulus, outputs) VALUES (%s, %s, %s, %s, %s)",
                [(FLOOR, row.number, row.at, row.stimulus.decode(), row.outputs.decode()) for row in rows],
            )
        await Projector(database, FLOOR).rebuild(connection)
        yield connection
