"""`make bench-acd`: its arithmetic, and a small run with real SIP calls through both systems."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from bench.acd.__main__ import Result, highest_clean
from bench.acd.cells import Cell, Plan, judge
from bench.acd.sipp import Event

ROOT = Path(__file__).parents[2]
PLAN = Plan(agents=2, waiting=0, rate=1, seconds=100.0)


def cell(events: list[Event], plan: Plan = PLAN) -> Cell:
    return judge("markaz", plan, events, since=0.0, until=100.0, used={"floor": 0.5, "asterisk": 1.5})


def test_a_call_can_be_assigned_when_both_the_customer_and_the_agent_are_there() -> None:
    events = [
        Event("I", 1.0, "-", "91"), Event("R", 1.2, "a", "91"), Event("I", 2.0, "-", "92"), Event("B", 5.0, "a", "91"),
        Event("E", 5.1, "-", "91"), Event("R", 5.4, "a", "92"), Event("B", 6.0, "a", "92"), Event("E", 6.1, "-", "92"),
    ]  # fmt: skip
    found = cell(events)
    assert found.failed == 0
    assert found.assign_ms is not None
    assert found.assign_ms.p50 == 300.0  # between 200 and 400
    assert found.cpu_ms_per_call == 1_000
    assert found.cpu_ms == {"floor": 250, "asterisk": 750}


def test_calls_that_ring_nowhere_ring_late_or_do_not_end_have_failed() -> None:
    late = [Event("I", 1.0, "-", "91"), Event("R", 6.5, "a", "91"), Event("E", 9.0, "-", "91")]
    assert cell(late).failed == 1
    assert cell([Event("I", 1.0, "-", "91")]).failed == 1
    assert cell([Event("I", 1.0, "-", "91"), Event("R", 1.1, "a", "91")]).failed == 1


def test_who_waits_in_a_long_queue_has_not_failed() -> None:
    events = [Event("I", float(n), "-", f"9{n}") for n in range(50)]
    found = cell(events, Plan(agents=1, waiting=500, rate=1, seconds=100.0))
    assert found.failed == 0
    assert found.waiting_seen == 50


def test_the_highest_clean_rate_is_below_every_failure() -> None:
    clean = [Event("I", 1.0, "-", "91"), Event("R", 1.1, "a", "91"), Event("E", 2.0, "-", "91"),
             Event("I", 1.0, "-", "92"), Event("R", 1.1, "b", "92"), Event("E", 2.0, "-", "92")]  # fmt: skip
    rows = [cell(clean, Plan(agents=2, waiting=0, rate=rate, seconds=1.0)) for rate in (20, 50, 100)]
    assert highest_clean(rows) == {"markaz": 100, "app_queue": 0}
    failed = cell(clean[:1], Plan(agents=9, waiting=0, rate=100, seconds=1.0))
    assert highest_clean([*rows, failed]) == {"markaz": 50, "app_queue": 0}


def test_both_systems_carry_a_few_calls(tmp_path: Path) -> None:
    out, log = tmp_path / "acd.json", tmp_path / "queue_log"
    home = os.environ.get("MARKAZ_HOME") or str(ROOT / ".markaz")
    environment = {**os.environ, "QUICK": "1", "OUT": str(out), "QUEUE_LOG": str(log), "MARKAZ_HOME": home}
    ran = subprocess.run(
        [sys.executable, "-m", "bench.acd"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = msgspec.json.decode(out.read_bytes(), type=Result)
    assert [row.system for row in result.rows] == ["markaz", "app_queue"]
    for row in result.rows:
        assert row.offered >= row.rate, ran.stdout
        assert row.failed == 0, ran.stdout
        assert row.assign_ms is not None
        assert row.cpu_ms_per_call > 0
    assert set(result.rows[0].cpu_ms) == {"asterisk", "floor", "worker", "postgres"}
    assert log.read_text().count("|CONNECT|") >= result.rows[1].offered
