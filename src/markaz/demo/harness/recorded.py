"""Recorded calls as plans: files in the format of the Technion's "Anonymous Bank" (Mandelbaum, Sakov & Zeltyn 2000).

What a record shows is kept: arrival, type, time in the voice response unit (VRU), service time, and the patience of
those who hung up. The patience of those who were answered was never seen, only that it exceeded their wait: it is
drawn from the Kaplan-Meier estimate (1958) of the whole file, given that it exceeds that wait; beyond the longest
patience seen, the tail is exponential with the file's own rate of hanging up. Those who hung up were never served:
should they be answered this time, their talk is drawn from the recorded service times of their type.
"""

import bisect
import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from pathlib import Path

from numpy.random import Generator, default_rng

from markaz.demo.harness.plans import TALK_SECONDS_MIN, Caller, CallPlan, KeyPress, ScheduledCall
from markaz.kit.errors import MarkazError

ROWS_MAX = 5_000_000
COLUMNS = ("call_id", "customer_id", "type", "date", "vru_entry", "vru_time", "q_time", "outcome", "ser_time")
KEY_SECONDS_MIN = 0.5


@dataclass(eq=False)
class RecordsUnreadable(MarkazError):
    """{path} is not a file of recorded calls: {why}."""

    code = "records_unreadable"
    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """One recorded call; times in seconds as recorded, `entry_seconds` since midnight."""

    call: str
    customer: str
    kind: str
    day: date
    entry_seconds: int
    vru_seconds: int
    queue_seconds: int
    outcome: str
    service_seconds: int


@dataclass(frozen=True, slots=True)
class RecordedCalls:
    """The calls of the window and, by reason, how many rows of its day (or of no readable day) were skipped."""

    calls: tuple[ScheduledCall, ...]
    skipped: Mapping[str, int]


def recorded_calls(
    path: Path,
    *,
    day: date,
    since: time,
    until: time,
    speed: float,
    seed: int,
    number: str,
    keys: Mapping[str, str],
    key_seconds_min: float = KEY_SECONDS_MIN,
    listen_every: int = 0,
) -> RecordedCalls:
    """Calls that entered in [since, until) of `day`, all times divided by `speed`, to `number`.

    `keys` maps a record's type to the menu key that its caller presses at the end of the recorded VRU time, but not
    before `key_seconds_min`, when the menu of today listens; rows of other types are skipped. Every `listen_every`-th
    customer's ear is recorded (0: nobody's). Raises `RecordsUnreadable`.
    """
    if speed <= 0:
        raise ValueError("speed must be positive")
    records, skipped = _read(path, day=day)
    unseen = _Unseen.of(records, default_rng(seed))
    first, last = _seconds(since), _seconds(until)
    calls: list[ScheduledCall] = []
    for record in sorted(records, key=lambda record: record.entry_seconds):
        if record.day != day or not first <= record.entry_seconds < last:
            continue
        if reason := _why_skipped(record, keys):
            skipped[reason] += 1
            continue
        plan = unseen.plan(record, keys[record.kind], speed=speed, key_seconds_min=key_seconds_min)
        listen = listen_every > 0 and len(calls) % listen_every == 0
        caller = Caller(number=number, customer=_customer_number(record), plan=plan, kind=record.kind, listen=listen)
        calls.append(ScheduledCall((record.entry_seconds - first) / speed, caller))
    return RecordedCalls(tuple(calls), dict(skipped))


@dataclass(frozen=True, slots=True)
class Patience:
    """Kaplan-Meier survival of patience: at `seconds[i]` the share still waiting falls to `survival[i]`."""

    seconds: Sequence[int]
    survival: Sequence[float]
    tail_rate: float

    @classmethod
    def estimate(cls, waits: Iterable[tuple[int, bool]]) -> "Patience":
        """From (wait in seconds, whether the customer hung up then)."""
        hangs: Counter[int] = Counter()
        leaving: Counter[int] = Counter()
        for wait, hung_up in waits:
            leaving[wait] += 1
            hangs[wait] += hung_up
        waiting, share = leaving.total(), 1.0
        seconds: list[int] = []
        survival: list[float] = []
        for wait in sorted(leaving):
            if hangs[wait]:
                share *= 1 - hangs[wait] / waiting
                seconds.append(wait)
                survival.append(share)
            waiting -= leaving[wait]
        waited = sum(wait * count for wait, count in leaving.items())
        return cls(tuple(seconds), tuple(survival), hangs.total() / waited if waited else 0.0)

    def draw(self, random: Generator, *, beyond_seconds: float) -> float:
        """A patience longer than `beyond_seconds`; infinite when nobody ever hung up."""
        place = bisect.bisect_right(self.seconds, beyond_seconds)
        alive = self.survival[place - 1] if place else 1.0
        level = random.random() * alive
        for seconds, share in zip(self.seconds[place:], self.survival[place:], strict=True):
            if share <= level:
                return float(seconds)
        longest = max(beyond_seconds, self.seconds[-1] if self.seconds else 0.0)
        return longest + random.exponential(1 / self.tail_rate) if self.tail_rate else float("inf")


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Draws what a record does not show: the patience of those answered, the talk of those who hung up."""

    patience: Patience
    service_seconds: Mapping[str, Sequence[int]]
    random: Generator

    @classmethod
    def of(cls, records: Sequence[Record], random: Generator) -> "_Unseen":
        waits = ((record.queue_seconds, record.outcome == "HANG") for record in records if _reached_queue(record))
        services: dict[str, list[int]] = {}
        for record in records:
            if record.outcome == "AGENT" and record.service_seconds > 0:
                services.setdefault(record.kind, []).append(record.service_seconds)
        return cls(Patience.estimate(waits), services, random)

    def plan(self, record: Record, key: str, *, speed: float, key_seconds_min: float) -> CallPlan:
        vru = max(record.vru_seconds / speed, key_seconds_min)
        answered = record.outcome == "AGENT"
        if not answered and not record.queue_seconds:  # gone before the queue: no key, nobody to talk with
            return CallPlan(patience_seconds=vru, talk_seconds=TALK_SECONDS_MIN)
        queue = record.queue_seconds
        if answered:
            queue = self.patience.draw(self.random, beyond_seconds=queue)
        talk = (
            record.service_seconds
            if answered
            else int(self.random.choice(self.service_seconds.get(record.kind) or [0]))
        )
        return CallPlan(
            keys=(KeyPress(vru, key),),
            patience_seconds=vru + queue / speed,
            talk_seconds=max(talk / speed, TALK_SECONDS_MIN),
            ends="customer" if self.random.random() < 0.5 else "agent",
        )


def _why_skipped(record: Record, keys: Mapping[str, str]) -> str | None:
    if record.outcome == "PHANTOM":
        return "phantom call"
    if record.outcome not in ("AGENT", "HANG"):
        return "unknown outcome"
    if min(record.vru_seconds, record.queue_seconds, record.service_seconds) < 0:
        return "negative time"
    if record.outcome == "AGENT" and not record.service_seconds:
        return "answered without service time"
    return None if record.kind in keys else "type without a menu key"


def _reached_queue(record: Record) -> bool:
    if record.outcome == "AGENT":
        return record.queue_seconds >= 0
    return record.outcome == "HANG" and record.queue_seconds > 0


def _read(path: Path, *, day: date) -> tuple[list[Record], Counter[str]]:
    records: list[Record] = []
    skipped: Counter[str] = Counter()
    try:
        with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
            rows = csv.DictReader(file)
            if missing := set(COLUMNS) - set(rows.fieldnames or ()):
                raise RecordsUnreadable(path, f"the columns {', '.join(sorted(missing))} are missing")
            for row in islice(rows, ROWS_MAX):
                record = _record(row)
                if record is not None:
                    records.append(record)
                elif row["date"] in (None, "", day.isoformat()):
                    skipped["unreadable row"] += 1
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise RecordsUnreadable(path, str(error)) from error
    return records, skipped


def _record(row: Mapping[str, str | None]) -> Record | None:
    try:
        text = {name: (row[name] or "").strip() for name in COLUMNS}
        hours, minutes, seconds = (int(part) for part in text["vru_entry"].split(":"))
        return Record(
            call=text["call_id"],
            customer=text["customer_id"],
            kind=text["type"],
            day=date.fromisoformat(text["date"]),
            entry_seconds=hours * 3600 + minutes * 60 + seconds,
            vru_seconds=int(text["vru_time"]),
            queue_seconds=int(text["q_time"]),
            outcome=text["outcome"],
            service_seconds=int(text["ser_time"]),
        )
    except ValueError:
        return None


def _customer_number(record: Record) -> str:
    """A telephone number that stays the customer's own; callers unknown to the bank ("0") get their call's."""
    known = record.customer not in ("", "0")
    digest = hashlib.blake2s((record.customer if known else record.call).encode(), digest_size=6).digest()
    return f"+49{'30' if known else '40'}{int.from_bytes(digest) % 10**8:08d}"


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
