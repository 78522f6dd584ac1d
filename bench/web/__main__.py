"""The web process under a thousand desks while calls run: `make bench-web`; OUT=FILE writes JSON, SECONDS= how long.

A real web process (`markaz serve --only web`), a real PostgreSQL, a floor whose calls run by themselves, 980 agents'
desks and 20 of supervisors on `/api/live`. `fan_out_ms`: from the floor's stamp on a stimulus that changes what every
desk shows until the last of the thousand has it. Then requests, while all that goes on.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import psutil
import psycopg
from bench.web.desks import Desk, open_desks
from bench.web.floor import AGENTS, EVERYBODYS

from markaz.bootstrap import Settings, installation_key, load_settings, prepare_web_access
from markaz.bootstrap.addresses import choose_addresses
from markaz.identity import new_token, token_hash
from markaz.kit.postgres import PostgresServer
from markaz.runtime import Core, Said, migrate
from markaz.runtime.journal import read_page
from markaz.runtime.rows import stimulus_of
from markaz.web.live.figures import Figures
from markaz.web.live.views import Touched, Views, queue_key

SUPERVISORS = 20
SECONDS = float(os.environ.get("SECONDS", "60"))
REQUEST_SECONDS = 5.0
CLIENTS = 16


def organisation(url: str, settings: Settings) -> list[str]:
    """The centre, its agents, an account and a session for each desk; what each desk shows."""
    tokens = [new_token() for _ in range(AGENTS)]
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO centre (id, name) VALUES ('c', 'C')")
        cursor.execute("INSERT INTO floor (id, centre) VALUES ('main', 'c')")
        cursor.execute("INSERT INTO client (centre, id, name, rules) VALUES ('c', 'k', 'K', '{}')")
        cursor.execute("INSERT INTO project (centre, id, name, client, rules) VALUES ('c', 'p', 'P', 'k', '{}')")
        for n in range(AGENTS):
            cursor.execute("INSERT INTO agent (centre, id, name, rules) VALUES ('c', %s, %s, '{}')", (f"a{n}", f"A{n}"))
            role = "supervisor" if n < SUPERVISORS else "agent"
            cursor.execute(
                "INSERT INTO account (id, centre, name, roles, agent) VALUES (%s, 'c', %s, %s, %s)",
                (f"u{n}", f"A{n}", [role], f"a{n}"),
            )
            cursor.execute(
                "INSERT INTO session (id, token, account, how, address, browser, ends_at) "
                "VALUES (%s, %s, %s, 'password', '', '', now() + interval '1 day')",
                (f"s{n}", token_hash(tokens[n]), f"u{n}"),
            )
            cursor.execute(
                "INSERT INTO phone (floor, agent, username, secret) VALUES ('main', %s, %s, 'x')", (f"a{n}", f"a{n}")
            )
    prepare_web_access(settings, url)
    return tokens


async def until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    async with aiohttp.ClientSession() as client:
        for _ in range(600):
            try:
                async with client.get(f"{url}/health"):
                    return
            except aiohttp.ClientError:
                assert process.poll() is None, "the web process ended"
                await asyncio.sleep(0.1)
    raise TimeoutError("the web process does not answer")


async def changes_of_rows(url: str, first: int, last: int) -> tuple[dict[int, float], dict[int, float]]:
    """Row of the journal -> its stamp: of rows that changed what every desk shows, and of all that changed anything."""
    everybody: dict[int, float] = {}
    anybody: dict[int, float] = {}
    core = Core()
    views = Views(core, figures := Figures())
    async with await psycopg.AsyncConnection.connect(url) as connection:
        after = 0
        while rows := await read_page(connection, "main", after=after, rows_max=2_000):
            for row in rows:
                touched = Touched()
                touched.add(stimulus := stimulus_of(row), outputs := core.handle(row.at, stimulus))
                figures.fold(Said(row.number, row.at, stimulus, outputs))
                changed = views.refresh(touched)
                if first < row.number <= last and changed:
                    anybody[row.number] = row.at / 1e6
                    if queue_key(EVERYBODYS) in changed:
                        everybody[row.number] = row.at / 1e6
            after = rows[-1].number
    return everybody, anybody


def fan_out(desks: list[Desk], rows: dict[int, float]) -> list[float]:
    """For each row, milliseconds from its stamp until the last of `desks` had it."""
    numbers = [[journal for _, journal in desk.received] for desk in desks]
    last: list[float] = []
    for row, at in rows.items():
        moments = []
        for desk, known in zip(desks, numbers, strict=True):
            place = bisect_left(known, row)
            if place == len(known):
                break
            moments.append(desk.received[place][0])
        if len(moments) == len(desks):
            last.append((max(moments) - at) * 1_000)
    return sorted(last)


def percentile(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


async def requests_per_second(url: str, key: str) -> dict[str, float]:
    """The endpoints that desks and supervisors ask most, with `CLIENTS` asking at once."""
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as client:
        async with client.get("/api/contacts", params={"limit": 1}) as answer:
            contact = (await answer.json())["contacts"][0]["contact"]
        asked: dict[str, tuple[str, str, Any]] = {
            "GET /api/floor": ("GET", "/api/floor", None),
            "GET /api/contacts": ("GET", "/api/contacts?limit=20", None),
            "GET /api/contacts/{contact}": ("GET", f"/api/contacts/{contact}", None),
            "PUT /api/contacts/{contact}/form": (
                "PUT",
                f"/api/contacts/{contact}/form",
                {"values": {"reason": "card"}},
            ),
            "POST /api/agents/{agent}/not-ready": ("POST", "/api/agents/a999/not-ready", {"reason": "lunch"}),
        }
        return {name: await _rate(client, *one) for name, one in asked.items()}


async def _rate(client: aiohttp.ClientSession, method: str, path: str, body: Any) -> float:
    done: Counter[int] = Counter()
    until = time.perf_counter() + REQUEST_SECONDS

    async def ask() -> None:
        while time.perf_counter() < until:
            async with client.request(method, path, json=body) as answer:
                await answer.read()
                done[answer.status] += 1

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    assert set(done) <= {200, 202}, (path, done)
    return round(done.total() / (time.perf_counter() - began), 1)


async def measure(url: str, settings: Settings, tokens: list[str]) -> dict[str, Any]:
    addresses = choose_addresses(settings)
    command = [sys.executable, "-m", "markaz", "--home", str(settings.home), "serve", "--only", "web"]
    web = subprocess.Popen(command)
    try:
        await until_served(addresses.web_url, web)
        process = psutil.Process(web.pid)
        await asyncio.sleep(3)  # the copy of the floor is there
        before = process.memory_info().rss
        port = addresses.web_port
        credentials = [f"Cookie: markaz_session={one}\r\nOrigin: http://{addresses.host}:{port}" for one in tokens]
        desks = await open_desks(addresses.host, port, credentials)
        megabytes = (process.memory_info().rss - before) / len(desks) / 1e6
        await asyncio.sleep(3)
        first = max(desk.received[-1][1] for desk in desks)
        began_messages = sum(len(desk.received) for desk in desks)
        cpu, load = process.cpu_times(), os.getloadavg()
        await asyncio.sleep(SECONDS)
        last = min(desk.received[-1][1] for desk in desks)
        used = process.cpu_times()
        messages = sum(len(desk.received) for desk in desks) - began_messages
        everybody, anybody = await changes_of_rows(url, first, last)
        ordered = fan_out(desks, everybody)
        to_supervisors = fan_out(desks[:SUPERVISORS], anybody)
        rates = await requests_per_second(addresses.web_url, installation_key(settings))
        assert not sum(desk.gaps for desk in desks), "a desk missed a change"
        return {
            "connected": len(desks),
            "fan_out_ms": {"p50": percentile(ordered, 0.5), "p95": percentile(ordered, 0.95)},
            "fan_out_changes": len(ordered),
            "supervisors_ms": {"p50": percentile(to_supervisors, 0.5), "p95": percentile(to_supervisors, 0.95)},
            "changes_per_second": round(len(anybody) / SECONDS, 1),
            "messages_per_second": round(messages / SECONDS),
            "web_cpu_share": round((used.user + used.system - cpu.user - cpu.system) / SECONDS, 2),
            "megabytes_per_agent": round(megabytes, 3),
            "requests_per_second": rates,
            "load_average": [round(load[0], 1), round(os.getloadavg()[0], 1)],
            "median_bytes_per_desk_second": round(median(desk.bytes_received for desk in desks) / (SECONDS + 3)),
        }
    finally:
        web.terminate()
        web.wait(20)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="markaz-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        server = PostgresServer(home / "postgres")
        try:
            url = server.start()
            migrate(url)
            (home / "markaz.toml").write_text(
                f'database_url = "{url}"\nweb_port = 0\nsip_port = 0\nhttp_port = 0\nmanager_port = 0\n'
            )
            settings = load_settings(home)
            tokens = organisation(url, settings)
            floor = subprocess.Popen(
                [sys.executable, "-m", "bench.web.floor", url, str(home / "spool")], stdout=subprocess.PIPE
            )
            worker = subprocess.Popen(
                [sys.executable, "-m", "markaz", "--home", str(home), "serve", "--only", "worker"],
            )
            try:
                assert floor.stdout is not None
                assert floor.stdout.readline().strip() == b"busy"
                result = asyncio.run(measure(url, settings, tokens))
            finally:
                for process in (floor, worker):
                    process.terminate()
                    process.wait(20)
            print(floor.stdout.read().decode().strip())
        finally:
            server.stop()
    print(json.dumps(result, indent=2))
    if path := os.environ.get("OUT"):
        Path(path).write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
