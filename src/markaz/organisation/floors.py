"""Whose floor it is: a floor serves one centre from the first time that one is applied to it."""

from typing import Any

import psycopg

from markaz.organisation.errors import FloorTaken

Connection = psycopg.AsyncConnection[Any]

_OF_FLOOR = "SELECT centre, provisional FROM floor WHERE id = %s FOR UPDATE"
_BIND = "INSERT INTO floor (id, centre) VALUES (%s, %s)"
_REBIND = "UPDATE floor SET centre = %s, provisional = false WHERE id = %s"
_RENAME = "UPDATE centre SET id = %s WHERE id = %s"
_IS_THERE = "SELECT 1 FROM centre WHERE id = %s"
_PROVISIONAL = """
WITH made AS (INSERT INTO centre (id, name) VALUES (%(floor)s, %(name)s) ON CONFLICT DO NOTHING RETURNING id)
INSERT INTO floor (id, centre, provisional) SELECT %(floor)s, id, true FROM made ON CONFLICT DO NOTHING
"""


async def centre_of(connection: Connection, floor: str) -> str | None:
    """The centre that a floor serves; None before one was applied to it."""
    cursor = await connection.execute("SELECT centre FROM floor WHERE id = %s", (floor,))
    found = await cursor.fetchone()
    return None if found is None else found[0]


async def floors_of(connection: Connection, centre: str) -> list[str]:
    """The floors that serve a centre."""
    cursor = await connection.execute("SELECT id FROM floor WHERE centre = %s ORDER BY id", (centre,))
    return [floor for (floor,) in await cursor.fetchall()]


async def claim(connection: Connection, floor: str, centre: str) -> None:
    """Make the floor the centre's, before the centre is stored. Raises `FloorTaken` when another one has it.

    A provisional centre, which has no more than its first administrator, becomes this one.
    """
    found = await (await connection.execute(_OF_FLOOR, (floor,))).fetchone()
    if found is None:
        return
    present, is_provisional = found
    if not is_provisional and present != centre:
        raise FloorTaken(floor, present, centre)
    if is_provisional:
        is_there = await (await connection.execute(_IS_THERE, (centre,))).fetchone() is not None
        if present != centre and not is_there:
            await connection.execute(_RENAME, (centre, present))
        elif is_there:
            await connection.execute(_REBIND, (centre, floor))
        await connection.execute("UPDATE floor SET provisional = false WHERE id = %s", (floor,))


async def bind(connection: Connection, floor: str, centre: str) -> None:
    """Note that the floor is the centre's, which is stored by now."""
    if await centre_of(connection, floor) is None:
        await connection.execute(_BIND, (floor, centre))


async def open_floor(connection: Connection, floor: str, name: str) -> None:
    """Give a floor that serves nobody yet a centre of its own, called `name`, so that somebody can set it up."""
    await connection.execute(_PROVISIONAL, {"floor": floor, "name": name})
