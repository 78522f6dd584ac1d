"""Facts placed in what was asked: each row with its `key`, and its `slot` or its `interval` (from 0)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import ibis

from markaz.reports.catalogue.asked import Asked
from markaz.reports.catalogue.facts import DAY_SLOTS, SLOT_US
from markaz.reports.catalogue.figure import Facts, Rows, Settled
from markaz.reports.intervals import interval_starts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def table_of(facts: Facts, asked: Asked) -> str:
    """The table that holds the rows which figures over `facts` count."""
    match facts:
        case "stays" | "days":
            return "stays" if asked.group == "queue" else "whole_stays"
        case "contacts" | "resolutions":
            return "contacts"
        case "services" | "feedback" | "agent_time":
            return facts


class Tables(Protocol):
    """Where exported facts are read."""

    def table(self, name: str) -> Rows: ...


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return round((moment - _EPOCH) / timedelta(microseconds=1))


class Placed:
    """`starts`: where the intervals begin, aware; each ends where the next begins, the last at the period's end."""

    def __init__(self, tables: Tables, asked: Asked, starts: Sequence[datetime]) -> None:
        self._tables = tables
        self._asked = asked
        self._borders = [*map(microseconds, starts), microseconds(asked.until)]

    def of(self, facts: Facts, settled: Settled) -> Rows:
        """The rows that figures over `facts` count; `placed` gives those with a `slot` their `interval`."""
        rows = self._tables.table(table_of(facts, self._asked))
        match facts:
            case "stays":
                return self._keyed(self._in_period(rows, rows.entered_us))
            case "services":
                return self._keyed(self._in_period(rows, rows.offered_us))
            case "feedback":
                return self._keyed(self._in_period(rows, rows.answered_us))
            case "contacts":
                return self._keyed(self._in_period(rows, rows.arrived_us))
            case "resolutions":
                return self._when_over(self._keyed(rows), settled["days"])
            case "days":
                return Placed(self._tables, self._asked, self._days())._by_day(rows)
            case "agent_time":
                return self._in_pieces(rows)

    def _in_period(self, rows: Rows, at: Any) -> Rows:
        return rows.filter((at >= self._borders[0]) & (at < self._borders[-1]))

    def _keyed(self, rows: Rows) -> Rows:
        if self._asked.projects:
            rows = rows.filter(rows.project.isin(self._asked.projects))
        group = self._asked.group
        return rows if group is None else rows.mutate(key=rows[group])

    def placed(self, rows: Rows) -> Rows:
        """With the interval in which the row's quarter hour lies; all is one interval where there is one."""
        if "interval" in rows.columns or "slot" not in rows.columns:
            return rows
        if len(self._borders) == 2:
            return rows.mutate(interval=ibis.literal(0, type="int64"))
        slots = ibis.memtable([{"its_slot": at, "interval": n} for at, n in self._slots()], schema={
            "its_slot": "int64", "interval": "int64"})  # fmt: skip
        return rows.inner_join(slots, rows.slot == slots.its_slot)

    def _slots(self) -> list[tuple[int, int]]:
        found: dict[int, int] = {}
        for n, (began, ended) in enumerate(zip(self._borders, self._borders[1:], strict=False)):
            for slot in range(began // SLOT_US, (ended - 1) // SLOT_US + 1):
                found.setdefault(slot, n)
        return list(found.items())

    def _when_over(self, contacts: Rows, days: int) -> Rows:
        """Contacts in the interval in which their window of so many days ends."""
        over_us = contacts.arrived_us + days * DAY_SLOTS * SLOT_US
        contacts = contacts.mutate(over_us=over_us, slot=contacts.slot + days * DAY_SLOTS)
        return self._in_period(contacts, contacts.over_us)

    def _in_pieces(self, spans: Rows) -> Rows:
        """Agents' time, each span cut at the intervals' borders; `us` is what of it lies in the interval."""
        if self._asked.group == "agent":
            spans = spans.mutate(key=spans.agent)
        pieces = [
            {"interval": n, "from_us": began, "to_us": ended}
            for n, (began, ended) in enumerate(zip(self._borders, self._borders[1:], strict=False))
        ]
        borders = ibis.memtable(pieces, schema={"interval": "int64", "from_us": "int64", "to_us": "int64"})
        cut = spans.inner_join(borders, (spans.began_us < borders.to_us) & (spans.ended_us > borders.from_us))
        cut = cut.mutate(ends=ibis.least(cut.ended_us, cut.to_us), begins=ibis.greatest(cut.began_us, cut.from_us))
        return cut.mutate(us=cut.ends - cut.begins)

    def _days(self) -> list[datetime]:
        """Where days begin, however finely the report is asked for."""
        asked = self._asked
        return interval_starts(asked.since, asked.until, zone=asked.zone, kind="day")

    def _by_day(self, stays: Rows) -> Rows:
        """What was offered each day, days without anything included, and the day `before` (None for the first)."""
        stays = self.placed(self._keyed(self._in_period(stays, stays.entered_us)))
        by: list[Any] = ["interval"] if self._asked.group is None else ["interval", "key"]
        counted = stays.group_by(by).agg(offered=stays.count())
        days = ibis.memtable([{"day": n} for n in range(len(self._borders) - 1)], schema={"day": "int64"})
        if self._asked.group is None:
            joined = days.left_join(counted, days.day == counted.interval).select("day", "offered")
            window = ibis.window(order_by="day")
        else:
            every = days.cross_join(counted.select("key").distinct())
            there = counted.rename(its_key="key")
            joined = every.left_join(there, (every.day == there.interval) & (every.key == there.its_key))
            joined = joined.select("day", "key", "offered")
            window = ibis.window(group_by="key", order_by="day")
        filled = joined.mutate(offered=ibis.coalesce(joined.offered, 0))
        return filled.mutate(before=filled.offered.lag(1).over(window))
