"""Days by seed: whatever goes wrong, nothing is lost and calm drains everything. `make faults` runs more of them."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.faults.__main__ import main
from tests.faults.drawn import LENGTHS, Fault
from tests.faults.world import run_day

DAYS = 25
FOUND = (3, 10, 16, 20, 24, 91, 207, 242, 250, 341, 1011, 1023, 1071, 1077, 2000)
"""Days that failed once, of the floor's or the simulation's fault."""


@pytest.mark.parametrize("seed", [*range(1, DAYS + 1), *(seed for seed in FOUND if seed > DAYS)])
def test_a_day(seed: int) -> None:
    day = run_day(seed)
    assert day.failure is None, f"again: make faults SEED={seed}\n" + "\n".join(map(str, day.faults))
    assert day.contacts > 0


@pytest.mark.parametrize("name", LENGTHS)
def test_a_day_with_one_fault_alone(name: str) -> None:
    low, high = LENGTHS[name]
    day = run_day(5, faults=[Fault(name, 90.0, (low + high) / 2, 0.2)])
    assert day.failure is None
    assert f"fault: {name}" in "\n".join(day.noted)


def test_a_seed_is_the_same_day_to_the_last_event(tmp_path: Path) -> None:
    """Also in another process, with another order of sets."""
    first, second = run_day(8), run_day(8)
    assert first.digest == second.digest
    assert first.digest != run_day(9).digest
    command = [sys.executable, "-m", "tests.faults", "--seed", "8"]
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=100).stdout
    assert first.digest in told


def test_the_command_tells_of_the_first_failure_and_writes_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "faults.json"
    assert main(["--seeds", "2", "--first", "4", "--out", str(out)]) == 0
    figures = msgspec.json.decode(out.read_bytes())
    assert (figures["seeds"], figures["failures"]) == (2, 0)
    assert figures["contacts"] > figures["lost"] >= 0
    monkeypatch.setattr("markaz.runtime.journal.Journal._copy_spool", _throw_away)
    assert main(["--seeds", "8", "--out", str(out)]) == 1
    assert msgspec.json.decode(out.read_bytes())["failures"] > 0
    assert "again: make faults SEED=" in capsys.readouterr().out


async def _throw_away(journal, connection) -> None:
    journal._spool.clear()
