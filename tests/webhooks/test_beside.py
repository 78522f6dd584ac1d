"""What people do to requests reaches other systems: what concerns both sides, of the project, once, when asked for."""

import json
from typing import Any

import pytest

from markaz.requests import Author, Move, add, asked, escalate_overdue, lock, moved, now_of, save
from markaz.webhooks.beside import KIND_OF_ACT
from tests.webhooks.receiving import Connection, Receiver, deliverer, feed, subscribe, until_sent

CLIENT = Author("client", "dana", "Dana")
CENTRE = Author("centre", "sana", "Sana")
KINDS: list[str] = sorted(KIND_OF_ACT.values())


@pytest.fixture(autouse=True)
async def centres(connection: Connection) -> None:
    await connection.execute("INSERT INTO centre (id, name) VALUES ('c', 'A centre'), ('d', 'Another')")
    await connection.execute("INSERT INTO floor (id, centre) VALUES ('main', 'c'), ('other', 'd')")


async def ask(connection: Connection, request: str, project: str | None, *, of: str = "c", hours: int = 24) -> None:
    async with connection.transaction():
        now = await now_of(connection)
        new = asked(
            id=request, client="bank", project=project, by="client", kind="question", at=now, response_hours=hours
        )
        await add(connection, of, new, f"What about {request}?", CLIENT)


async def move(connection: Connection, request: str, act: Move, by: Author, **more: Any) -> None:
    async with connection.transaction():
        now = await now_of(connection)
        after = moved(await lock(connection, request), act, by=by.side, at=now, until=more.get("until"))
        await save(connection, after, act=act, by=by, **more)


async def told(connection: Connection, database: str, receiver: Receiver) -> list[dict[str, Any]]:
    await feed(connection, database)
    await feed(connection, database)
    await until_sent(connection, deliverer(database))
    return [json.loads(body) for _, body in receiver.got]


async def test_a_request_is_told_from_its_words_to_its_end(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await ask(connection, "before", "hotline")
    await subscribe(connection, receiver.url, KINDS)
    await ask(connection, "r", "hotline")
    await move(connection, "r", "take", CENTRE)
    await move(connection, "r", "note", CENTRE, words="Ours alone", internal_to="centre")
    await move(connection, "r", "say", CENTRE, words="We look")
    await move(connection, "r", "answer", CENTRE, words="So it is")
    await move(connection, "r", "accept", CLIENT)
    bodies = await told(connection, database, receiver)
    assert [one["kind"] for one in bodies] == [
        "request.asked", "request.commented", "request.answered", "request.accepted",
    ]  # fmt: skip
    first, _, answered, _ = bodies
    assert first["request"] == {
        "request": "r", "client": "bank", "project": "hotline", "kind": "question", "asked_by": "client",
        "asked_at": first["at"],
    }  # fmt: skip
    assert first["details"] == {"n": 1, "side": "client", "words": "What about r?", "until": None}
    assert (answered["details"]["side"], answered["details"]["words"]) == ("centre", "So it is")
    assert "Ours alone" not in json.dumps(bodies)


async def test_what_time_escalates_is_told_too(connection: Connection, database: str, receiver: Receiver) -> None:
    await subscribe(connection, receiver.url, ["request.escalated"])
    await ask(connection, "late", None, hours=0)
    await connection.commit()
    assert await escalate_overdue(connection) == 1
    (escalated,) = await told(connection, database, receiver)
    assert (escalated["request"]["request"], escalated["details"]["side"]) == ("late", None)


async def test_a_subscription_gets_its_projects_and_its_centres_requests_alone(
    connection: Connection, database: str, receiver: Receiver
) -> None:
    await subscribe(connection, receiver.url, ["request.asked"], project="hotline")
    for request, project, centre in (
        ("mine", "hotline", "c"), ("elsewhere", "other", "c"), ("of_all", None, "c"), ("foreign", "hotline", "d"),
    ):  # fmt: skip
        await ask(connection, request, project, of=centre)
    bodies = await told(connection, database, receiver)
    assert [one["request"]["request"] for one in bodies] == ["mine"]
