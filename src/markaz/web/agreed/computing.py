"""Figures computed for a page: no request holds a connection while it waits for the engine."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from markaz.identity import Principal
from markaz.reports.agreements import facts_folder
from markaz.reports.catalogue import Asked, Source
from markaz.web.context import Credential, Installation, allowed_briefly

_Found = TypeVar("_Found")

ReaderBriefly = Annotated[Principal, Depends(allowed_briefly("figures.read"))]


async def computed(
    installation: Installation, credential: Credential, asked: Asked, found: Callable[[Source, Asked], _Found]
) -> _Found:
    """What `found` makes of the facts, all of one moment, that whoever shows `credential` may see."""
    async with facts_folder(asked) as facts:
        async with installation.entered(credential, of_one_moment=True) as connection:
            await facts.export(connection)
        return await facts.compute(found)
