"""Tells a floor what became different in its organisation, as part of the transaction that changed it."""

from typing import Any

import psycopg

from markaz import organisation
from markaz.runtime.inbox import Message, OrganisationChanged, StimulusSent, send

_KNOWS = "SELECT floor_knows_organisation(%s)"


async def tell_changes(
    connection: psycopg.AsyncConnection[Any], floor: str, centre: str, changes: organisation.Changes
) -> int:
    """How many messages that took. A floor that was never told of a queue is a new one, and is told of everything.

    Prompts and trunks come first, so that a number is known only when what it says can be played.
    """
    knows = await (await connection.execute(_KNOWS, (floor,))).fetchone()
    is_new = knows is None or not knows[0]
    stimuli = await organisation.stimuli(connection, centre=centre) if is_new else changes.stimuli
    messages: list[Message] = [OrganisationChanged()] if is_new or changes.telephony else []
    messages += [StimulusSent(stimulus) for stimulus in stimuli]
    if messages:
        await send(connection, floor, *messages)
    return len(messages)
