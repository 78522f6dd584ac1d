"""A value as the text of a cell, and back; harmless where a spreadsheet program would take it for a formula."""

from typing import Any

from markaz.organisation.sheets.columns import Kind

FORMULAS = tuple("=+-@\t\r＝＋－＠")
"""What begins a formula, in programs for Chinese and Japanese also in full width (OWASP, CSV injection)."""
YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0"})


class CellUnfit(ValueError):
    """The cell says what its column can't be."""


def defused(text: str) -> str:
    """With an apostrophe before what would be a formula, and before an apostrophe, so that `fused` gives it back."""
    return f"'{text}" if text.startswith((*FORMULAS, "'")) else text


def fused(cell: str) -> str:
    """Without the apostrophe that `defused` set; one that somebody wrote before a letter stays."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULAS, "'")) else cell


def cell_of(value: Any, kind: Kind) -> str:
    """The cell for a value; None is empty."""
    if value is None:
        return ""
    match kind:
        case "flag":
            return "yes" if value else "no"
        case "levels":
            return " ".join(f"{name}={level}" for name, level in sorted(value.items()))
        case _:
            return defused(str(value))


def value_of(cell: str, kind: Kind) -> Any:
    """What a cell that is not empty says. Raises `CellUnfit`."""
    text = fused(cell if kind == "text" else cell.strip())
    match kind:
        case "text" | "word":
            return text
        case "whole":
            return _whole(text)
        case "flag":
            if text.lower() not in YES | NO:
                raise CellUnfit(f'"{text}" is neither yes nor no')
            return text.lower() in YES
        case "levels":
            return _levels(text)


def _whole(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise CellUnfit(f'"{text}" is not a whole number')
    return int(text)


def _levels(text: str) -> dict[str, int]:
    levels: dict[str, int] = {}
    for word in text.split():
        name, sign, level = word.partition("=")
        if not (name and sign):
            raise CellUnfit(f'"{word}" is no level: write cards=5 loans=2')
        if name in levels:
            raise CellUnfit(f'"{name}" is there twice')
        levels[name] = _whole(level)
    return levels
