"""What the pages say, in their five languages: so that a test presses what a person reads."""

import json
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MESSAGES, FIGURES = ROOT / "ui/src/messages", ROOT / "src/markaz/reports/words"


@cache
def words(locale: str) -> dict[str, str]:
    """Every message of `locale` by its id."""
    files = (*(MESSAGES / locale).glob("*.json"), FIGURES / locale / "figures.json")
    return {id: text for file in files for id, text in json.loads(file.read_text()).items()}
