"""The guide's centre is one that works."""

import re
from pathlib import Path

from markaz.organisation import parse_document, stimuli_of

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "centre.md"


def test_the_smallest_useful_centre_of_the_guide_has_no_problems() -> None:
    found = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    document = parse_document(found[1], folder=GUIDE.parent)
    kinds = {type(stimulus).__name__ for stimulus in stimuli_of(document)}
    assert kinds == {
        "ProjectConfigured", "QueueConfigured", "AgentConfigured", "FlowConfigured", "NumberConfigured",
    }  # fmt: skip
