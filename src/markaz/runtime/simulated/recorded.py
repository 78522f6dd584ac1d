"""Recorded calls, one line each, in the format of the public "Anonymous Bank" data (Mandelbaum, Sakov & Zeltyn 2000).

Columns used, by name: `type`, `date` (ISO), `vru_entry`, `vru_time`, `q_time`, `outcome` (AGENT, HANG, PHANTOM) and
`ser_time`; times of day are H:MM:SS, durations whole seconds.
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


class RecordedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that sought an agent. Seconds; `arrived` counts from midnight, before self-service.

    `service` is None for a call that was not served, `patience` for one that did not hang up in the queue: it would
    have waited longer than `waited`, how much longer nobody knows.
    """

    type: str
    arrived: float
    self_service: float
    waited: float
    outcome: Literal["AGENT", "HANG"]
    service: float | None
    patience: float | None

    @property
    def queued(self) -> float:
        """Seconds from midnight at which it sought an agent."""
        return self.arrived + self.self_service


def seconds_of_day(text: str) -> int:
    """Seconds from midnight of H:MM or H:MM:SS (24:00 is the day's end). Raises `ValueError`."""
    hours, minutes, seconds = (int(part) for part in (text + ":0" if text.count(":") == 1 else text).split(":"))
    if not (0 <= hours <= 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError(text)
    return 3600 * hours + 60 * minutes + seconds


def read_recorded(file: Path, *, day: date, since_seconds: int, until_seconds: int) -> list[RecordedCall]:
    """Calls of one day that sought an agent, by arrival, those that arrived from `since_seconds` to `until_seconds`.

    Reads .csv and .csv.gz. Phantom calls and calls that ended in self-service are left out. Raises
    `RecordedCallsUnreadable` when the file is missing or a line is not understood.
    """
    try:
        with gzip.open(file, "rt", newline="") if file.suffix == ".gz" else file.open(newline="") as lines:
            calls = list(_calls(file, csv.DictReader(lines), day.isoformat()))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordedCallsUnreadable(file, str(error)) from error
    wanted = [call for call in calls if since_seconds <= call.arrived < until_seconds]
    return sorted(wanted, key=lambda call: call.arrived)


def _calls(file: Path, lines: "csv.DictReader[str]", day: str) -> Iterator[RecordedCall]:
    missing = set(_COLUMNS) - set(lines.fieldnames or ())
    if missing:
        raise RecordedCallsUnreadable(file, f"it has no column {', '.join(sorted(missing))}")
    for line in lines:
        if line["date"] != day:
            continue
        try:
            call = _call(line)
        except (ValueError, TypeError) as error:
            raise RecordedCallsUnreadable(file, f"line {lines.line_num} is not understood ({error})") from error
        if call is not None:
            yield call


def _call(line: dict[str, str]) -> RecordedCall | None:
    waited = max(float(line["q_time"]), 0.0)
    outcome = line["outcome"]
    if outcome not in ("AGENT", "HANG") or (outcome == "HANG" and waited == 0):
        return None
    return RecordedCall(
        type=line["type"],
        arrived=seconds_of_day(line["vru_entry"]),
        self_service=max(float(line["vru_time"]), 0.0),
        waited=waited,
        outcome=cast(Literal["AGENT", "HANG"], outcome),
        service=max(float(line["ser_time"]), 0.0) if outcome == "AGENT" else None,
        patience=waited if outcome == "HANG" else None,
    )
