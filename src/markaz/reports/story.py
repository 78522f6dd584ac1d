"""The whole story of a contact: what the floor was told, decided and did, and what the read models kept of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from markaz import imports
from markaz.kit.time import Instant, moment
from markaz.reports.errors import UnknownContact
from markaz.reports.wording import Kind, answered, told

_JOURNAL: LiteralString = """
SELECT journal.number, journal.at, journal.stimulus::text AS stimulus, journal.outputs::text AS outputs
FROM journal_contact JOIN journal USING (floor, number)
WHERE journal_contact.floor = %(floor)s AND journal_contact.contact = %(contact)s
ORDER BY journal.number
"""
_IMPORTED: LiteralString = """
SELECT record, (SELECT json_object_agg(n, name) FROM imported_file WHERE floor = %(floor)s) AS files
FROM imported_contact WHERE floor = %(floor)s AND contact = %(contact)s
"""
_CONTACT: LiteralString = """
SELECT contact, channel, project, number, customer, state, queue, arrived_at, queued_at, answered_at, closed_at,
    outcome, reason, callback_promised, agents, follows, promised_in
FROM contact WHERE floor = %(floor)s AND contact = %(contact)s
"""
_SEGMENTS: LiteralString = """
SELECT n, state, queue, agent, began_at, ended_at, reason FROM contact_segment
WHERE floor = %(floor)s AND contact = %(contact)s ORDER BY n
"""
_VISITS: LiteralString = """
SELECT n, queue, entered_at, left_at, ended, agent, wait_seconds FROM queue_visit
WHERE floor = %(floor)s AND contact = %(contact)s ORDER BY n
"""
_ENGAGEMENTS: LiteralString = """
SELECT offer, agent, queue, offered_at, placed_at, accepted_at, connected_at, wrap_up_at, ended_at, hold_seconds,
    state, part, consult_seconds, supervise_seconds, reason, disposition
FROM engagement WHERE floor = %(floor)s AND contact = %(contact)s ORDER BY offered_at, offer
"""
_RECORDINGS: LiteralString = """
SELECT recording, agent, queue, path, expected_at, ended_at, state, seconds, level_dbfs_customer, level_dbfs_agent,
    problem, (
        SELECT sum(extract(epoch FROM coalesce(pause.ended_at, recording.ended_at) - pause.began_at))::float8
        FROM recording_pause AS pause WHERE (pause.floor, pause.recording) = (recording.floor, recording.recording)
    ) AS paused_seconds
FROM recording WHERE floor = %(floor)s AND contact = %(contact)s ORDER BY expected_at, recording
"""


_LETTING_GO = frozenset({"EndContact", "PromiseCallback", "RefuseNumber"})
"""After these the end of the customer's call is our doing."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: `number` is the journal's, `entry` the journal's own words for it.

    Of an imported contact both are the log's: the number of the line, and the line.
    """

    at: datetime
    number: int
    kind: Kind
    text: str
    entry: dict[str, Any]


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Everything kept about a contact. Read models may be a moment behind the journal; `facts` is then None."""

    floor: str
    contact: str
    facts: dict[str, Any] | None
    moments: tuple[Moment, ...]
    segments: tuple[dict[str, Any], ...]
    queue_visits: tuple[dict[str, Any], ...]
    engagements: tuple[dict[str, Any], ...]
    recordings: tuple[dict[str, Any], ...]


async def story(connection: AsyncConnection[Any], *, floor: str, contact: str) -> Story:
    """The story of `contact`, in the order of the journal, or of the log it was imported from.

    Raises `UnknownContact`.
    """

    async def ask(query: LiteralString) -> tuple[dict[str, Any], ...]:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, {"floor": floor, "contact": contact})
            return tuple(await cursor.fetchall())

    rows = await ask(_JOURNAL)
    facts = await ask(_CONTACT)
    if not rows and not facts:
        raise UnknownContact(floor, contact)
    return Story(
        floor=floor,
        contact=contact,
        facts=facts[0] if facts else None,
        moments=tuple(_moments(rows, contact)) if rows else tuple(_imported(await ask(_IMPORTED))),
        segments=await ask(_SEGMENTS),
        queue_visits=await ask(_VISITS),
        engagements=await ask(_ENGAGEMENTS),
        recordings=await ask(_RECORDINGS),
    )


def _moments(rows: Iterable[dict[str, Any]], contact: str) -> Iterator[Moment]:
    is_let_go = False
    for row in rows:
        number = row["number"]
        at: Instant = row["at"]
        stimulus = msgspec.json.decode(row["stimulus"])
        text = told(stimulus, is_let_go=is_let_go)
        yield Moment(at=moment(at), number=number, kind="told", text=text, entry=stimulus)
        for output in msgspec.json.decode(row["outputs"]):
            if _concerns(output, contact):
                kind, text = answered(output, contact)
                yield Moment(at=moment(at), number=number, kind=kind, text=text, entry=output)
                is_let_go = output["type"] in _LETTING_GO or (is_let_go and output["type"] != "DialCustomer")


def _imported(rows: Iterable[dict[str, Any]]) -> Iterator[Moment]:
    """What the lines of an imported contact tell; each names the file and line it stands in."""
    for row in rows:
        for line in imports.told(row["record"]):
            entry = {"type": "LogLine", "file": row["files"].get(str(line.file)), "line": line.line, "text": line.text}
            yield Moment(at=moment(line.at), number=line.line, kind="told", text=line.words, entry=entry)


def _concerns(output: dict[str, Any], contact: str) -> bool:
    """Whether an output is about the contact, or a decision that passed it over."""
    if contact in (output.get("contact"), output.get("subject"), output.get("lost")):
        return True
    return output["type"] == "Decided" and any(lane[1] == contact for lane in output.get("lanes", ()))
