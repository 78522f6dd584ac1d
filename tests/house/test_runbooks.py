"""A runbook quotes what the code says, word for word, and the index knows every page."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")
SPACES = re.compile(r"\s+")


def texts() -> list[str]:
    """Every string of the code, docstrings of errors among them, with each run of white space as one space."""
    found: list[str] = []
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(SPACES.sub(" ", node.value).strip())
    return found


def quoted(page: Path) -> list[str]:
    blocks = re.findall(r"```text\n(.*?)```", page.read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_every_quoted_message_is_in_the_code() -> None:
    said = texts()
    quotes = [(page.name, line) for page in PAGES for line in quoted(page)]
    assert len(quotes) > 10
    assert [quote for quote in quotes if not any(quote[1] in text for text in said)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_says_what_to_do_and_is_in_the_index(page: Path) -> None:
    assert "**What to do.**" in page.read_text()
    assert f"({page.name})" in (RUNBOOKS / "README.md").read_text()
