"""A centre that loses its floor, its Asterisk and its database in the middle of calls; and a bank's real hour."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from markaz.bootstrap.leftovers import end_leftovers
from markaz.demo import DemoOptions, OptionsRefused
from markaz.kit.postgres import PostgresServer

RUN_SECONDS_MAX = 240.0
"""On a busy machine."""
PROMISED = {"part", "killed_at", "back_seconds", "calls_in_progress", "cut", "lost_to_fault", "called_back"}

pytestmark = pytest.mark.timeout(RUN_SECONDS_MAX + 30)


@pytest.fixture(scope="module")
def home(open_folder: Path) -> Iterator[Path]:
    home = open_folder / "faults"
    home.mkdir(mode=0o755)
    yield home
    end_leftovers(home)
    PostgresServer(home / "postgres").stop()


def demo(home: Path, *options: str) -> tuple[dict[str, Any], str]:
    """The report of a run that proved everything, and what it said."""
    file = home / "report.json"
    command = [sys.executable, "-m", "markaz", "--home", str(home), "demo", "--json", str(file), *options]
    environment = os.environ | {"MARKAZ_HOME": str(home)}
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False,
        timeout=RUN_SECONDS_MAX,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    return msgspec.json.decode(file.read_bytes()), run.stdout


def test_all_three_faults_keep_their_promises(home: Path) -> None:
    traffic = ("--seconds", "26", "--agents", "5", "--calls-per-minute", "28", "--seed", "4")
    report, said = demo(home, "--faults", "floor,asterisk,database", *traffic)
    floor, asterisk, database = report["faults"]
    assert [fault["part"] for fault in report["faults"]] == ["floor", "asterisk", "database"]
    for fault in report["faults"]:
        assert set(fault) >= PROMISED
        assert fault["calls_in_progress"] >= 1, "a fault that nobody could notice proves nothing"
    assert floor["back_seconds"] < 3
    assert floor["cut"] == database["cut"] == database["rows_missing"] == 0
    assert asterisk["cut"] >= 1
    assert asterisk["called_back"] == asterisk["lost_to_fault"] >= asterisk["cut"]
    assert report["contacts"]["lost_to_fault"] == asterisk["lost_to_fault"]
    assert report["contacts"]["unaccounted"] == 0
    assert report["callers"]["called_back"] >= asterisk["called_back"]
    assert report["replay"]["identical"] is True
    assert set(report["stuck"].values()) == {0}
    assert "Killed the asterisk" in said


@pytest.mark.parametrize("faults", [("floor", "wind"), ("floor", "floor")])
def test_faults_that_make_no_sense_are_refused(faults: Any) -> None:
    with pytest.raises(OptionsRefused, match="--faults"):
        DemoOptions(faults=faults)


def test_a_recorded_hour_as_live_calls(home: Path, shared_data: Path) -> None:
    """An hour of a real bank's day, 45 times as fast, every call over SIP."""
    file = shared_data / "anonymous_bank" / "calls_1999_01.csv.gz"
    if not file.exists():
        pytest.skip(f"the recorded calls of January 1999 are not in {file}")
    hour = ("--arrivals", str(file), "--day", "1999-01-01", "--from", "12:00", "--to", "13:00", "--speed", "45")
    report, _ = demo(home, *hour, "--agents", "8")
    contacts = report["contacts"]
    assert contacts["arrived"] == report["callers"]["placed"] == report["callers"]["ended"] > 45
    assert contacts["unaccounted"] == contacts["lost_to_fault"] == 0
    assert contacts["answered"] > contacts["arrived"] / 2
    assert report["recordings"]["present"] == report["recordings"]["expected"] >= contacts["answered"]
    assert report["faults"] == []
    assert report["replay"]["identical"] is True
