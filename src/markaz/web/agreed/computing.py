"""Figures computed for a page: no request holds a connection while it waits for the engine, and few wait."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from markaz.identity import Principal
from markaz.reports.agreements import facts_folder
from markaz.reports.catalogue import Asked, Source
from markaz.web.context import Credential, Installation, allowed_briefly

_EXPORT_TIMEOUT = "SET LOCAL statement_timeout = '60s'"
"""Of each table: months of a large centre take longer than what pages otherwise ask for."""

_Found = TypeVar("_Found")

ReaderBriefly = Annotated[Principal, Depends(allowed_briefly("figures.read"))]


async def computed(
    installation: Installation, credential: Credential, asked: Asked, found: Callable[[Source, Asked], _Found]
) -> _Found:
    """What `found` makes of the facts, all of one moment, that whoever shows `credential` may see.

    Raises `FiguresCrowded`.
    """
    async with installation.computations.turn(), facts_folder(asked) as facts:
        async with installation.entered(credential, of_one_moment=True) as connection:
            await connection.execute(_EXPORT_TIMEOUT)
            await facts.export(connection)
        return await facts.compute(found)
