"""The guide's centre is one that works."""

import re
from pathlib import Path

import msgspec

from markaz.organisation import NewNumber, edited, edits_for_number, parse_document, stimuli_of
from markaz.organisation.checks import check_document

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "centre.md"
ADMINISTRATION = GUIDE.with_name("administration.md")


def test_the_smallest_useful_centre_of_the_guide_has_no_problems() -> None:
    found = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    document = parse_document(found[1], folder=GUIDE.parent)
    kinds = {type(stimulus).__name__ for stimulus in stimuli_of(document)}
    assert kinds == {
        "ProjectConfigured", "QueueConfigured", "AgentConfigured", "FlowConfigured", "NumberConfigured",
    }  # fmt: skip


def test_the_guides_script_and_dispositions_fit_that_centre() -> None:
    centre = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert centre is not None
    more = re.findall(r"```toml\n(.*?)```", ADMINISTRATION.read_text(), re.DOTALL)
    whole = centre[1].replace('name = "Orders"', 'name = "Orders"\nscript = "orders"', 1)
    document = parse_document("\n".join([whole, *more]), folder=GUIDE.parent)
    assert document.projects[0].script == "orders"
    assert [disposition.id for disposition in document.dispositions] == ["solved"]


def test_the_guides_new_number_needs_nothing_else() -> None:
    found = re.search(r"```json\n(.*?)```", ADMINISTRATION.read_text(), re.DOTALL)
    centre = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    assert centre is not None
    agents = "".join(f'[[agents]]\nid = "{agent}"\nname = "{agent}"\n' for agent in ("amira", "boris"))
    document = parse_document(f"{centre[1]}\n{agents}", folder=GUIDE.parent)
    edits = edits_for_number(document, msgspec.json.decode(found[1], type=NewNumber))
    assert check_document(edited(document, edits)) == []
