"""Messages reach the floor once each, whatever fails in between."""

import asyncio

from markaz.kit.clock import WallClock
from markaz.kit.time import SECOND
from markaz.routing import AgentSignedIn
from markaz.runtime.database import connect
from markaz.runtime.inbox import PhoneChanged, StimulusSent, receive, send


async def test_a_message_that_cannot_be_read_is_kept_with_its_problem_and_stops_nothing(database: str) -> None:
    async with await connect(database) as connection:
        await connection.execute("""INSERT INTO inbox (floor, message) VALUES ('main', '{"type": "nonsense"}')""")
        await send(connection, "main", StimulusSent(AgentSignedIn("anna")))
        async with asyncio.timeout(10):
            async for _, message in receive(database, "main", set()):
                assert message == StimulusSent(AgentSignedIn("anna"))
                break
        cursor = await connection.execute("SELECT message ->> 'type' FROM inbox WHERE problem IS NOT NULL")
        assert await cursor.fetchall() == [("nonsense",)]


async def test_a_message_that_was_not_taken_comes_again(database: str) -> None:
    async with await connect(database) as connection:
        await send(connection, "main", PhoneChanged("anna"), PhoneChanged("boris"))
    seen, told = set[int](), list[str]()
    async with asyncio.timeout(10):
        async for number, message in receive(database, "main", seen, every_seconds=0.05):
            assert isinstance(message, PhoneChanged)
            told.append(message.agent)
            if len(told) > 1:  # the first is not taken at first
                seen.add(number)
            if len(told) == 3:
                break
    assert told == ["anna", "boris", "anna"]


def test_a_clock_behind_the_journal_goes_on_from_its_last_stamp() -> None:
    clock = WallClock()
    ahead = clock() + 3_600 * SECOND
    clock.not_before(ahead)
    first, second = clock(), clock()
    assert ahead <= first <= second < ahead + 60 * SECOND
    clock.not_before(0)
    assert clock() >= second
