"""Changes some entries of an organisation: the whole is checked, and the change is kept, with who made it, for undo.

An editor says from which version the entries were taken. Others may have changed the organisation meanwhile; only
where they changed the very same entries is the edit refused.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import psycopg

from markaz.kit.problems import Problem
from markaz.organisation import history
from markaz.organisation.change import Changes, entries_by_id
from markaz.organisation.checks import check_document
from markaz.organisation.document import read_entry
from markaz.organisation.errors import (
    ChangeUnknown,
    DocumentRefused,
    EntryChangedMeanwhile,
    EntryUnknown,
    SectionUnknown,
    UndoRefused,
)  # fmt: skip
from markaz.organisation.model import SECTIONS, Centre, Document, Prompt, Trunk
from markaz.organisation.service import load, lock, write

Connection = psycopg.AsyncConnection[Any]

EDITS_MAX = 50_000
KEPT = "(kept)"
"""Stands for a password that nobody is shown; written back it means the one that is kept."""

_INDEXED = re.compile(r"(?P<section>[a-z_]+)\[(?P<index>[0-9]+)\](?P<rest>.*)", re.DOTALL)


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an entry is to be, as JSON; None retires it. The section "centre" has one entry, which stays."""

    section: str
    id: str
    entry: dict[str, Any] | None = None


async def edit(
    connection: Connection,
    centre: str,
    edits: Sequence[Edit],
    *,
    made_by: str,
    how: history.How = "edit",
    version: int | None = None,
    undoes: int | None = None,
    dry_run: bool = False,
) -> Changes:
    """Make all of `edits` or none. `version`: from which one the entries were taken; None asks not.

    The result's stimuli are for the centre's running floor: send them within the caller's transaction. Raises
    `DocumentRefused` with every problem that the edits would bring, each at `section.id.field`; `SectionUnknown`,
    `EntryUnknown`, `EntryChangedMeanwhile`.
    """
    async with connection.transaction(force_rollback=dry_run):
        before = await locked(connection, centre)
        if version is not None:
            await _refuse_conflicts(connection, centre, edits, version)
        document = edited(before, edits, with_files=how == "undo")
        refuse_new_problems(before, document)
        return await write(connection, before, document, made_by=made_by, how=how, undoes=undoes)


async def undo(connection: Connection, centre: str, number: int, *, made_by: str, dry_run: bool = False) -> Changes:
    """Make the entries of a change what they were before it.

    Raises `ChangeUnknown`; `UndoRefused` when one of them was changed again or the change began the centre;
    `DocumentRefused` when the organisation can't be without what the change brought.
    """
    async with connection.transaction(force_rollback=dry_run):
        before = await locked(connection, centre)
        change = await history.change(connection, centre, number)
        if change is None:
            raise ChangeUnknown(number)
        if (why := why_not_undone(before, change)) is not None:
            raise UndoRefused(number, why)
        back = [Edit(section=one.section, id=one.id, entry=one.before) for one in change.edits]
        return await edit(connection, centre, back, made_by=made_by, how="undo", undoes=number)


def why_not_undone(document: Document, change: history.Change) -> str | None:
    """Why the entries of `change` can't be what they were; None when they can, as far as they alone go."""
    if change.undone_by is not None:
        return f"change {change.undone_by} has undone it"
    for one in change.edits:
        if one.section == "centre":
            if one.before is None:
                return "the centre began with it"
            if document.centre != msgspec.convert(one.after, Centre):  # which may be from before it had a zone
                return f"centre.{one.id} was changed since"
            continue
        now: Any = entries_by_id(document, one.section).get(one.id)
        if (None if now is None else msgspec.json.decode(msgspec.json.encode(now))) != one.after:
            return f"{one.section}.{one.id} was changed since"
    return None


def edited(document: Document, edits: Sequence[Edit], *, with_files: bool = False) -> Document:
    """`document` after `edits`, of which only the shape is checked. Raises as `edit` does.

    `with_files`: prompts may name files of the machine, which nobody may who edits from afar.
    """
    after, problems = applied(document, edits, with_files=with_files)
    if problems:
        raise DocumentRefused(tuple(problems))
    return after


def applied(document: Document, edits: Sequence[Edit], *, with_files: bool = False) -> tuple[Document, list[Problem]]:
    """`document` after those of `edits` that have their shape, and what is wrong with the others.

    Raises `SectionUnknown`, `EntryUnknown`.
    """
    if len(edits) > EDITS_MAX:
        raise DocumentRefused((Problem("edits", f"more than {EDITS_MAX} at once"),))
    problems: list[Problem] = []
    centre = document.centre
    parts: dict[str, dict[str, Any]] = {}
    for one in edits:
        if one.section == "centre":
            centre = _centre(document, one, problems)
            continue
        if one.section not in SECTIONS:
            raise SectionUnknown(one.section, ", ".join(("centre", *SECTIONS)))
        part = parts.setdefault(one.section, entries_by_id(document, one.section))
        if one.entry is None:
            if part.pop(one.id, None) is None:
                raise EntryUnknown(one.section, one.id)
        elif (entry := _entry(one, part.get(one.id), problems, with_files)) is not None:
            part[one.id] = entry
    sections = {section: tuple(part[key] for key in sorted(part)) for section, part in parts.items()}
    return msgspec.structs.replace(document, centre=centre, **sections), problems


def refuse_new_problems(before: Document, after: Document) -> None:
    """Raise `DocumentRefused` with what `new_problems` finds."""
    if problems := new_problems(before, after):
        raise DocumentRefused(tuple(problems))


def new_problems(before: Document, after: Document) -> list[Problem]:
    """What is wrong with `after` and was not with `before` (a file that was lost), each named by its entry's id."""
    problems = [by_id(problem, after) for problem in check_document(after)]
    if problems:
        known = {by_id(problem, before) for problem in check_document(before)}
        problems = [problem for problem in problems if problem not in known]
    return problems


def by_id(problem: Problem, document: Document) -> Problem:
    """The same problem with its entry named by id instead of by place: `agents.amira.skills`."""
    found = _INDEXED.fullmatch(problem.place)
    if found is None or found["section"] not in SECTIONS:
        return problem
    entry = getattr(document, found["section"])[int(found["index"])]
    return Problem(f"{found['section']}.{entry.id}{found['rest']}", problem.text)


async def locked(connection: Connection, centre: str) -> Document:
    """The organisation, which nobody else changes until the transaction ends. Raises `EntryUnknown`."""
    await lock(connection, centre)
    document = await load(connection, centre)
    if document is None:
        raise EntryUnknown("centre", centre)
    return document


def shown(document: Document) -> Document:
    """`document` as people may see it: without passwords."""
    return msgspec.structs.replace(document, trunks=tuple(shown_trunk(trunk) for trunk in document.trunks))


def shown_trunk(trunk: Trunk) -> Trunk:
    return trunk if trunk.password is None else msgspec.structs.replace(trunk, password=KEPT)


async def _refuse_conflicts(connection: Connection, centre: str, edits: Sequence[Edit], version: int) -> None:
    latest = await history.version(connection, centre)
    if version > latest:
        raise EntryChangedMeanwhile("", "", version, latest, "nobody")
    later = await history.changed_since(connection, centre, version)
    for one in edits:
        if (found := later.get((one.section, one.id))) is not None:
            raise EntryChangedMeanwhile(one.section, one.id, version, *found)


def _centre(document: Document, one: Edit, problems: list[Problem]) -> Centre:
    if one.entry is None or one.id != document.centre.id:
        raise EntryUnknown("centre", one.id)
    raw: Mapping[str, Any] = {"id": one.id} | one.entry
    centre = read_entry("centre", raw, Centre, problems)
    if centre is not None and centre.id != one.id:
        problems.append(Problem("centre.id", "an id never changes"))
    return document.centre if centre is None else centre


def _entry(one: Edit, old: Any, problems: list[Problem], with_files: bool) -> Any:
    place = f"{one.section}.{one.id}"
    name = "number" if one.section == "numbers" else "id"
    raw = {name: one.id} | (one.entry or {})
    entry = read_entry(place, raw, SECTIONS[one.section], problems)
    if entry is None:
        return None
    if entry.id != one.id:
        problems.append(Problem(f"{place}.{name}", "an id never changes: retire this entry and make another"))
    if isinstance(entry, Trunk) and entry.password == KEPT:
        if old is None or old.password is None:
            problems.append(Problem(f"{place}.password", "there is none that could be kept"))
            return None
        return msgspec.structs.replace(entry, password=old.password)
    is_named = isinstance(entry, Prompt) and entry.file is not None and (old is None or old.file != entry.file)
    if is_named and not with_files:
        problems.append(Problem(f"{place}.file", "upload the sound; only `markaz apply` reads files of the machine"))
    return entry
