"""A page on a real socket: it has what the floor has, also after gaps, slow reading and a database that was away."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import msgspec
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from starlette.requests import HTTPConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from markaz import routing
from markaz.bootstrap import Settings, installation_key
from markaz.kit.time import SECOND
from markaz.web import create_app
from markaz.web.live import Opened
from markaz.web.live.hub import Hub
from markaz.web.live.sight import CENTRE, Sight, all_seen
from markaz.web.live.views import Views
from tests.runtime.day import BEGIN, CONFIGURATION, answers, script
from tests.web.conftest import web_settings
from tests.web.live.serving import DEADLINE_SECONDS, Floor, Page, page, served

TOKEN = "of the centre"
SIGHTS = {
    "anna": Sight("agent", agent="anna"),
    "client": Sight("client", projects=frozenset({"hotline"})),
    "other": Sight("client", projects=frozenset({"bank"})),
}


async def opened(connection: HTTPConnection) -> Opened | None:
    """By the token alone; `test_watching` asks the database."""
    token = connection.headers["Authorization"].removeprefix("Bearer ")
    sight = CENTRE if token == TOKEN else SIGHTS.get(token)
    return None if sight is None else Opened(sight, "somebody")


class Elsewhere:
    """A connection to another database of the server, to take ours away and bring it back."""

    def __init__(self, connection: psycopg.AsyncConnection, database: str) -> None:
        self._connection = connection
        self.database = database
        self._name = conninfo_to_dict(database)["dbname"]

    async def close_database(self) -> None:
        await self._allow("false")
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        await self._connection.execute(end, (self._name,))

    async def open_database(self) -> None:
        await self._allow("true")

    async def _allow(self, allowed: Literal["true", "false"]) -> None:
        alter = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        await self._connection.execute(alter.format(sql.Identifier(str(self._name)), sql.SQL(allowed)))


@pytest.fixture
async def elsewhere(postgres_url: str, database: str) -> AsyncIterator[Elsewhere]:
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        yield Elsewhere(connection, database)


@pytest.fixture
def app(web_database: str, key: dict[str, str], settings: Settings) -> FastAPI:
    floor_key = installation_key(settings, "web-floor")
    app = create_app(web_settings(web_database, floor_key=floor_key))
    app.state.live.opened = opened
    return app


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as address:
        yield address


@pytest.fixture
async def floor(database: str, tmp_path: Path) -> AsyncIterator[Floor]:
    floor = Floor(database, tmp_path / "spool")
    await floor.journal.open()
    yield floor
    await floor.journal.close()


def shown(floor: Floor, sight: Sight) -> dict[str, object]:
    """What whoever has this sight must be shown, but for what the floor says of itself."""
    values = all_seen(sight, Views(floor.core, floor.figures).values)
    values.pop("floor", None)
    return json.loads(msgspec.json.encode(values))


def kept(one: Page) -> dict[str, object]:
    return {key: value for key, value in one.values.items() if key != "floor" and not key.startswith("alarms/")}


async def run_day(floor: Floor) -> None:
    """The short day, row by row; `test_live` follows it."""
    for seconds, stimulus in script():
        pending = [stimulus]
        while pending:
            said = await floor.tell(BEGIN + round(seconds * SECOND), pending.pop(0))
            pending += [told for output in said for told in answers(output)]


async def test_everybody_has_at_the_end_of_a_day_what_they_may_see(address: str, floor: Floor) -> None:
    await floor.tell(BEGIN, *CONFIGURATION)
    async with (
        page(address, TOKEN) as centre, page(address, "anna") as anna,
        page(address, "client") as client, page(address, "other") as other,
    ):  # fmt: skip
        pages = {CENTRE: centre, **{SIGHTS[name]: one for name, one in (("anna", anna), ("client", client))}}
        for one in (*pages.values(), other):
            await one.take()
        for sight, one in pages.items():  # the copy may have begun after they came
            while kept(one) != shown(floor, sight):
                await one.take()
        snapshots = anna.kinds.count("snapshot")
        day = asyncio.create_task(run_day(floor))
        while not day.done():
            await centre.take()
        await day
        await floor.tell(BEGIN + 300 * SECOND, routing.ContactArrived("last", "voice", "hotline", "+7", "Ana"))
        await floor.tell(BEGIN + 300 * SECOND, routing.ContactQueued("last", "cards"))
        await centre.until(floor.journal.number)
        assert kept(centre) == shown(floor, CENTRE)
        assert centre.values["contacts/last"]["state"] == "waiting"
        for sight, one in pages.items():
            while kept(one) != shown(floor, sight):
                await one.take()
        assert anna.kinds.count("snapshot") <= snapshots + 1, "when her queues change"
        assert "contacts/last" not in anna.values
        assert client.values["contacts/last"]["customer"] == {"number": "+7", "name": "Ana"}
        assert kept(other) == {}


async def test_a_page_that_missed_a_change_gets_everything_anew(address: str, floor: Floor) -> None:
    await floor.tell(BEGIN, *CONFIGURATION)
    async with page(address, TOKEN) as one:
        await one.until(floor.journal.number)
        one.number -= 1
        await floor.tell(BEGIN + SECOND, routing.AgentSignedIn("anna"))
        one.kinds.clear()
        while "snapshot" not in one.kinds:
            await one.take()
        assert one.kinds[-2:] == ["change", "snapshot"]
        assert kept(one) == shown(floor, CENTRE)


async def test_what_was_told_is_stale_while_the_database_is_away_and_fresh_again_after(
    address: str, floor: Floor, elsewhere: Elsewhere
) -> None:
    await floor.tell(BEGIN, *CONFIGURATION)
    async with page(address, TOKEN) as one:
        await one.until(floor.journal.number)
        await elsewhere.close_database()
        while not one.is_stale:
            await one.take()
        async with page(address, TOKEN) as late:  # one that comes meanwhile gets what is known, and is told so
            await late.take()
            assert kept(late) == kept(one)
            assert (await late.take())["type"] == "stale"
        assert one.values["agents/anna"]["presence"] == "signed_out"
        await floor.tell(BEGIN + SECOND, routing.AgentSignedIn("anna"))
        assert floor.journal.is_spooling
        await elsewhere.open_database()
        one.kinds.clear()
        async with asyncio.timeout(DEADLINE_SECONDS):
            while floor.journal.is_spooling:
                await floor.journal.catch_up()
                await asyncio.sleep(0.01)
        await one.until(floor.journal.number)
        assert "snapshot" not in one.kinds, "the copy goes on where it was"
        assert one.values["agents/anna"]["presence"] == "not_ready"


async def test_another_journal_is_another_floor(address: str, floor: Floor, elsewhere: Elsewhere) -> None:
    await floor.tell(BEGIN, *CONFIGURATION)
    async with page(address, TOKEN) as one:
        await one.until(floor.journal.number)
        assert "agents/anna" in one.values
        with psycopg.connect(elsewhere.database, autocommit=True) as other:
            other.execute("DELETE FROM journal")
        await elsewhere.close_database()
        await elsewhere.open_database()
        while "agents/anna" in one.values:
            await one.take()
        assert kept(one) == {}


async def test_a_session_that_ends_closes_its_sockets(
    app: FastAPI, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markaz.web.live.endpoint.RECHECK_SECONDS", 0.05)
    signed_in = {"someone"}

    async def opened(connection: HTTPConnection) -> Opened | None:
        is_known = connection.headers["Authorization"].removeprefix("Bearer ") in signed_in
        return Opened(CENTRE, "somebody", "s1") if is_known else None

    app.state.live.opened = opened
    async with served(app) as address:
        async with page(address, "someone") as one:
            await one.take()
            signed_in.clear()
            assert await closed(one) == 4401
        async with page(address, "someone") as one:
            assert await closed(one) == 4401


@pytest.mark.parametrize("said", ["", "again", '{"type":"other"}', '{"type":"again","more":1}', b"again", "[" * 30_000])
async def test_what_is_not_understood_ends_the_connection(address: str, floor: Floor, said: str | bytes) -> None:
    async with page(address, TOKEN) as one:
        await one.socket.send(said)
        assert await closed(one) == 4400


async def closed(one: Page) -> int | None:
    """The code with which the other side closes."""
    try:
        while True:
            await one.take()
    except ConnectionClosed as gone:
        return gone.rcvd.code if gone.rcvd is not None else None


async def test_one_who_does_not_read_holds_nobody_up_and_costs_no_memory(
    address: str, app: FastAPI, floor: Floor
) -> None:
    hub: Hub = app.state.live.hub
    await floor.tell(BEGIN, *CONFIGURATION)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        connect(f"ws://{address}/api/live", additional_headers=headers, max_size=None, max_queue=1) as deaf,
        page(address, TOKEN) as one,
    ):
        await one.until(floor.journal.number)
        deaf.transport.pause_reading()
        for n in range(400):
            came = [routing.ContactArrived(f"n{n}-{k}", "voice", "hotline", "+" + "9" * 900) for k in range(20)]
            await floor.tell(BEGIN + SECOND, *came)
        await one.until(floor.journal.number)
        assert len(one.values) > 8_000
        assert max(len(watcher.behind) for watcher in hub.watchers) <= 2_000
        assert len(hub.watchers) == 2
        deaf.transport.resume_reading()
        late = Page(deaf)
        await late.until(floor.journal.number)
        assert kept(late) == shown(floor, CENTRE)
        assert "snapshot" in late.kinds[1:], "it was too far behind for changes"
