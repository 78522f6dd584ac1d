"""The words of one language, by their keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from markaz.reports.words.scripts import Language, Script, script_of

_FILES: Final = ("figures.json", "delivered.json")
_ISOLATE: Final = "\u2068{}\u2069"
"""UAX 9: what is inside has a direction of its own, whatever stands around it."""


@dataclass(frozen=True, slots=True)
class Words:
    language: Language
    script: Script
    texts: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """Raises `KeyError` for words that there are not."""
        return self.texts[key].format(**values)

    def list_of(self, parts: list[str]) -> str:
        return self.texts["figures.separator"].join(parts)

    def foreign(self, text: str) -> str:
        """What others wrote, or a machine, as it may stand among words of this language."""
        return _ISOLATE.format(text) if self.script.is_right_to_left else text


@cache
def words_in(language: Language) -> Words:
    folder = files("markaz.reports.words") / language
    texts: dict[str, str] = {}
    for name in _FILES:
        texts |= json.loads((folder / name).read_text(encoding="utf-8"))
    return Words(language, script_of(language), MappingProxyType(texts))
