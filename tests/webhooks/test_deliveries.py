"""Facts reach a real server that may fail, hang or redirect: in order, signed, again when it did not take them."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from markaz.runtime import Projector
from markaz.webhooks.beside import FACTS_MAX
from markaz.webhooks.delivering import PAUSES_SECONDS
from tests.runtime.test_journal import day_rows
from tests.webhooks.receiving import NOW, Connection, Receiver, deliverer, feed, subscribe, until_sent


async def play_day(connection: Connection, database: str) -> None:
    _, rows = day_rows()
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO journal (floor, number, at, stimulus, outputs) VALUES ('main', %s, %s, %s, %s)",
            [(row.number, row.at, row.stimulus.decode(), row.outputs.decode()) for row in rows],
        )
    await Projector(database, "main").rebuild(connection)


async def state(connection: Connection) -> list[tuple[Any, ...]]:
    query = "SELECT state, attempts, round(extract(epoch FROM next_at - now())) FROM webhook_delivery ORDER BY id"
    return await (await connection.execute(query)).fetchall()


async def test_a_days_facts_arrive_in_order_once_and_signed(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await subscribe(
        connection, receiver.url, ["contact.arrived", "contact.answered", "contact.closed"], before="mwh_old"
    )
    await play_day(connection, database)
    await feed(connection, database)
    await feed(connection, database)
    await until_sent(connection, deliverer(database))
    bodies = [json.loads(body) for _, body in receiver.got]
    assert [body["at"] for body in bodies] == sorted(body["at"] for body in bodies)
    assert receiver.kinds.count("contact.arrived") == receiver.kinds.count("contact.closed") == 6
    assert len({body["fact"] for body in bodies}) == len(bodies)
    closed = next(one for one in bodies if one["kind"] == "contact.closed" and one["contact"]["contact"] == "c1")
    assert closed["contact"] == {
        "contact": "c1", "channel": "voice", "project": "hotline", "number": "+100", "customer": "+491",
    }  # fmt: skip
    assert closed["details"]["outcome"] == "answered"
    headers, body = receiver.got[0]
    for secret in ("mwh_new", "mwh_old"):
        mark = hmac.new(secret.encode(), f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
        assert f"v1={mark}" in headers["Markaz-Signature"].split(",")
    assert headers["Markaz-Signature"].startswith(f"t={NOW},")
    assert {row[0] for row in await state(connection)} == {"delivered"}


async def test_only_what_is_wanted_of_the_project_arrives(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await subscribe(connection, receiver.url, ["contact.offered"], "wanted", project="hotline")
    await subscribe(connection, receiver.url, ["contact.offered"], "foreign", project="other")
    await play_day(connection, database)
    await feed(connection, database)
    await until_sent(connection, deliverer(database))
    assert set(receiver.kinds) == {"contact.offered"}
    query = "SELECT DISTINCT webhook FROM webhook_delivery"
    assert await (await connection.execute(query)).fetchall() == [("wanted",)]


async def test_a_projects_recording_is_told_however_many_others_there_are(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await play_day(connection, database)
    await subscribe(connection, receiver.url, ["recording.ready"], project="hotline")
    await connection.execute(
        "INSERT INTO contact (floor, contact, channel, project, customer, state, arrived_at) "
        "VALUES ('main', 'x', 'voice', 'other', '+2', 'closed', now())"
    )
    ready = (
        "INSERT INTO recording (floor, recording, contact, path, expected_at, state, seconds, checked_at) "
        "VALUES ('main', %s, %s, 'a.wav', now(), 'present', 61, now() + make_interval(secs => %s))"
    )
    async with connection.cursor() as cursor:
        await cursor.executemany(ready, [(f"x.{n}", "x", n) for n in range(FACTS_MAX)])
    await connection.execute(ready, ("c1.1", "c1", FACTS_MAX))
    await feed(connection, database)
    await until_sent(connection, deliverer(database))
    ((_, body),) = receiver.got
    told = json.loads(body)
    assert (told["kind"], told["contact"]["contact"]) == ("recording.ready", "c1")
    assert told["details"] == {"recording": "c1.1", "agent": None, "queue": None, "seconds": 61.0}


async def test_what_happened_before_is_told_to_nobody(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await play_day(connection, database)
    await feed(connection, database)
    await connection.execute("DELETE FROM projection WHERE name = 'webhooks'")
    await feed(connection, database)
    await connection.execute(
        "INSERT INTO webhook (floor, id, url, kinds, secret, number) SELECT 'main', 'w', %s, '{contact.closed}', 's', "
        "number FROM projection WHERE name = 'webhooks'", (receiver.url,),
    )  # fmt: skip
    await feed(connection, database)
    assert await state(connection) == []


@pytest.mark.parametrize("status", [500, 404, 301, 307, 204])
async def test_what_is_not_taken_is_tried_again_later(
    connection: Connection, database: str, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    await one_delivery(connection, receiver.url)
    await deliverer(database).deliver(connection)
    is_taken = status == 204
    assert await state(connection) == [("delivered", 1, None) if is_taken else ("pending", 1, PAUSES_SECONDS[0])]
    assert len(receiver.got) == 1, "redirects are not followed"
    (logged,) = await (await connection.execute("SELECT status, problem FROM webhook_attempt")).fetchall()
    assert (logged[0], logged[1] is None) == (status, is_taken)


async def test_pauses_grow_until_it_has_failed_and_it_can_be_wanted_again(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    receiver.answers = [503] * (len(PAUSES_SECONDS) + 1)
    await one_delivery(connection, receiver.url)
    pauses: list[Any] = []
    for _ in range(len(PAUSES_SECONDS) + 1):
        await deliverer(database).deliver(connection)
        pauses.append((await state(connection))[0][2])
        await connection.execute("UPDATE webhook_delivery SET next_at = now() WHERE state = 'pending'")
    assert pauses == [*PAUSES_SECONDS, None]
    assert (await state(connection))[0][:2] == ("failed", len(PAUSES_SECONDS) + 1)
    await connection.execute("UPDATE webhook_delivery SET state = 'pending', next_at = now()")
    await deliverer(database).deliver(connection)
    assert (await state(connection))[0][0] == "delivered"


async def test_one_that_hangs_is_given_up_and_holds_nobody_else_up(
    connection: Connection, database: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markaz.webhooks.delivering.ATTEMPT_SECONDS_MAX", 3.0)
    receiver.answers = [None]
    await one_delivery(connection, receiver.url)
    running = asyncio.create_task(deliverer(database).run())
    async with asyncio.timeout(30):
        await receiver.hanging.wait()
        await one_delivery(connection, receiver.url, "other")
        while len(receiver.got) < 2:
            await asyncio.sleep(0.02)
        while (await state(connection))[0][1] == 0:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    problems = await (await connection.execute("SELECT problem FROM webhook_attempt ORDER BY delivery")).fetchall()
    assert problems == [("no answer within 3 s",), (None,)]


async def test_a_receiver_that_is_not_there_or_not_allowed_is_said(connection: Connection, database: str) -> None:
    for n, url in enumerate(("http://127.0.0.1:1/", "https://10.0.0.1/", "http://localhost:1/", "http://10.0.0.1/")):
        await one_delivery(connection, url, f"w{n}")
    await deliverer(database).deliver(connection)
    query = "SELECT problem FROM webhook_attempt ORDER BY delivery"
    problems = [problem for (problem,) in await (await connection.execute(query)).fetchall()]
    assert len(problems) == 4
    assert "10.0.0.1 is not a public address" in problems[1]
    assert "10.0.0.1 is not a public address" in problems[3]


async def one_delivery(connection: Connection, url: str, name: str = "w") -> None:
    await subscribe(connection, url, ["contact.closed"], name)
    await connection.execute(
        "INSERT INTO webhook_delivery (floor, webhook, fact, kind, body, next_at) "
        "VALUES ('main', %s, '1.0', 'contact.closed', '{}', now())",
        (name,),
    )
