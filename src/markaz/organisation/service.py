"""Keeps organisations in the database: applies documents, and tells what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from markaz.kit.problems import Problem
from markaz.organisation import history, tables
from markaz.organisation.change import Changes, Stimulus, changes_between, entries_by_id, stimuli_of
from markaz.organisation.errors import DocumentRefused
from markaz.organisation.floors import bind, claim
from markaz.organisation.model import SECTIONS, AnyEntry, Centre, Document, Prompt, Trunk

Connection = psycopg.AsyncConnection[Any]

_TABLES = {section: tables.metadata.tables[section.removesuffix("s")] for section in SECTIONS}
_KEPT_APART = ("centre", "id", "rules", "retired_at")
_RELATIONS = {
    section: tuple(column.name for column in table.columns if column.name not in _KEPT_APART)
    for section, table in _TABLES.items()
}
"""Columns beside the document, which lead to other rows or are read without it."""

_ADD_CENTRE = "INSERT INTO centre (id, name, zone) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"
_LOCK_CENTRE = "SELECT FROM centre WHERE id = %s FOR UPDATE"
_EDIT_CENTRE = "UPDATE centre SET name = %(name)s, zone = %(zone)s WHERE id = %(id)s"
_OPEN_CENTRE = "UPDATE centre SET retired_at = NULL WHERE id = %s AND retired_at IS NOT NULL"
_ELSEWHERE = "SELECT numbers_elsewhere(%s, %s)"

_SOUNDS = "SELECT id FROM sound WHERE centre = %s AND id = ANY (%s)"
_PUBLISH = """
INSERT INTO script_version (centre, script, version, rules)
SELECT %(centre)s, %(id)s, coalesce(max(version), 0) + 1, %(rules)s
FROM script_version WHERE centre = %(centre)s AND script = %(id)s
"""
"""Called with what is new or different alone."""


async def apply(
    connection: Connection,
    document: Document,
    *,
    floor: str | None = None,
    made_by: str = history.BY_APPLY,
    dry_run: bool = False,
) -> Changes:
    """Make the centre in the database what `document` says, in one transaction; with `dry_run` only tell.

    With `floor`, that floor serves the centre from now on. What the document no longer has is retired. The result's
    `stimuli` are for the centre's running floor: send them within the caller's transaction. Raises `DocumentRefused`
    when a number rings in another centre, `FloorTaken` when the floor serves another.
    """
    centre = document.centre
    async with connection.transaction(force_rollback=dry_run):
        if floor is not None:
            await claim(connection, floor, centre.id)
        added = await connection.execute(_ADD_CENTRE, (centre.id, centre.name, centre.zone))
        await lock(connection, centre.id)
        before = await load(connection, centre.id) if added.rowcount == 0 else None
        changes = await write(connection, before, document, made_by=made_by, how="apply")
        await connection.execute(_OPEN_CENTRE, (centre.id,))
        if floor is not None:
            await bind(connection, floor, centre.id)
    return changes


async def lock(connection: Connection, centre: str) -> None:
    """Let changes of one centre be made one after the other, each seeing what the last did."""
    await connection.execute(_LOCK_CENTRE, (centre,))


async def write(
    connection: Connection,
    before: Document | None,
    document: Document,
    *,
    made_by: str,
    how: history.How,
    undoes: int | None = None,
) -> Changes:
    """Store what is different in `document`, which has been checked, and keep the change in the history.

    The caller holds the centre's lock. Raises `DocumentRefused` for what only the database knows.
    """
    centre = document.centre
    await _refuse_taken_numbers(connection, document)
    await _refuse_unknown_sounds(connection, document)
    if before is not None and before.centre != centre:
        await connection.execute(_EDIT_CENTRE, msgspec.structs.asdict(centre))
    changes = changes_between(before, document)
    for section in SECTIONS:
        await _store(connection, section, document, before)
    if not changes:
        return replace(changes, version=await history.version(connection, centre.id))
    edits = history.differences(before, document)
    number = await history.record(connection, centre.id, edits, made_by=made_by, how=how, undoes=undoes)
    return replace(changes, version=number)


async def retire(connection: Connection, centre: str) -> None:
    """Retire a whole centre: no floor is told of it any more; the past keeps its names. An unknown one is no matter."""
    await connection.execute("UPDATE centre SET retired_at = now() WHERE id = %s AND retired_at IS NULL", (centre,))


async def load(connection: Connection, centre: str) -> Document | None:
    """The organisation of `centre` as it is kept; None when there is no such centre."""
    found = await _centres(connection, centre)
    if not found:
        return None
    parts: dict[str, tuple[AnyEntry, ...]] = {}
    for section in SECTIONS:
        parts[section] = await entries(connection, section, centre=centre)
    return Document(centre=found[0], **parts)  # pyright: ignore[reportArgumentType]  SECTIONS says which is which


async def stimuli(connection: Connection, *, centre: str | None = None) -> list[Stimulus]:
    """All that a new floor of `centre` (None: of every centre) must be told, always in the same order."""
    told: list[Stimulus] = []
    for one in await _centres(connection, centre):
        document = await load(connection, one.id)
        assert document is not None
        told += stimuli_of(document)
    return told


async def prompts(connection: Connection, *, centre: str | None = None) -> list[Prompt]:
    """What customers may hear, by id."""
    return [prompt for prompt in await entries(connection, "prompts", centre=centre) if isinstance(prompt, Prompt)]


async def trunks(connection: Connection, *, centre: str | None = None) -> list[Trunk]:
    """Where calls come from and go to, by id."""
    return [trunk for trunk in await entries(connection, "trunks", centre=centre) if isinstance(trunk, Trunk)]


async def _centres(connection: Connection, centre: str | None) -> list[Centre]:
    cursor = await connection.execute(
        "SELECT id, name, zone FROM centre WHERE retired_at IS NULL AND (%(id)s::text IS NULL OR id = %(id)s)"
        " ORDER BY id",
        {"id": centre},
    )
    return [Centre(id=id_, name=name, zone=zone) for id_, name, zone in await cursor.fetchall()]


async def entries(connection: Connection, section: str, *, centre: str | None) -> tuple[AnyEntry, ...]:
    """The entries of a section, by id."""
    statement = sql.SQL(
        "SELECT rules::text FROM {table} WHERE retired_at IS NULL AND (%(centre)s::text IS NULL OR centre = %(centre)s)"
        " AND centre IN (SELECT id FROM centre WHERE retired_at IS NULL)"
        ' ORDER BY centre, id COLLATE "C"'
    ).format(table=sql.Identifier(_TABLES[section].name))
    cursor = await connection.execute(statement, {"centre": centre})
    decoder = msgspec.json.Decoder(SECTIONS[section])
    return tuple(decoder.decode(rules) for (rules,) in await cursor.fetchall())


async def _refuse_unknown_sounds(connection: Connection, document: Document) -> None:
    wanted = {prompt.id: prompt.sound for prompt in document.prompts if prompt.sound is not None}
    if not wanted:
        return
    cursor = await connection.execute(_SOUNDS, (document.centre.id, list(wanted.values())))
    known = {sound for (sound,) in await cursor.fetchall()}
    unknown = [
        Problem(f"prompts.{prompt}.sound", "it was never uploaded here")
        for prompt, sound in wanted.items()
        if sound not in known
    ]
    if unknown:
        raise DocumentRefused(tuple(unknown))


async def _refuse_taken_numbers(connection: Connection, document: Document) -> None:
    places = {number.id: f"numbers[{n}].number" for n, number in enumerate(document.numbers)}
    cursor = await connection.execute(_ELSEWHERE, (document.centre.id, list(places)))
    taken = [
        Problem(places[number], f"{number} rings in another centre already") for (number,) in await cursor.fetchall()
    ]
    if taken:
        raise DocumentRefused(tuple(taken))


async def _store(connection: Connection, section: str, document: Document, before: Document | None) -> None:
    """Write what is new or different in a section, and retire what is gone from it."""
    old, new = entries_by_id(before, section), entries_by_id(document, section)
    rows = [_row(section, document.centre.id, entry) for key, entry in new.items() if old.get(key) != entry]
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(_upsert(section), rows)
            if section == "scripts":
                await cursor.executemany(_PUBLISH, rows)
    gone = sorted(old.keys() - new.keys())
    if gone:
        retire = sql.SQL("UPDATE {table} SET retired_at = now() WHERE centre = %s AND id = ANY (%s)")
        table = sql.Identifier(_TABLES[section].name)
        await connection.execute(retire.format(table=table), (document.centre.id, gone))


def _row(section: str, centre: str, entry: AnyEntry) -> Mapping[str, str | None]:
    relations = {column: getattr(entry, column) for column in _RELATIONS[section]}
    return {"centre": centre, "id": entry.id, "rules": msgspec.json.encode(entry).decode(), **relations}


def _upsert(section: str) -> sql.Composed:
    columns: Sequence[str] = ("centre", "id", "rules", *_RELATIONS[section])
    return sql.SQL(
        "INSERT INTO {table} ({columns}) VALUES ({values})"
        " ON CONFLICT (centre, id) DO UPDATE SET {changes}, retired_at = NULL"
    ).format(
        table=sql.Identifier(_TABLES[section].name),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(map(sql.Placeholder, columns)),
        changes=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in columns[2:]
        ),
    )
