"""Recorded calls, one line each, in the format of the public "Anonymous Bank" data (Mandelbaum, Sakov & Zeltyn 2000).

Columns used, by name: `type`, `date` (ISO), `vru_entry`, `vru_time`, `q_time`, `outcome` (AGENT, HANG, PHANTOM) and
`ser_time`; where they are there also `priority`, `ser_start` and `server`. Times of day are H:MM:SS, durations whole
seconds.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, cast

import msgspec

from markaz.runtime.simulated.errors import RecordedCallsUnreadable

_COLUMNS = ("type", "date", "vru_entry", "vru_time", "q_time", "outcome", "ser_time")

DAY_SECONDS = 86_400
NO_SERVER = "NO_SERVER"
"""What the column `server` says where nobody is known to have served."""


class RecordedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that sought an agent. Seconds; `arrived` and `served_from` count from midnight of the first day read.

    `service` is None for a call that was not served, `patience` for one that did not hang up in the queue: it would
    have waited longer than `waited`, how much longer nobody knows. `server` and `served_from` are None where the file
    does not say who served, or since when.
    """

    type: str
    priority: str
    arrived: float
    self_service: float
    waited: float
    outcome: Literal["AGENT", "HANG"]
    service: float | None
    patience: float | None
    server: str | None = None
    served_from: float | None = None

    @property
    def queued(self) -> float:
        """The moment at which it sought an agent."""
        return self.arrived + self.self_service

    @property
    def served_until(self) -> float | None:
        return None if self.served_from is None or self.service is None else self.served_from + self.service


def seconds_of_day(text: str) -> int:
    """Seconds from midnight of H:MM or H:MM:SS (24:00 is the day's end). Raises `ValueError`."""
    hours, minutes, seconds = (int(part) for part in (text + ":0" if text.count(":") == 1 else text).split(":"))
    if not (0 <= hours <= 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError(text)
    return 3600 * hours + 60 * minutes + seconds


def read_recorded(
    file: Path, *, day: date, since_seconds: int, until_seconds: int, last_day: date | None = None
) -> list[RecordedCall]:
    """Calls that sought an agent, by arrival: from `since_seconds` of `day` to `until_seconds` of `last_day`.

    `last_day` None is `day`. Reads .csv and .csv.gz. Phantom calls and calls that ended in self-service are left out.
    Raises `RecordedCallsUnreadable` when the file is missing or a line is not understood.
    """
    last = last_day or day
    try:
        with gzip.open(file, "rt", newline="") if file.suffix == ".gz" else file.open(newline="") as lines:
            calls = list(_calls(file, csv.DictReader(lines), day, last))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordedCallsUnreadable(file, str(error)) from error
    until = (last - day).days * DAY_SECONDS + until_seconds
    return sorted((call for call in calls if since_seconds <= call.arrived < until), key=lambda call: call.arrived)


def _calls(file: Path, lines: "csv.DictReader[str]", day: date, last_day: date) -> Iterator[RecordedCall]:
    missing = set(_COLUMNS) - set(lines.fieldnames or ())
    if missing:
        raise RecordedCallsUnreadable(file, f"it has no column {', '.join(sorted(missing))}")
    first, last = day.isoformat(), last_day.isoformat()
    for line in lines:
        if not first <= line["date"] <= last:
            continue
        try:
            call = _call(line, (date.fromisoformat(line["date"]) - day).days * DAY_SECONDS)
        except (ValueError, TypeError) as error:
            raise RecordedCallsUnreadable(file, f"line {lines.line_num} is not understood ({error})") from error
        if call is not None:
            yield call


def _call(line: dict[str, str], midnight: int) -> RecordedCall | None:
    waited = max(float(line["q_time"]), 0.0)
    outcome = line["outcome"]
    if outcome not in ("AGENT", "HANG") or (outcome == "HANG" and waited == 0):
        return None
    arrived = seconds_of_day(line["vru_entry"])
    server = line.get("server", NO_SERVER)
    served_from = None
    if outcome == "AGENT" and server != NO_SERVER and "ser_start" in line:
        served_from = seconds_of_day(line["ser_start"])
        if served_from < arrived - DAY_SECONDS / 2:
            served_from += DAY_SECONDS
    return RecordedCall(
        type=line["type"],
        priority=line.get("priority", ""),
        arrived=midnight + arrived,
        self_service=max(float(line["vru_time"]), 0.0),
        waited=waited,
        outcome=cast(Literal["AGENT", "HANG"], outcome),
        service=max(float(line["ser_time"]), 0.0) if outcome == "AGENT" else None,
        patience=waited if outcome == "HANG" else None,
        server=server if served_from is not None else None,
        served_from=None if served_from is None else midnight + served_from,
    )
