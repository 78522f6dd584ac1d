"""Organisations in a real PostgreSQL: applied whole, retired, told to the floor."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio

from markaz import organisation
from markaz.demo.centre import document as bank
from markaz.flows import FlowNoted, NumberRetired
from markaz.organisation import Document, DocumentRefused, Stimulus, changes_between, stimuli_between, stimuli_of
from markaz.routing import AgentConfigured, AgentRetired, Noted, QueueConfigured
from markaz.runtime.core import Core
from markaz.runtime.database import connect

BANK = bank(agents=10, trunk_host="127.0.0.1", trunk_port=5066)


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await connect(database) as open_connection:
        yield open_connection


def smaller(document: Document) -> Document:
    """Without the last agent and the number, with one queue changed."""
    queues = [msgspec.structs.replace(document.queues[0], ring_seconds=11), *document.queues[1:]]
    return msgspec.structs.replace(document, agents=document.agents[:-1], numbers=(), queues=tuple(queues))


def by_id(document: Document) -> Document:
    """The document with its sections in the order in which the database tells them."""
    sections = {
        field: tuple(sorted(getattr(document, field), key=lambda entry: entry.id))
        for field in document.__struct_fields__
        if field != "centre"
    }
    return msgspec.structs.replace(document, **sections)


async def test_what_is_applied_is_what_is_kept(connection: psycopg.AsyncConnection[Any]) -> None:
    changes = await organisation.apply(connection, BANK)
    assert len(changes.added) == 1 + sum(len(getattr(BANK, field)) for field in BANK.__struct_fields__[1:])
    assert changes.telephony
    assert list(changes.stimuli) == stimuli_of(BANK)
    assert await organisation.load(connection, "demo") == by_id(BANK)
    assert await organisation.stimuli(connection) == stimuli_of(BANK)
    assert [prompt.id for prompt in await organisation.prompts(connection)] == sorted(p.id for p in BANK.prompts)
    assert await organisation.trunks(connection) == list(BANK.trunks)


async def test_applying_twice_changes_nothing(connection: psycopg.AsyncConnection[Any]) -> None:
    await organisation.apply(connection, BANK)
    again = await organisation.apply(connection, BANK)
    assert not again
    assert again.stimuli == ()
    assert not again.telephony


async def test_what_is_gone_is_retired_and_may_come_back(connection: psycopg.AsyncConnection[Any]) -> None:
    await organisation.apply(connection, BANK)
    changes = await organisation.apply(connection, smaller(BANK))
    assert changes.added == ()
    assert changes.changed == ("queues.cards",)
    assert changes.retired == ("agents.boris-2", "numbers.+18005550100")
    assert [type(stimulus) for stimulus in changes.stimuli] == [QueueConfigured, NumberRetired, AgentRetired]
    assert await organisation.load(connection, "demo") == by_id(smaller(BANK))
    cursor = await connection.execute("SELECT retired_at IS NOT NULL FROM agent WHERE id = 'boris-2'")
    assert await cursor.fetchall() == [(True,)]
    back = await organisation.apply(connection, BANK)
    assert back.added == ("agents.boris-2", "numbers.+18005550100")
    assert await organisation.load(connection, "demo") == by_id(BANK)


async def test_a_dry_run_tells_and_leaves_no_trace(connection: psycopg.AsyncConnection[Any]) -> None:
    dry = await organisation.apply(connection, BANK, dry_run=True)
    assert dry == changes_between(None, BANK)
    assert await organisation.load(connection, "demo") is None
    assert await organisation.stimuli(connection) == []


async def test_a_number_rings_in_one_centre_only(connection: psycopg.AsyncConnection[Any]) -> None:
    await organisation.apply(connection, BANK)
    other = msgspec.structs.replace(BANK, centre=organisation.Centre(id="other", name="Other"))
    with pytest.raises(DocumentRefused, match=r"numbers\[0\].number: \+18005550100 rings in another centre already"):
        await organisation.apply(connection, other)
    assert await organisation.load(connection, "other") is None
    await organisation.apply(connection, smaller(BANK))
    await organisation.apply(connection, other)
    assert await organisation.stimuli(connection, centre="other") == stimuli_of(other)


async def test_documents_of_one_centre_are_applied_one_after_the_other(database: str) -> None:
    documents = [BANK, smaller(BANK), BANK, smaller(BANK)]

    async def apply(document: Document) -> None:
        async with await connect(database) as own:
            await organisation.apply(own, document)

    await asyncio.gather(*map(apply, documents))
    async with await connect(database) as connection:
        assert await organisation.load(connection, "demo") in (by_id(BANK), by_id(smaller(BANK)))


async def test_a_centre_is_renamed(connection: psycopg.AsyncConnection[Any]) -> None:
    await organisation.apply(connection, BANK)
    renamed = msgspec.structs.replace(BANK, centre=organisation.Centre(id="demo", name="Renamed"))
    assert (await organisation.apply(connection, renamed)).changed == ("centre.demo",)
    assert await organisation.load(connection, "demo") == by_id(renamed)


async def test_a_failure_half_way_applies_nothing(connection: psycopg.AsyncConnection[Any]) -> None:
    await organisation.apply(connection, BANK)
    await connection.execute("ALTER TABLE trunk ADD CONSTRAINT full_house CHECK (id = 'customers')")
    trunk = organisation.Trunk(id="second", host="10.0.0.1")
    with pytest.raises(psycopg.errors.CheckViolation):
        await organisation.apply(connection, msgspec.structs.replace(smaller(BANK), trunks=(*BANK.trunks, trunk)))
    assert await organisation.load(connection, "demo") == by_id(BANK)


def test_a_floor_told_the_difference_knows_the_same() -> None:
    documents = [BANK, smaller(BANK), bank(agents=3, trunk_host="127.0.0.1", trunk_port=1)]
    for before in documents:
        for after in documents:
            told = [*stimuli_of(before), *stimuli_between(before, after)]
            assert known(told) == known(stimuli_of(after))
            assert stimuli_between(before, after) != [] or before == after


def known(told: list[Stimulus]) -> dict[str, bytes]:
    """What remains in force of configuration stimuli: subject -> its configuration."""
    remaining: dict[str, bytes] = {}
    for stimulus in told:
        name = type(stimulus).__name__.removesuffix("Configured").removesuffix("Retired")
        subject = next(iter(msgspec.structs.asdict(stimulus).values()))
        key = f"{name} {getattr(subject, 'id', subject)}"
        if type(stimulus).__name__.endswith("Retired"):
            del remaining[key]
        else:
            remaining[key] = msgspec.json.encode(stimulus)
    return remaining


def test_the_floor_takes_the_whole_configuration_without_a_word() -> None:
    core = Core()
    outputs = [output for stimulus in stimuli_of(BANK) for output in core.handle(0, stimulus)]
    assert [output for output in outputs if isinstance(output, Noted | FlowNoted)] == []
    assert sum(isinstance(stimulus, AgentConfigured) for stimulus in stimuli_of(BANK)) == 10


async def test_a_retired_centre_is_told_to_no_floor_and_comes_back_when_applied(
    connection: psycopg.AsyncConnection[Any],
) -> None:
    await organisation.apply(connection, BANK)
    await organisation.retire(connection, "demo")
    assert await organisation.stimuli(connection) == []
    assert await organisation.prompts(connection) == []
    assert await organisation.trunks(connection) == []
    await organisation.apply(connection, BANK)
    assert await organisation.stimuli(connection) == stimuli_of(BANK)
