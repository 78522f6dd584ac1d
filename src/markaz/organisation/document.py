"""Reads an organisation from its file (TOML), and says everything that is wrong with it, each with its place."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from markaz.kit.problems import Problem
from markaz.organisation.checks import check_document
from markaz.organisation.errors import DocumentRefused
from markaz.organisation.model import SECTIONS, Centre, Document, Prompt

DOCUMENT_BYTES_MAX = 10_000_000

_PLACE = re.compile(r"(?P<text>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)


def read_document(file: Path) -> Document:
    """The organisation in `file`. Raises `DocumentRefused` with every problem, `OSError` when it can't be read."""
    with file.open("rb") as source:
        content = source.read(DOCUMENT_BYTES_MAX + 1)
    if len(content) > DOCUMENT_BYTES_MAX:
        raise DocumentRefused((Problem("file", f"it is longer than {DOCUMENT_BYTES_MAX} bytes"),))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise DocumentRefused((Problem("file", f"it is not UTF-8: {error}"),)) from error
    return parse_document(text, folder=file.parent)


def parse_document(text: str, *, folder: Path) -> Document:
    """The organisation in `text`; files of prompts are relative to `folder`. Raises `DocumentRefused`."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DocumentRefused((Problem("file", f"it is not TOML: {error or 'nested too deeply'}"),)) from error
    problems: list[Problem] = []
    document = _document(raw, folder, problems)
    if document is not None:
        problems += check_document(document)
    if problems or document is None:
        raise DocumentRefused(tuple(problems))
    return document


def _document(raw: dict[str, Any], folder: Path, problems: list[Problem]) -> Document | None:
    """None, and `problems` says why, unless every part has its shape; what parts say of each other is not checked."""
    known = ("centre", *SECTIONS)
    problems += [
        Problem(name, f"there is no such section; there are {', '.join(known)}") for name in raw if name not in known
    ]
    centre = read_entry("centre", raw.get("centre", {}), Centre, problems)
    parts = {section: _section(section, raw.get(section), kind, problems) for section, kind in SECTIONS.items()}
    if problems or centre is None:
        return None
    parts["prompts"] = [_with_whole_path(prompt, folder) for prompt in parts["prompts"]]
    return Document(centre=centre, **{section: tuple(entries) for section, entries in parts.items()})


def _section(section: str, raw: object, kind: type[Any], problems: list[Problem]) -> list[Any]:
    """The entries of a section; `flows` are tables by id, all others arrays of tables."""
    if raw is None:
        return []
    if section == "flows":
        if not isinstance(raw, dict):
            problems.append(Problem(section, "write each flow as [flows.<id>]"))
            return []
        problems += [Problem(f"flows.{flow}", "is not a table") for flow in raw if not isinstance(raw[flow], dict)]
        named = {f"flows.{flow}": {**body, "id": flow} for flow, body in raw.items() if isinstance(body, dict)}
    else:
        if not isinstance(raw, list):
            problems.append(Problem(section, f"write each of them as [[{section}]]"))
            return []
        named = {f"{section}[{n}]": body for n, body in enumerate(raw)}
    entries = [read_entry(place, body, kind, problems) for place, body in named.items()]
    return [entry for entry in entries if entry is not None]


def read_entry(place: str, raw: object, kind: type[Any], problems: list[Problem]) -> Any:
    """`raw` as a `kind`; None, and `problems` says all that is wrong with its fields, when it can't be read as one."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        found = list(_field_problems(place, raw, kind)) if isinstance(raw, dict) else []
        problems += found or [_problem(place, error)]
        return None


def _field_problems(place: str, raw: dict[str, Any], kind: type[Any]) -> Iterator[Problem]:
    """What is wrong with each field by itself; msgspec alone would tell the first one only."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in raw:
        if name not in fields:
            yield Problem(place, f"Object contains unknown field `{name}`")
    for name, field in fields.items():
        if name in raw:
            try:
                msgspec.convert(raw[name], field.type)
            except msgspec.ValidationError as error:
                yield _problem(f"{place}.{name}", error)
        elif field.required:
            yield Problem(place, f"Object missing required field `{name}`")


def _problem(place: str, error: msgspec.ValidationError) -> Problem:
    found = _PLACE.fullmatch(str(error))
    text, path = (found["text"], found["path"]) if found else (str(error), None)
    dot = "" if not path or path.startswith("[") else "."
    return Problem(f"{place}{dot}{path or ''}", text)


def _with_whole_path(prompt: Prompt, folder: Path) -> Prompt:
    if prompt.file is None:
        return prompt
    return msgspec.structs.replace(prompt, file=str((folder / prompt.file).resolve()))
