"""A house as a centre runs it: Asterisk and floor as processes of their own, on a real database."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from markaz import organisation
from markaz.kit.ports import free_ports
from markaz.organisation import parse_document
from markaz.runtime import connect, replay
from markaz.runtime.replay import Replayed
from markaz.telephony import AsteriskProgram
from tests.bad_days.sip import Caller
from tests.conftest import copied_database

UP_SECONDS_MAX = 100.0
LOOK_SECONDS = 0.05
NUMBER = b"+4930500100"

CENTRE = """
centre = { id = "centre", name = "Centre" }
clients = [{ id = "shop", name = "Shop" }]
projects = [{ id = "orders", client = "shop", name = "Orders" }]
queues = [{ id = "orders", project = "orders", name = "Orders" }]
agents = [{ id = "anna", name = "Anna", queues = { orders = 1 } }]
numbers = [{ number = "+4930500100", project = "orders", flow = "orders" }]
trunks = [{ id = "carrier", host = "127.0.0.1", port = PORT }]

[flows.orders]
start = "answer"
[flows.orders.nodes]
answer = { type = "answer", next = "queue" }
queue = { type = "queue", queue = "orders" }
"""


class House:
    """What the tests ask of it. `carrier` calls from the trunk's address, `stranger` from another."""

    def __init__(self, home: Path, database: str, sip_port: int) -> None:
        self.home = home
        self.database = database
        self.carrier = Caller(("127.0.0.1", sip_port))
        self.stranger = Caller(("127.0.0.1", sip_port), "127.0.0.2")
        self._parts: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(self, part: str) -> tuple[subprocess.Popen[bytes], Path]:
        """A part of `markaz serve`, and the file of what it says."""
        log = self.home / f"{part}-{len(self._parts)}.log"
        with log.open("wb") as output:
            command = (sys.executable, "-m", "markaz", "--home", str(self.home), "serve", "--only", part)
            process = subprocess.Popen(command, stdout=output, stderr=output)
        self._parts.append((process, log))
        return process, log

    def stop(self) -> None:
        self.carrier.close()
        self.stranger.close()
        for process, _ in reversed(self._parts):
            process.terminate()
        for process, _ in self._parts:
            process.wait(20)

    def said(self) -> str:
        return "\n".join(log.read_text(errors="replace") for _, log in self._parts)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Look again and again until `condition` holds."""
        until = monotonic() + UP_SECONDS_MAX
        while not condition():
            assert monotonic() < until, f"{what} did not come to be:\n{self.said()}"
            sleep(LOOK_SECONDS)

    def ask(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def entered(self) -> list[tuple[object, ...]]:
        """Number dialled and customer of every call that the floor was told of, in order."""
        return self.ask("""
            SELECT stimulus ->> 'number', stimulus ->> 'customer' FROM journal
            WHERE stimulus ->> 'type' = 'ContactEntered' ORDER BY number
        """)

    def incarnations(self) -> list[tuple[object, ...]]:
        """Which process of the floor published last how it is."""
        return self.ask("SELECT incarnation FROM floor_live")

    def is_listening(self) -> bool:
        return bool(
            self.ask("""
            SELECT 1 FROM floor_live WHERE body ->> 'telephony' = 'connected' AND written_at > now() - interval '3 s'
            AND (body ->> 'journal_number')::int > 5
        """)
        )

    def replayed(self) -> Replayed:
        async def again() -> Replayed:
            async with await connect(self.database) as connection:
                return await replay(connection, "main")

        return asyncio.run(again())

    def has_lost_nothing(self) -> None:
        """When all calls are over: every contact of the journal is closed, and it can be handled again to the byte."""

        def open_contacts() -> list[str]:
            return [f"{one.id} {one.state}" for one in self.replayed().core.floor.state.contacts.values()]

        self.until(lambda: not open_contacts(), f"the end of every contact ({open_contacts()})")
        assert self.replayed().identical


@pytest.fixture(scope="module")
def house(
    postgres_url: str,
    template_database: str,
    asterisk_program: AsteriskProgram,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    assert asterisk_program.version
    with copied_database(postgres_url, template_database) as database:
        home = tmp_path_factory.mktemp("house")
        ports = free_ports("udp", "tcp", "tcp", "tcp")
        settings = zip(("sip_port", "http_port", "manager_port", "web_port"), ports, strict=True)
        (home / "markaz.toml").write_text(
            f"database_url = {database!r}\n" + "".join(f"{key} = {port}\n" for key, port in settings)
        )
        house = House(home, database, ports[0])
        try:
            document = parse_document(CENTRE.replace("PORT", str(house.carrier.port)), folder=home)
            asyncio.run(applied(database, document))
            house.start("asterisk")  # it makes the prompts first, and a floor on its own does not wait for ever
            house.until(lambda: is_open(ports[1]), "an Asterisk that listens")
            house.start("floor")
            house.until(house.is_listening, "a floor that hears Asterisk")
            yield house
        finally:
            house.stop()


async def applied(database: str, document: organisation.Document) -> None:
    async with await connect(database) as connection, connection.transaction():
        await organisation.apply(connection, document, floor="main")


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
