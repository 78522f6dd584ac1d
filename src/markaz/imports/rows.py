"""Finished calls and activities as the text that PostgreSQL's COPY takes: building it by hand is half the import."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from markaz.imports.agents import Activity
from markaz.imports.calls import Call
from markaz.kit.time import SECOND, Instant

COLUMNS: dict[str, tuple[str, ...]] = {
    "contact": (
        "floor", "contact", "channel", "project", "number", "customer", "state", "queue", "arrived_at", "queued_at",
        "answered_at", "closed_at", "outcome", "reason", "agents",
    ),
    "contact_segment": ("floor", "contact", "n", "state", "queue", "agent", "began_at", "ended_at", "reason"),
    "queue_visit": ("floor", "contact", "n", "queue", "entered_at", "left_at", "ended", "agent", "wait_seconds"),
    "engagement": (
        "floor", "offer", "contact", "agent", "queue", "offered_at", "placed_at", "accepted_at", "connected_at",
        "wrap_up_at", "ended_at", "lead_seconds", "lead_began_at", "state", "reason",
    ),
    "imported_contact": ("floor", "contact", "record"),
    "agent_activity": ("floor", "agent", "n", "presence", "reason", "began_at", "ended_at"),
}  # fmt: skip
"""The tables of an import and what it fills of each, in the order of the rows below."""

Rows = dict[str, list[str]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def rows_of(calls: Iterable[Call], activities: Iterable[Activity], *, floor: str, project: str) -> Rows:
    """Lines for COPY by table."""
    rows: Rows = {table: [] for table in COLUMNS}
    place, work = _text(floor), _text(project)
    for call in calls:
        _add(rows, call, place, work)
    activity_rows = rows["agent_activity"]
    for a in activities:
        activity_rows.append(
            f"{place}\t{_text(a.agent)}\t{a.n}\t{a.presence}\t{_text(a.reason)}\t{_at(a.began_at)}\t{_at(a.ended_at)}\n"
        )
    return rows


def _add(rows: Rows, call: Call, floor: str, project: str) -> None:
    name = _free(call.contact)
    key = f"{floor}\t{name}"
    rows["contact"].append(
        f"{key}\tvoice\t{project}\t{_free(call.number)}\t{_free(call.customer)}\t{call.state}\t{_text(call.queue)}\t"
        f"{_at(call.arrived_at)}\t{_at(call.queued_at)}\t{_at(call.answered_at)}\t{_at(call.closed_at)}\t"
        f"{_text(call.outcome)}\t{_free(call.reason)}\t{_array(call.agents)}\n"
    )
    segments = rows["contact_segment"]
    for n, s in enumerate(call.segments, 1):
        segments.append(
            f"{key}\t{n}\t{s.state}\t{_text(s.queue)}\t{_text(s.agent)}\t{_at(s.began_at)}\t{_at(s.ended_at)}\t"
            f"{_free(s.reason)}\n"
        )
    visits = rows["queue_visit"]
    for n, v in enumerate(call.visits, 1):
        wait = "\\N" if v.wait_seconds is None else v.wait_seconds
        visits.append(
            f"{key}\t{n}\t{_text(v.queue)}\t{_at(v.entered_at)}\t{_at(v.left_at)}\t{_text(v.ended)}\t{_text(v.agent)}\t"
            f"{wait}\n"
        )
    offers = rows["engagement"]
    for n, o in enumerate(call.offers, 1):
        offered, connected, ended = _at(o.offered_at), _at(o.connected_at), _at(o.ended_at)
        # The log knows no wrap-up: the conversation's end is the engagement's.
        wrap_up = ended if o.connected_at is not None else "\\N"
        leads = o.connected_at is not None and o.ended_at is not None
        lead_seconds = ((o.ended_at or 0) - (o.connected_at or 0)) / SECOND if leads else 0.0
        lead_began = connected if o.ended_at is None else "\\N"
        state = "ended" if o.ended_at is not None else "in_conversation"
        offers.append(
            f"{floor}\t{name}.{n}\t{name}\t{_text(o.agent)}\t{_text(o.queue)}\t{offered}\t{offered}\t{connected}\t"
            f"{connected}\t{wrap_up}\t{ended}\t{lead_seconds}\t{lead_began}\t{state}\t{_text(o.reason)}\n"
        )
    record = "\\n".join(map(_free, call.record))
    rows["imported_contact"].append(f"{key}\t{record}\n")


def _free(text: str | None) -> str:
    """Text that is seldom twice the same."""
    if text is None:
        return "\\N"
    return text.translate(_ESCAPES) if not text.isprintable() or "\\" in text else text


_text = lru_cache(maxsize=4_096)(_free)
"""Names, which are few and come again and again."""


def _array(names: list[str]) -> str:
    quoted = ",".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return _text("{" + quoted + "}")


@lru_cache(maxsize=65_536)
def _at(at: Instant | None) -> str:
    return "\\N" if at is None else (_EPOCH + timedelta(microseconds=at)).isoformat(" ")
