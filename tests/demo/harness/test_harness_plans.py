"""Plans of calls: seeded, true to their rates and to their records."""

import gzip
from collections import Counter
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from markaz.demo.harness import (
    CallKind,
    KeyPress,
    Mix,
    RecordedCalls,
    RecordsUnreadable,
    from_ulaw,
    poisson_calls,
    recorded_calls,
    tone_strengths,
)
from markaz.demo.harness.audio import CUSTOMER_TONES_HZ, to_ulaw, voice
from markaz.demo.harness.recorded import Patience

MIX = Mix(
    number="+18005550100",
    kinds=(
        CallKind("cards", 3, (KeyPress(2, "1"),), talk_seconds_mean=20, patience_seconds_mean=40),
        CallKind("loans", 1, (KeyPress(2, "2"),), talk_seconds_mean=30, patience_seconds_mean=40),
    ),
    listen_every=10,
)
HEADER = (
    "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,"
    "outcome,ser_start,ser_exit,ser_time,server\n"
)
ROWS = (
    "AA0101,1,54e968e1d1,2,PS,1999-01-05,9:00:10,9:00:20,10,9:00:20,9:00:50,30,HANG,0:00:00,0:00:00,0,NO_SERVER\n"
    "AA0101,2,0,0,PS,1999-01-05,9:01:00,9:01:12,12,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER\n"
    "AA0102,3,0b2b93f60b,2,NE,1999-01-05,9:02:00,9:02:06,6,9:02:06,9:02:16,10,AGENT,9:02:16,9:04:16,120,agent01\n"
    "AA0102,4,0,0,PS,1999-01-05,9:03:00,9:03:06,6,0:00:00,0:00:00,0,PHANTOM,0:00:00,0:00:00,0,NO_SERVER\n"
    "AA0102,5,0,0,PS,1999-01-05,9:04:00,9:04:06,-3,0:00:00,0:00:00,0,AGENT,9:04:06,9:05:06,60,agent01\n"
    "AA0102,6,0,0,PS,1999-01-05,nine,9:04:06,6,0:00:00,0:00:00,0,AGENT,9:04:06,9:05:06,60,agent01\n"
    "AA0102,7,0,0,XX,1999-01-05,9:05:00,9:05:06,6,0:00:00,0:00:00,0,AGENT,9:05:06,9:06:06,60,agent01\n"
    "AA0102,8,0,0,PS,1999-01-05,9:06:00,9:06:06,6,0:00:00,0:00:00,0,AGENT,9:06:06,9:06:06,0,agent01\n"
    "AA0102,9,0,0,PS,1999-01-05,10:00:00,10:00:06,6,0:00:00,0:00:00,0,AGENT,10:00:06,10:01:06,60,agent01\n"
    "AA0102,10,54e968e1d1,0,PS,1999-01-06,9:00:00,9:00:06,6,0:00:00,0:00:00,0,AGENT,9:00:06,9:01:06,60,agent01\n"
)


def read(path: Path, *, speed: float = 2) -> RecordedCalls:
    return recorded_calls(
        path, day=date(1999, 1, 5), since=time(9), until=time(10), speed=speed, seed=1, number="+1800",
        keys={"PS": "1", "NE": "2"},
    )  # fmt: skip


def test_same_seed_same_calls_other_seed_other_calls() -> None:
    assert poisson_calls(20, 60, 1, MIX) == poisson_calls(20, 60, 1, MIX)
    assert poisson_calls(20, 60, 1, MIX) != poisson_calls(20, 60, 2, MIX)


def test_poisson_calls_keep_rate_shares_and_means() -> None:
    calls = poisson_calls(60, 10_000, 7, MIX)
    assert len(calls) == pytest.approx(10_000, abs=4 * 100)  # four standard deviations of a Poisson count
    kinds = Counter(call.caller.kind for call in calls)
    assert kinds["cards"] / len(calls) == pytest.approx(0.75, abs=0.02)
    talks = [call.caller.plan.talk_seconds for call in calls if call.caller.kind == "loans"]
    assert sum(talks) / len(talks) == pytest.approx(30, rel=0.08)
    assert sum(call.caller.listen for call in calls) == len(calls) // 10
    assert len({call.caller.customer for call in calls}) == len(calls)


@given(rate=st.floats(0, 100), seconds=st.floats(0, 100), seed=st.integers(0, 2**32))
def test_poisson_calls_come_in_order_within_the_run(rate: float, seconds: float, seed: int) -> None:
    moments = [call.at_seconds for call in poisson_calls(rate, seconds, seed, MIX)]
    assert moments == sorted(moments)
    assert all(0 <= moment < seconds for moment in moments)


@pytest.mark.parametrize("name", ["calls.csv", "calls.csv.gz"])
def test_records_become_plans_and_every_skipped_row_has_its_reason(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = (HEADER + ROWS).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    recorded = read(path)

    hung_up, in_menu, answered = recorded.calls
    assert (hung_up.at_seconds, hung_up.caller.kind) == (5.0, "PS")
    assert hung_up.caller.plan.keys == (KeyPress(5.0, "1"),)
    assert hung_up.caller.plan.patience_seconds == 20.0
    assert (in_menu.at_seconds, in_menu.caller.plan.keys, in_menu.caller.plan.patience_seconds) == (30.0, (), 6.0)
    assert (answered.at_seconds, answered.caller.plan.talk_seconds) == (60.0, 60.0)
    assert answered.caller.plan.keys == (KeyPress(3.0, "2"),)
    assert answered.caller.plan.patience_seconds >= 3.0 + 10 / 2
    assert recorded.skipped == {
        "phantom call": 1, "negative time": 1, "unreadable row": 1, "type without a menu key": 1,
        "answered without service time": 1,
    }  # fmt: skip


def test_known_customers_keep_their_number_and_unknown_ones_get_one_each(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + ROWS)
    first, unknown, other = (call.caller.customer for call in read(path).calls)
    next_day = recorded_calls(
        path, day=date(1999, 1, 6), since=time(9), until=time(10), speed=1, seed=1, number="+1800", keys={"PS": "1"}
    )
    assert next_day.calls[0].caller.customer == first
    assert len({first, unknown, other}) == 3


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_other_files_are_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(data)
    with pytest.raises(RecordsUnreadable, match=r"calls\.csv is not a file of recorded calls"):
        read(path)


def test_patience_matches_the_product_limit_by_hand() -> None:
    # Four customers: hung up at 1, answered at 2, hung up at 3, answered at 4: S(1) = 3/4, S(3) = 3/4 * 1/2.
    patience = Patience.estimate([(1, True), (2, False), (3, True), (4, False)])
    assert patience.seconds == (1, 3)
    assert patience.survival == pytest.approx((0.75, 0.375))
    assert patience.tail_rate == pytest.approx(2 / 10)
    draws = [patience.draw(default_rng([5, place]), beyond_seconds=1) for place in range(4_000)]
    assert min(draws) > 1
    assert sum(draw == 3 for draw in draws) / len(draws) == pytest.approx(0.5, abs=0.03)


def test_a_day_of_the_bank_is_read_whole(shared_data: Path) -> None:
    path = shared_data / "anonymous_bank" / "calls_1999_01.csv.gz"
    keys: dict[str, str] = dict.fromkeys(["PS", "NE", "NW", "IN", "PE", "TT"], "1")
    recorded = recorded_calls(
        path, day=date(1999, 1, 5), since=time(9), until=time(12), speed=10, seed=1, number="+1800", keys=keys
    )
    with gzip.open(path, "rt") as file:
        rows = [row.split(",") for row in file]
    hours = Counter(int(row[6].split(":")[0]) for row in rows[1:] if row[5] == "1999-01-05")
    assert len(recorded.calls) + sum(recorded.skipped.values()) == hours[9] + hours[10] + hours[11]
    assert len(recorded.calls) > 300


def test_voices_survive_u_law_and_are_told_apart() -> None:
    first, second = CUSTOMER_TONES_HZ[0], CUSTOMER_TONES_HZ[1]
    samples = voice(first, seconds=2)
    decoded = from_ulaw(to_ulaw(samples))
    assert abs(decoded.astype(int) - samples).max() < 512  # the widest step of G.711 below half scale
    strengths = tone_strengths(decoded, (first, second))
    assert strengths[first] > 0.95
    assert strengths[second] < 0.01
    assert set(from_ulaw(bytes(range(256))).tolist()) >= {0, 8, -8, 32124, -32124}
