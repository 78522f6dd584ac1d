"""The benchmarks of the floor and of the simulation run, and write the rows that are promised."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def rows(module: str, folder: Path) -> list[dict[str, Any]]:
    out = folder / "rows.json"
    command = [sys.executable, "-m", f"bench.{module}"]
    environment = {**os.environ, "QUICK": "1", "OUT": str(out)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=100)
    return json.loads(out.read_text())["rows"]


def test_the_floor_is_measured_in_every_size(tmp_path: Path) -> None:
    found = rows("floor", tmp_path)
    assert {(row["agents"], row["queues"]) for row in found} == {(10, 1), (100, 1), (10, 10), (100, 10)}
    assert all(row["waiting"] == row["agents"] and row["stimuli_per_second"] > 0 for row in found)


def test_three_systems_simulate_the_same_queue(tmp_path: Path) -> None:
    found = rows("simulate", tmp_path)
    assert {row["system"] for row in found} == {"markaz", "simpy", "ciw"}
    assert {row["agents"] for row in found} == {14, 50, 100, 1_000}
    assert all(row["calls_per_second"] > 0 for row in found)
    for row in found:
        if row["agents"] <= 100:  # two minutes of a thousand agents say nothing yet
            assert row["abandoned"] == pytest.approx(row["abandoned_exact"], abs=0.04), "2,000 calls are a rough guess"
