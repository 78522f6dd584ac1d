"""Editing entry by entry: what is kept, told and undone, alone and beside others."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import numpy as np
import psycopg
import pytest
import pytest_asyncio
from tests.organisation.test_service import by_id, known

from markaz import organisation
from markaz.demo.centre import document as bank
from markaz.organisation import Document, DocumentRefused, Edit, EntryChangedMeanwhile, Stimulus, stimuli_of
from markaz.runtime.database import connect

BANK = bank(agents=10, trunk_host="127.0.0.1", trunk_port=5066)
SEEDS = range(5)
EDITS = 25


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await connect(database) as open_connection:
        await organisation.apply(open_connection, BANK)
        yield open_connection


def drawn(chance: np.random.Generator, document: Document) -> Edit:
    """Something that an administrator may do, right or wrong."""
    section = str(chance.choice(["agents", "skills", "queues", "teams", "prompts"]))
    present = [entry.id for entry in getattr(document, section)]
    id_ = str(chance.choice([*present, "new-1", "new-2"]))
    if chance.random() < 0.25:
        return Edit(section=section, id=str(chance.choice(present)))
    name = f"Name {chance.integers(1_000)}"
    levels = {str(chance.choice(["cards", "loans", "new-1", "new-2"])): int(chance.integers(0, 12))}
    match section:
        case "agents":
            entry: dict[str, Any] = {"name": name, "skills": levels, "queues": {}}
        case "queues":
            entry = {"name": name, "project": "hotline", "skills": levels}
        case "prompts":
            entry = {"text": name}
        case _:
            entry = {"name": name}
    return Edit(section=section, id=id_, entry=entry)


@pytest.mark.parametrize("seed", SEEDS)
async def test_edits_are_told_as_they_are_and_undone_to_the_beginning(
    connection: psycopg.AsyncConnection[Any], seed: int
) -> None:
    """What a floor was told edit by edit is what a new one would be told; undoing all of it ends where it began."""
    chance = np.random.default_rng(seed)
    document = by_id(BANK)
    told: list[Stimulus] = stimuli_of(document)
    made = refused = 0
    for _ in range(EDITS):
        edit = drawn(chance, document)
        try:
            changes = await organisation.edit(connection, "demo", [edit], made_by="Ada")
        except DocumentRefused:
            assert await organisation.load(connection, "demo") == document, "what is refused changes nothing"
            refused += 1
            continue
        made += bool(changes)
        told += changes.stimuli
        after = await organisation.load(connection, "demo")
        assert after is not None
        document = after
    assert known(told) == known(stimuli_of(document))
    assert made > 5, f"seed {seed}"
    assert refused > 1, f"seed {seed}"
    assert await organisation.version(connection, "demo") == 1 + made
    for number in range(1 + made, 1, -1):
        told += (await organisation.undo(connection, "demo", number, made_by="Ada")).stimuli
    assert await organisation.load(connection, "demo") == by_id(BANK)
    assert known(told) == known(stimuli_of(BANK))


async def test_two_who_edit_at_once_both_get_their_way_or_one_is_told(database: str, connection: Any) -> None:
    async def name(agent: str, name: str) -> bool:
        entry = msgspec.to_builtins(next(one for one in BANK.agents if one.id == agent)) | {"name": name}
        async with await connect(database) as own:
            try:
                await organisation.edit(
                    own, "demo", [Edit(section="agents", id=agent, entry=entry)], made_by=name, version=1
                )  # fmt: skip
            except EntryChangedMeanwhile:
                return False
            return True

    people = [("amira", "A1"), ("amira", "A2"), ("boris", "B"), ("chau", "C")]
    done = await asyncio.gather(*(name(*one) for one in people))
    assert sum(done[:2]) == 1
    assert done[2:] == [True, True]
    document = await organisation.load(connection, "demo")
    assert document is not None
    names = {agent.id: agent.name for agent in document.agents}
    assert (names["boris"], names["chau"]) == ("B", "C")
    assert names["amira"] == ("A1" if done[0] else "A2")


async def test_the_centre_is_renamed_and_never_retired(connection: psycopg.AsyncConnection[Any]) -> None:
    moved = Edit(section="centre", id="demo", entry={"name": "New", "zone": "Asia/Tehran"})
    await organisation.edit(connection, "demo", [moved], made_by="Ada")
    document = await organisation.load(connection, "demo")
    assert document is not None
    assert document.centre == organisation.Centre(id="demo", name="New", zone="Asia/Tehran")
    bad = Edit(section="centre", id="demo", entry={"name": "New", "zone": "Mars"})
    with pytest.raises(DocumentRefused, match=r'centre\.zone: unknown time zone "Mars"'):
        await organisation.edit(connection, "demo", [bad], made_by="Ada")
    await organisation.undo(connection, "demo", 2, made_by="Ada")
    assert await organisation.load(connection, "demo") == by_id(BANK)
    with pytest.raises(organisation.EntryUnknown):
        await organisation.edit(connection, "demo", [Edit(section="centre", id="demo")], made_by="Ada")
    entry = msgspec.to_builtins(BANK.agents[0]) | {"id": "other"}
    other = Edit(section="agents", id="amira", entry=entry)
    with pytest.raises(DocumentRefused, match=r"agents\.amira\.id: an id never changes"):
        await organisation.edit(connection, "demo", [other], made_by="Ada")
