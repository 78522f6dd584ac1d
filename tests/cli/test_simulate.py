"""`markaz simulate` runs files and shipped examples, and repeats itself from a seed."""

import json
from pathlib import Path

from tests.cli.conftest import Run

SCENARIO = """
name = "Small"
replications = 2
minutes = 60

[[queues]]
id = "calls"
project = "p"

[[agents]]
id = "all"
count = 3
queues = { calls = 1 }

[workload.calls]
calls_per_minute = 1.0
talk = { kind = "exponential", mean_seconds = 60 }
"""


def test_a_scenario_file_gives_the_same_figures_from_the_same_seed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO)
    results = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        output = tmp_path / f"{name}.json"
        shown = run("simulate", tmp_path / "small.toml", "--seed", seed, "--json", output)
        assert shown.exit_code == 0, shown.output
        assert "occupancy" in shown.stdout
        results.append(json.loads(output.read_text())["total"])
    assert results[0] == results[1] != results[2]
    assert 60 < results[0]["arrived"] < 200


def test_json_alone_goes_to_standard_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO)
    shown = run("simulate", tmp_path / "small.toml", "--replications", "1", "--json", "-")
    assert json.loads(shown.stdout)["replications"] == 1


def test_examples_are_listed_and_run_by_name(run: Run) -> None:
    listed = run("simulate", "--list").stdout
    names = [line.split()[0] for line in listed.splitlines() if not line.startswith(" ")]
    assert "bank" in names
    shown = run("simulate", "bank", "--replications", "1", "--json", "-")
    assert shown.exit_code == 0, shown.output
    assert {queue["queue"] for queue in json.loads(shown.stdout)["queues"]} == {"cards", "loans", "general"}


def test_what_cannot_be_simulated_is_said(run: Run, tmp_path: Path) -> None:
    assert run("simulate").exit_code == 2
    missing = run("simulate", "nothing.toml")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "nothing.toml" in missing.stderr
    (tmp_path / "wrong.toml").write_text(SCENARIO.replace("calls = 1 }", "other = 1 }"))
    wrong = run("simulate", tmp_path / "wrong.toml")
    assert wrong.exit_code == 1
    assert "other" in wrong.stderr
