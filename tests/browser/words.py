"""What the pages say, in their five languages: so that a test presses what a person reads."""

import json
from functools import cache
from pathlib import Path

MESSAGES = Path(__file__).parents[2] / "ui" / "src" / "messages"


@cache
def words(locale: str) -> dict[str, str]:
    """Every message of `locale` by its id."""
    return {
        id: text for file in (MESSAGES / locale).glob("*.json") for id, text in json.loads(file.read_text()).items()
    }
