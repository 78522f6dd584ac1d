"""What the floor last reported is what `/api/floor` shows, and `/health` says what is wrong with it."""

import asyncio
import json

import httpx
import msgspec
import psycopg

from markaz.runtime.live_view import LiveView
from markaz.runtime.rows import Row

DEADLINE_SECONDS = 20


def report(connection: psycopg.Connection, *, age_seconds: int = 0, spooling: bool = False) -> str:
    """Store what a floor would report; the body."""
    view = LiveView(
        floor="main", at=1, journal_number=7, spooling=spooling, stimuli=7, dropped=0, latency_milliseconds_p50=1.0,
        latency_milliseconds_p95=2.0, telephony="up", contacts={"waiting": 1}, queues=(), agents=(),
    )  # fmt: skip
    body = msgspec.json.encode(view).decode()
    connection.execute("DELETE FROM floor_live")
    connection.execute(
        "INSERT INTO floor_live (floor, incarnation, body, written_at) "
        "VALUES ('main', 'one', %s, now() - make_interval(secs => %s))",
        (body, age_seconds),
    )
    return body


async def test_the_floor_is_shown_as_it_reported(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    silent = await client.get("/api/floor")
    assert (silent.status_code, silent.json()["code"]) == (503, "floor_silent")
    body = report(organisation)
    answer = await client.get("/api/floor")
    assert (answer.status_code, answer.text) == (200, body)
    assert answer.headers["content-type"] == "application/json"


async def test_health_needs_no_token_and_is_ok_while_the_floor_reports(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    del client.headers["Authorization"]
    report(organisation)
    answer = await client.get("/health")
    health = answer.json()
    assert (answer.status_code, health["status"], health["database"], health["problems"]) == (200, "ok", "up", [])
    assert health["floor"]["report_age_seconds"] < 5
    assert health["worker"] == {"rows_behind": 0}


async def test_health_fails_with_the_reason(client: httpx.AsyncClient, organisation: psycopg.Connection) -> None:
    never = await client.get("/health")
    assert never.status_code == 503
    assert "never reported" in never.json()["problems"][0]

    report(organisation, age_seconds=60, spooling=True)
    organisation.execute(
        "INSERT INTO journal (floor, number, at, stimulus, outputs, written_at) "
        "SELECT 'main', n, n, '{}', '[]', now() - interval '45 s' FROM generate_series(1, 7) AS n"
    )
    organisation.execute("INSERT INTO inbox (floor, message, problem) VALUES ('main', '{}', 'not known')")
    answer = await client.get("/health")
    health = answer.json()
    assert (answer.status_code, health["status"], health["worker"]["rows_behind"]) == (503, "failing", 7)
    assert 60 <= health["floor"]["report_age_seconds"] < 90
    words = ("60 s", "local file", "45 s", "1 messages")
    assert [sum(word in one for one in health["problems"]) for word in words] == [1] * len(words)


async def test_the_worker_counts_as_behind_by_the_rows_it_has_not_folded(
    client: httpx.AsyncClient, organisation: psycopg.Connection
) -> None:
    report(organisation)
    organisation.execute("""
        INSERT INTO journal (floor, number, at, stimulus, outputs)
        SELECT floor, n, n, '{}', '[]' FROM (VALUES ('main', 9), ('other', 99)) AS j (floor, n);
        INSERT INTO projection (name, floor, number) VALUES ('read_models', 'main', 6);
    """)
    assert (await client.get("/health")).json()["worker"] == {"rows_behind": 3}


async def test_the_document_describes_the_report(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert {"LiveView", "QueueView", "AgentView", "Problem", "FieldProblem", "Phone"} <= set(schemas)
    assert set(schemas["LiveView"]["properties"]) == set(LiveView.__struct_fields__)
    assert "HTTPValidationError" not in json.dumps(document["paths"])
    assert all(way["summary"] and way["description"] for ways in document["paths"].values() for way in ways.values())


async def test_the_last_two_hours_are_told_queue_by_queue(client: httpx.AsyncClient, day: list[Row]) -> None:
    assert day
    async with asyncio.timeout(DEADLINE_SECONDS):
        while "loans" not in (series := (await client.get("/api/floor/series")).json()):
            await asyncio.sleep(0.02)
    cards = series["cards"]
    assert len(cards) == 24
    assert [sum(slot[name] for slot in cards) for name in ("offered", "answered", "abandoned")] == [6, 3, 0]
    told = [slot["service_level"] for slot in cards if slot["offered"]]
    assert told == [2 / 6]
