"""What comes, when, and how long it takes: laws, rates and recorded calls."""

import gzip
from datetime import date
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pytest

from markaz.kit.time import SECOND
from markaz.runtime.simulated import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    RecordedCallsUnreadable,
    read_recorded,
)
from markaz.runtime.simulated.arrivals import poisson
from markaz.runtime.simulated.distributions import draws

DRAWN = 200_000

CALLS = """\
vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server
L1,1,0,0,PS,2026-03-02,9:00:10,9:00:20,10,9:00:20,9:00:50,30,AGENT,9:00:50,9:02:50,120,ann
L1,2,0,0,NW,2026-03-02,9:00:00,9:00:05,5,9:00:05,9:00:45,40,HANG,0:00:00,0:00:00,0,NO_SERVER
L1,3,0,0,PS,2026-03-02,9:01:00,9:01:30,30,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER
L1,4,0,0,PS,2026-03-02,9:02:00,9:02:08,8,0:00:00,0:00:00,0,AGENT,9:02:08,9:03:08,60,bob
L1,5,0,0,PS,2026-03-02,9:03:00,9:03:08,8,0:00:00,0:00:00,0,PHANTOM,0:00:00,0:00:00,0,NO_SERVER
L1,6,0,0,PS,2026-03-02,10:00:00,10:00:08,8,0:00:00,0:00:00,0,AGENT,10:00:08,10:01:08,60,bob
L1,7,0,0,PS,2026-03-03,9:00:00,9:00:08,8,0:00:00,0:00:00,0,AGENT,9:00:08,9:01:08,60,bob
"""


DAYS = """\
type,priority,date,vru_entry,vru_time,q_time,outcome,ser_start,ser_time,server
PS,2,2026-03-02,9:00:00,10,0,AGENT,9:00:10,60,ann
PS,2,2026-03-02,9:00:20,10,45,AGENT,9:01:15,60,ann
PS,0,2026-03-02,9:00:30,10,20,HANG,0:00:00,0,NO_SERVER
PS,0,2026-03-02,23:59:50,15,0,AGENT,0:00:05,60,ann
PS,0,2026-03-03,9:00:00,10,0,AGENT,9:00:10,60,ann
PS,0,2026-03-04,9:00:00,10,0,AGENT,9:00:10,60,ann
"""


def days_written(folder: Path) -> Path:
    """A file of the calls of three days."""
    file = folder / "days.csv"
    file.write_text(DAYS)
    return file


@pytest.mark.parametrize(
    ("law", "mean", "scv"),
    [
        (Fixed(7.5), 7.5, 0.0),
        (Exponential(180.0), 180.0, 1.0),
        (Lognormal(180.0, 1.75), 180.0, 1.75),
        (Gamma(60.0, 0.25), 60.0, 0.25),
        (Empirical((10.0, 20.0, 60.0)), 30.0, 700 / 1.5 / 900),
    ],
)
def test_laws_have_their_moments(law: Distribution, mean: float, scv: float) -> None:
    found = np.array(list(islice(draws(law, np.random.default_rng(3)), DRAWN))) / SECOND
    error = 5 * mean * np.sqrt(scv / DRAWN)
    assert found.mean() == pytest.approx(mean, abs=error + 1e-6)
    assert found.var() / found.mean() ** 2 == pytest.approx(scv, rel=0.1)
    assert found.min() >= 0


def test_the_rate_of_arrivals_follows_its_steps() -> None:
    steps = [(0.0, 2.0), (1_000.0, 0.0), (2_000.0, 5.0), (4_000.0, 0.0)]
    found = np.array(list(chain.from_iterable(poisson(steps, np.random.default_rng(1))))) / SECOND
    assert list(found) == sorted(found)
    counts, _ = np.histogram(found, [0, 1_000, 2_000, 3_000, 4_000, 1e9])
    for count, expected in zip(counts, (2_000, 0, 5_000, 5_000, 0), strict=True):
        assert abs(count - expected) <= 4 * np.sqrt(expected)
    gaps = np.diff(found[found < 1_000])
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.1), "gaps of a Poisson process are exponential"


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_recorded_calls_that_sought_an_agent_are_read(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"calls{suffix}"
    file.write_bytes(gzip.compress(CALLS.encode()) if suffix.endswith("gz") else CALLS.encode())
    calls = read_recorded(file, day=date(2026, 3, 2), since_seconds=9 * 3600, until_seconds=10 * 3600)
    assert [(call.type, call.arrived - 9 * 3600, call.self_service) for call in calls] == [
        ("NW", 0, 5), ("PS", 10, 10), ("PS", 120, 8),
    ]  # fmt: skip
    assert [(call.patience, call.service) for call in calls] == [(40, None), (None, 120), (None, 60)]


def test_several_days_are_read_with_calls_that_are_served_after_midnight(tmp_path: Path) -> None:
    file = days_written(tmp_path)
    calls = read_recorded(file, day=date(2026, 3, 2), last_day=date(2026, 3, 3), since_seconds=0, until_seconds=86_400)
    assert [call.served_from for call in calls] == [32_410, 32_475, None, 86_405, 118_810]
    assert [call.priority for call in calls] == ["2", "2", "0", "0", "0"]


def test_unreadable_recordings_say_what_is_wrong(tmp_path: Path) -> None:
    def read(text: str) -> None:
        file = tmp_path / "calls.csv"
        file.write_text(text)
        read_recorded(file, day=date(2026, 3, 2), since_seconds=0, until_seconds=86_400)

    with pytest.raises(RecordedCallsUnreadable, match="no column q_time"):
        read(CALLS.replace("q_time", "queue_time"))
    with pytest.raises(RecordedCallsUnreadable, match="line 2 is not understood"):
        read(CALLS.replace("9:00:10", "nine"))
    with pytest.raises(RecordedCallsUnreadable, match="No such file"):
        read_recorded(tmp_path / "none.csv", day=date(2026, 3, 2), since_seconds=0, until_seconds=1)


def test_the_anonymous_bank_has_the_abandonment_that_is_known_of_it(shared_data: Path) -> None:
    """9.6 % of those who seek an agent abandon; mean service 181 s (whole month)."""
    file = shared_data / "anonymous_bank" / "calls_1999_01.csv.gz"
    calls = [
        call
        for day in (3, 4, 5, 6, 7)
        for call in read_recorded(file, day=date(1999, 1, day), since_seconds=0, until_seconds=86_400)
    ]
    assert len(calls) > 4_000
    assert sum(call.patience is not None for call in calls) / len(calls) == pytest.approx(0.096, abs=0.03)
    assert np.mean([call.service for call in calls if call.service is not None]) == pytest.approx(181, rel=0.15)
