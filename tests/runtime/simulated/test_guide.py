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
    assert len(blocks) == 2
    path = tmp_path / "guide.toml"
    path.write_text(blocks[number])
    scenario = load_scenario(path)
    assert isinstance(scenario, Scenario)
    if scenario.recorded is None:
        short = msgspec.structs.replace(scenario, minutes=60.0, replications=2)
        assert simulate(short).total.arrived > 50
