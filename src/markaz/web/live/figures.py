"""Figures of queues as they go: today's, and those of the last quarter of an hour.

Pure: a fold over queue visits and moments. A visit counts in the minute in which its contact entered the queue, as in
reports, and so today ends with midnight in the centre's zone and the quarter of an hour moves on with the minute, also
when nothing happens. What came to one minute is kept apart from what is told, so that each row costs the same however
many queues there are.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from itertools import takewhile
from zoneinfo import ZoneInfo

import msgspec

from markaz.kit.time import SECOND, Instant, instant, moment
from markaz.reports import ServiceLevel
from markaz.runtime import Said, Visit, Visits
from markaz.web.live.values import LiveFigures

MINUTE: Instant = 60 * SECOND
RECENT_MINUTES = 15
KEPT_MINUTES = 25 * 60
"""The longest day, when a zone turns its clocks back."""
SHORT_ABANDON: Instant = round(ServiceLevel().short_abandon_seconds * SECOND)


class Counts(msgspec.Struct):
    """Sums of visits; times in microseconds, which add up the same in any order."""

    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    waited: Instant = 0

    def add(self, minute: "Minute", target: Instant, sign: int = 1) -> None:
        self.offered += sign * minute.offered
        self.answered += sign * len(minute.waits)
        self.answered_in_time += sign * sum(wait <= target for wait in minute.waits)
        self.abandoned += sign * minute.abandoned
        self.waited += sign * sum(minute.waits)

    def figures(self) -> LiveFigures:
        return LiveFigures(
            offered=self.offered,
            answered=self.answered,
            answered_in_time=self.answered_in_time,
            abandoned=self.abandoned,
            service_level=self.answered_in_time / self.offered if self.offered else None,
            answer_mean_seconds=self.waited / SECOND / self.answered if self.answered else None,
        )


class Minute(msgspec.Struct):
    """Who entered a queue in a minute; `waits` of those who were answered."""

    offered: int = 0
    abandoned: int = 0
    waits: list[Instant] = []


class QueueFigures:
    """One queue's minutes and their sums."""

    __slots__ = ("_target", "day", "minutes", "recent")

    def __init__(self) -> None:
        self.minutes: dict[int, Minute] = {}
        self.day = Counts()
        self.recent = Counts()
        self._target: Instant = 0

    def count(self, visit: Visit, day_from: int, recent_from: int) -> None:
        """Add a visit that began, or the end of one that was added."""
        number = visit.entered_at // MINUTE
        more = Minute()
        if visit.ended is None:
            more.offered = 1
        elif visit.ended == "answered":
            more.waits = [_waited(visit)]
        elif visit.ended == "abandoned":
            more.abandoned = int(_waited(visit) > SHORT_ABANDON)
        kept = self.minutes.setdefault(number, Minute())
        kept.offered += more.offered
        kept.abandoned += more.abandoned
        kept.waits += more.waits
        if number >= day_from:
            self.day.add(more, self._target)
        if number >= recent_from:
            self.recent.add(more, self._target)

    def leave_minutes(self, before: int, now: int) -> bool:
        """Let the minutes from `before` up to `now` count as recent no more; whether one of them did."""
        gone = [self.minutes[one] for one in range(before, now) if one in self.minutes]
        for minute in gone:
            self.recent.add(minute, self._target, sign=-1)
        return bool(gone)

    def forget(self, before: int) -> None:
        for number in list(takewhile(lambda one: one < before, self.minutes)):
            del self.minutes[number]

    def sum_anew(self, day_from: int, recent_from: int, target: Instant | None = None) -> None:
        if target is not None:
            self._target = target
        self.day, self.recent = Counts(), Counts()
        for number, minute in self.minutes.items():
            if number >= day_from:
                self.day.add(minute, self._target)
            if number >= recent_from:
                self.recent.add(minute, self._target)

    def aim_at(self, target: Instant, day_from: int, recent_from: int) -> None:
        """Count as in time who was answered within `target`."""
        if target != self._target:
            self.sum_anew(day_from, recent_from, target)


class Slot(msgspec.Struct, frozen=True):
    """What came to a queue from `began_at` on, for as long as the series' slots are."""

    began_at: datetime
    figures: LiveFigures


class Figures:
    """All queues' figures. `ended` and `visits` are what was known up to row `counted` of the journal."""

    def __init__(
        self, ended: Iterable[Visit] = (), visits: Visits | None = None, *, counted: int = 0, zone: str = "UTC"
    ) -> None:
        self._queues: dict[str, QueueFigures] = {}
        self._changed: set[str] = set()
        self._visits = visits or Visits()
        self._counted = counted
        self._zone = ZoneInfo(zone)
        self._minute = 0
        self._day_from = 0
        for visit in sorted((*ended, *self._visits.going_on), key=lambda visit: visit.entered_at):
            begun = msgspec.structs.replace(visit, left_at=None, ended=None)
            for one in (begun, visit) if visit.ended is not None else (begun,):
                self._count(one)

    @property
    def zone(self) -> str:
        return self._zone.key

    def fold(self, said: Said) -> None:
        """Count what a row of the journal says, unless it was counted at the beginning."""
        self.pass_time(said.at)
        if said.number <= self._counted:
            return
        for visit in self._visits.apply(said.at, said.outputs):
            self._count(visit)

    def pass_time(self, at: Instant) -> None:
        """It is `at` now, or later."""
        minute = at // MINUTE
        if minute <= self._minute:
            return
        before, self._minute = self._recent_from, minute
        day_from = self._midnight()
        if day_from != self._day_from:
            self._begin_day(day_from)
            return
        for queue, figures in self._queues.items():
            if figures.recent.offered and figures.leave_minutes(before, self._recent_from):
                self._changed.add(queue)

    def set_zone(self, zone: str) -> None:
        """Days begin at midnight in `zone`."""
        if zone != self._zone.key:
            self._zone = ZoneInfo(zone)
            self._begin_day(self._midnight())

    def of(self, queue: str, target_seconds: int) -> tuple[LiveFigures, LiveFigures]:
        """Today's figures of `queue`, and the recent ones."""
        figures = self._queues.get(queue)
        if figures is None:
            return LiveFigures(), LiveFigures()
        figures.aim_at(target_seconds * SECOND, self._day_from, self._recent_from)
        return figures.day.figures(), figures.recent.figures()

    def series(self, queue: str, target_seconds: int, *, slots: int, slot_minutes: int) -> Sequence[Slot]:
        """The last `slots` times of `slot_minutes` minutes, the present one last."""
        figures = self._queues.get(queue) or QueueFigures()
        last = self._minute // slot_minutes * slot_minutes
        series: list[Slot] = []
        for began in range(last - (slots - 1) * slot_minutes, last + 1, slot_minutes):
            counts = Counts()
            for number in range(began, began + slot_minutes):
                if (minute := figures.minutes.get(number)) is not None:
                    counts.add(minute, target_seconds * SECOND)
            series.append(Slot(moment(began * MINUTE), counts.figures()))
        return series

    def take_changed(self) -> set[str]:
        """The queues whose figures may have changed since this was asked."""
        changed, self._changed = self._changed, set()
        return changed

    @property
    def _recent_from(self) -> int:
        return self._minute - RECENT_MINUTES + 1

    def _count(self, visit: Visit) -> None:
        if visit.entered_at // MINUTE < self._minute - KEPT_MINUTES:
            return
        figures = self._queues.setdefault(visit.queue, QueueFigures())
        figures.count(visit, self._day_from, self._recent_from)
        self._changed.add(visit.queue)

    def _midnight(self) -> int:
        """The minute at which today began; a midnight that a change-over skips is the moment of the change."""
        today = moment(self._minute * MINUTE).astimezone(self._zone).date()
        return instant(datetime.combine(today, time(), self._zone).astimezone(UTC)) // MINUTE

    def _begin_day(self, day_from: int) -> None:
        self._day_from = day_from
        for figures in self._queues.values():
            figures.forget(self._minute - KEPT_MINUTES)
            figures.sum_anew(day_from, self._recent_from)
        self._changed.update(self._queues)


def _waited(visit: Visit) -> Instant:
    assert visit.left_at is not None
    return visit.left_at - visit.entered_at
