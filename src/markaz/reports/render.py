"""A report as a table for people, CSV for spreadsheets and JSON for programs: the same rows each time."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from markaz.reports.model import Report, Row

_CONTACTS = (
    ("offered", "contacts.offered", "count"),
    ("answered", "contacts.answered", "count"),
    ("aban-\ndoned", "contacts.abandoned", "count"),
    ("short", "contacts.abandoned_short", "count"),
    ("over-\nflow", "contacts.overflowed", "count"),
    ("voice-\nmail", "contacts.voicemail", "count"),
    ("call-\nback", "contacts.callback", "count"),
    ("other", "contacts.other", "count"),
    ("service\nlevel", "contacts.service_level", "share"),
    ("aband.\nrate", "contacts.abandonment", "share"),
    ("answer\nmean s", "contacts.wait_answered.mean", "seconds"),
    ("wait\np50 s", "contacts.wait_all.p50", "seconds"),
    ("wait\np95 s", "contacts.wait_all.p95", "seconds"),
    ("wait\nmax s", "contacts.wait_all.max", "seconds"),
)
_OTHER = ("transferred", "refused", "lost_to_fault", "open")
"""Ends that a screen has no room to tell apart."""
_WORK = (
    ("offers", "handling.offers", "count"),
    ("con-\nnected", "handling.connected", "count"),
    ("handle\nmean s", "handling.handle_mean_seconds", "seconds"),
    ("talk s", "handling.talk_seconds", "seconds"),
    ("hold s", "handling.hold_seconds", "seconds"),
    ("consult\ns", "handling.consult_seconds", "seconds"),
    ("wrap-up s", "handling.wrap_up_seconds", "seconds"),
    ("signed\nin s", "agent_time.signed_in_seconds", "seconds"),
    ("not\nready s", "agent_time.not_ready", "seconds"),
    ("occu-\npancy", "agent_time.occupancy", "share"),
)
"""Heading, where in a row, and how it is printed."""


def render_json(report: Report) -> str:
    """The report as JSON, one object; moments in UTC, seconds and shares unrounded."""
    return msgspec.json.format(msgspec.json.encode(report)).decode()


def render_csv(report: Report) -> str:
    """One line per row, every figure unrounded, nested names joined by dots; the rules are in `render_json`."""
    flat = [_flat(row, report.zone) for row in report.rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    lines = StringIO()
    writer = csv.DictWriter(lines, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return lines.getvalue()


def render_table(report: Report, *, width: int | None = None) -> str:
    """The report for a screen, rounded: contacts, then work, then the rules in words.

    `width`: characters; None: as wide as needed, about 120.
    """
    text = StringIO()
    console = Console(file=text, width=width or 160, color_system=None, highlight=False)
    heading = f"{report.interval.replace('_', ' ')}s by {report.by}, floor {report.floor}, times in {report.zone}"
    console.print(f"Contacts, {heading}", soft_wrap=True)
    console.print(_table(report, [row for row in report.rows if row.contacts is not None], _CONTACTS))
    console.print(f"Work, {heading}", soft_wrap=True)
    console.print(_table(report, report.rows, _WORK))
    other = "Other: sent to a number outside without overflow, turned away, lost to a fault, or still waiting."
    for rule in (*_centres(report), *report.rules, other):
        console.print(rule, soft_wrap=True)
    return text.getvalue()


def _centres(report: Report) -> list[str]:
    """What other centres got and answered, of each queue or project in the whole period."""
    return [
        f"Sent on from {row.key or 'all'} to centre {centre}: {figures.sent}, answered there: {figures.answered}."
        for row in report.rows
        if row.began_at is None and row.contacts is not None
        for centre, figures in row.contacts.centres.items()
    ]


def _table(report: Report, rows: Sequence[Row], columns: tuple[tuple[str, str, str], ...]) -> Table:
    table = Table(box=box.SIMPLE, padding=0)
    table.add_column("from")
    table.add_column(report.by)
    for heading, _, _ in columns:
        table.add_column(heading, justify="right")
    for row in rows:
        figures = _flat(row, report.zone)
        figures["contacts.other"] = sum(figures.get(f"contacts.{name}", 0) for name in _OTHER)
        cells = [_print(_figure(figures, name), kind) for _, name, kind in columns]
        when = _when(row.began_at, report.zone) if row.began_at else "whole period"
        table.add_row(when, row.key or "all", *cells, end_section=row.key is None)
    return table


def _when(moment: datetime, zone: str) -> str:
    """Local time, with its offset where the clock shows it twice."""
    local = moment.astimezone(ZoneInfo(zone))
    is_shown_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%Y-%m-%d %H:%M}" + (local.isoformat()[-6:] if is_shown_twice else "")


def _flat(row: Row, zone: str) -> dict[str, Any]:
    """A row with dotted names; moments as local ISO times with their offset, "" where there is no figure."""
    place = ZoneInfo(zone)
    flat: dict[str, Any] = {
        "began_at": row.began_at.astimezone(place).isoformat() if row.began_at else "",
        "ended_at": row.ended_at.astimezone(place).isoformat() if row.ended_at else "",
        "key": row.key or "",
    }
    for part in ("contacts", "handling", "agent_time"):
        if (figures := getattr(row, part)) is not None:
            _flatten(part, msgspec.to_builtins(figures), flat)
    return flat


def _flatten(name: str, value: Any, into: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{name}.{key}", inner, into)
    else:
        into[name] = "" if value is None else value


def _figure(flat: dict[str, Any], name: str) -> Any:
    if name in flat:
        return flat[name]
    parts = [value for key, value in flat.items() if key.startswith(name + ".")]
    return sum(parts) if parts else None


def _print(figure: Any, kind: str) -> str:
    if figure is None or figure == "":
        return "-"
    match kind:
        case "share":
            return f"{figure:.1%}"
        case "seconds":
            return f"{figure:,.1f}"
        case _:
            return f"{figure:,}"
