"""What is told beside the journal: recordings, which the ledger finds ready, and requests, which people move.

There is no place in a journal to go on from: whatever a subscription wants, is newer than it and has no delivery yet is
found again and again until it has one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import TupleRow, dict_row

from markaz.kit.time import instant
from markaz.requests import Act
from markaz.webhooks.facts import Fact, Kind

Connection = psycopg.AsyncConnection[TupleRow]

FACTS_MAX: Final = 200
"""Found for a subscription at once."""
DAYS_MAX: Final = 7
"""What is older is told to nobody."""
KIND_OF_ACT: Final[Mapping[Act, Kind]] = {
    "ask": "request.asked",
    "promise": "request.promised",
    "answer": "request.answered",
    "escalate": "request.escalated",
    "accept": "request.accepted",
    "reopen": "request.reopened",
    "withdraw": "request.withdrawn",
    "say": "request.commented",
}
"""Of both sides' concern; notes and who sees to a request are a side's own."""

_UNTOLD: LiteralString = """
    AND NOT EXISTS (
        SELECT FROM webhook_delivery AS d WHERE d.floor = %(floor)s AND d.webhook = %(webhook)s AND d.fact = its.fact)
"""
_READY: LiteralString = (
    """
SELECT its.fact, its.recording, its.contact, its.agent, its.queue, its.seconds, its.at FROM (
    SELECT 'recording ' || r.recording AS fact, r.recording, r.contact, r.agent, r.queue, r.seconds, r.checked_at AS at
    FROM recording AS r JOIN contact AS c ON (c.floor, c.contact) = (r.floor, r.contact)
    WHERE r.floor = %(floor)s AND r.state = 'present' AND r.checked_at > %(made_at)s
        AND r.checked_at > now() - make_interval(days => %(days)s)
        AND (%(project)s::text IS NULL OR c.project = %(project)s)
) AS its WHERE true
"""
    f"{_UNTOLD} ORDER BY its.at LIMIT %(limit)s"
)
_MOVED: LiteralString = (
    """
SELECT its.* FROM (
    SELECT 'request ' || e.request || ' ' || e.n AS fact, e.request, e.n, e.at, e.act, e.side, e.words, e.until,
        r.client, r.project, r.kind, r.asked_by, r.asked_at
    FROM request_entry AS e JOIN request AS r ON r.id = e.request JOIN floor ON floor.centre = r.centre
    WHERE floor.id = %(floor)s AND e.internal_to IS NULL AND e.act = ANY (%(acts)s) AND e.at > %(made_at)s
        AND e.at > now() - make_interval(days => %(days)s)
        AND (%(project)s::text IS NULL OR r.project = %(project)s)
) AS its WHERE true
"""
    f"{_UNTOLD} ORDER BY its.at, its.request, its.n LIMIT %(limit)s"
)


async def recordings_ready(connection: Connection, asked: Mapping[str, Any]) -> list[tuple[str, Fact]]:
    """Recordings that can be heard since `asked["made_at"]`, each fact with its name.

    `asked` has `floor`, `webhook` and its `project` (None: all) and `made_at`.
    """
    rows = await _rows(connection, _READY, asked)
    return [
        (row["fact"], Fact("recording.ready", row["contact"], instant(row["at"]), _part(row, _OF_RECORDING)))
        for row in rows
    ]


async def requests_moved(
    connection: Connection, asked: Mapping[str, Any], kinds: Sequence[str]
) -> list[dict[str, Any]]:
    """What was done to requests since `asked["made_at"]` and is of these `kinds`, as it is told."""
    acts = [act for act, kind in KIND_OF_ACT.items() if kind in kinds]
    rows = await _rows(connection, _MOVED, {**asked, "acts": acts}) if acts else []
    return [
        {
            "fact": row["fact"], "kind": KIND_OF_ACT[row["act"]], "at": row["at"], "floor": asked["floor"],
            "request": _part(row, _OF_REQUEST), "details": _part(row, _OF_ENTRY),
        }
        for row in rows
    ]  # fmt: skip


_OF_RECORDING: Final = ("recording", "agent", "queue", "seconds")
_OF_REQUEST: Final = ("request", "client", "project", "kind", "asked_by", "asked_at")
_OF_ENTRY: Final = ("n", "side", "words", "until")


def _part(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


async def _rows(connection: Connection, query: LiteralString, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, {**asked, "days": DAYS_MAX, "limit": FACTS_MAX})
        return await cursor.fetchall()
