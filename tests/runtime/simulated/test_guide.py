"""The guide's scenarios are scenarios."""

import re
from pathlib import Path

import msgspec
import pytest

from markaz.runtime.simulated import Scenario, load_scenario, simulate

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "simulate.md"


@pytest.mark.parametrize("number", [0, 1])
def test_the_guides_scenarios_are_valid(number: int, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) == 3
    path = tmp_path / "guide.toml"
    path.write_text(blocks[number])
    scenario = load_scenario(path)
    assert isinstance(scenario, Scenario)
    if number == 0:
        short = msgspec.structs.replace(scenario, minutes=60.0, replications=2)
        assert simulate(short).total.arrived > 50


def test_the_guides_recorded_period_is_valid(tmp_path: Path) -> None:
    """It stands for itself in the guide; here with the queue and workload of the example before it."""
    _, morning, period = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    before = re.sub(r"\[\[agents\]\].*?(?=\[workload)", "", morning.split("[recorded]")[0], flags=re.DOTALL)
    path = tmp_path / "guide.toml"
    path.write_text(before + period)
    recorded = load_scenario(path).recorded
    assert recorded is not None
    assert recorded.agents is not None
    assert recorded.seconds == 5 * 86_400
