"""What an organisation's parts say of each other must be true, and every figure and name within its bounds."""

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from markaz.flows import Known, check_calendar, check_flow, check_survey, check_zone
from markaz.kit.problems import Problem
from markaz.organisation.model import Agent, Document, Project, Prompt, Queue, Trunk
from markaz.organisation.sounds import why_unusable
from markaz.routing import Destination, ToDisconnect, ToNumber, ToQueue
from markaz.scripts import VARIABLES, check_script, variables

NUMBER_MAX = 1_000_000_000
"""No count of seconds, contacts or levels is larger: three decades of seconds, and safe in every format."""
TEXT_MAX = 2_000
ENTRIES_MAX = 50_000
LEVELS = range(1, 11)
PREFERENCES = range(1, 1_001)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TELEPHONE = re.compile(r"\+?[0-9]{2,20}")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,99}")
SCREEN_POP_VARIABLES = VARIABLES | {"contact"}
_SCREEN_POP = re.compile(r"https?://[^\s{}/?#@]+(?:[/?#](?:[^\s{}]|\{[^{}]*\})*)?")
"""No variable may stand for the machine that is called, and no user name before it."""
_AT_LEAST_ONE = frozenset({"port", "seconds_max"})
"""Beside what the rules themselves refuse."""


def check_document(document: Document) -> list[Problem]:
    """Every problem of a document whose parts have their shape, in the order of its sections."""
    return [*_Check(document).problems()]


class _Check:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._ids: dict[str, set[str]] = {
            section: {entry.id for entry in getattr(document, section)}
            for section in document.__struct_fields__
            if section != "centre"
        }

    def problems(self) -> Iterator[Problem]:
        document = self._document
        yield from _bounds("centre", document.centre)
        yield from _identity("centre", document.centre.id)
        yield from (problem.within("centre") for problem in check_zone(document.centre.zone))
        for section in self._ids:
            yield from self._section(section)
        for place, project in _places("projects", document.projects):
            yield from self._unknown(f"{place}.client", "client", project.client)
            yield from self._unknown(f"{place}.pause.prompt", "prompt", project.pause.prompt)
            yield from self._destination(f"{place}.pause.to", project.pause.to)
            yield from self._unknown(f"{place}.callback_queue", "queue", project.callback_queue)
            yield from self._unknown(f"{place}.survey", "flow", project.survey)
            yield from self._survey(f"{place}.survey", project.survey)
            yield from self._unknown(f"{place}.script", "script", project.script)
            yield from _project(place, project)
        for place, queue in _places("queues", document.queues):
            yield from self._queue(place, queue)
        for place, agent in _places("agents", document.agents):
            yield from self._agent(place, agent)
        for place, calendar in _places("calendars", document.calendars):
            yield from (problem.within(place) for problem in check_calendar(calendar))
        for place, prompt in _places("prompts", document.prompts):
            yield from _prompt(place, prompt)
        known = Known(**{section: self._ids[section] for section in Known.__slots__})
        for flow in document.flows:
            yield from (problem.within(f"flows.{flow.id}") for problem in check_flow(flow, known))
        for place, number in _places("numbers", document.numbers):
            yield from self._unknown(f"{place}.project", "project", number.project)
            yield from self._unknown(f"{place}.flow", "flow", number.flow)
        for place, trunk in _places("trunks", document.trunks):
            yield from _trunk(place, trunk)
        for place, disposition in _places("dispositions", document.dispositions):
            yield from self._unknown(f"{place}.project", "project", disposition.project)
        yield from self._scripts()

    def _survey(self, place: str, name: str | None) -> Iterator[Problem]:
        for flow in self._document.flows:
            if flow.id == name:
                yield from (Problem(place, f"{name}.{problem}") for problem in check_survey(flow))

    def _scripts(self) -> Iterator[Problem]:
        """An end proposes a disposition that each project which uses the script has."""
        users: dict[str, list[Project]] = {}
        for project in self._document.projects:
            if project.script is not None:
                users.setdefault(project.script, []).append(project)
        by_project: dict[str, set[str]] = {}
        for disposition in self._document.dispositions:
            by_project.setdefault(disposition.project, set()).add(disposition.id)
        for place, script in _places("scripts", self._document.scripts):
            known = self._ids["dispositions"]
            for project in users.get(script.id, ()):
                known = known & by_project.get(project.id, set())
            yield from (problem.within(place) for problem in check_script(script, dispositions=known))

    def _section(self, section: str) -> Iterator[Problem]:
        """Ids are well formed and used once; every figure and text is within its bounds."""
        entries = getattr(self._document, section)
        if len(entries) > ENTRIES_MAX:
            yield Problem(section, f"more than {ENTRIES_MAX} entries")
            return
        seen: set[str] = set()
        for place, entry in _places(section, entries):
            yield from _bounds(place, entry)
            if section == "numbers":
                yield from _telephone(f"{place}.number", entry.id)
            else:
                yield from _identity(place, entry.id)
            if entry.id in seen:
                yield Problem(place, f'"{entry.id}" is there twice')
            seen.add(entry.id)

    def _queue(self, place: str, queue: Queue) -> Iterator[Problem]:
        yield from self._unknown(f"{place}.project", "project", queue.project)
        yield from self._levels(f"{place}.skills", "skill", queue.skills, LEVELS)
        for n, step in enumerate(queue.relaxation):
            for skill in step.drop:
                yield from self._unknown(f"{place}.relaxation[{n}].drop", "skill", skill)
            yield from self._levels(f"{place}.relaxation[{n}].lower", "skill", step.lower, LEVELS)
        for n, overflow in enumerate(queue.overflow):
            yield from self._destination(f"{place}.overflow[{n}].to", overflow.to, leaving=queue.id)
        for field in ("relaxation", "overflow"):
            steps = [step.after_seconds for step in getattr(queue, field)]
            if steps != sorted(set(steps)):
                yield Problem(f"{place}.{field}", "steps must come in the order of after_seconds, each at its own time")
        yield from self._destination(f"{place}.when_full", queue.when_full, leaving=queue.id)

    def _agent(self, place: str, agent: Agent) -> Iterator[Problem]:
        if agent.id.startswith("queue-"):
            yield Problem(f"{place}.id", '"queue-" is how phones name queues: choose another id')
        yield from self._unknown(f"{place}.team", "team", agent.team)
        yield from self._levels(f"{place}.skills", "skill", agent.skills, LEVELS)
        yield from self._levels(f"{place}.queues", "queue", agent.queues, PREFERENCES)

    def _levels(self, place: str, kind: str, levels: dict[str, int], allowed: range) -> Iterator[Problem]:
        for name, level in levels.items():
            yield from self._unknown(place, kind, name)
            if level not in allowed:
                yield Problem(f"{place}.{name}", f"must be between {allowed[0]} and {allowed[-1]}")

    def _destination(self, place: str, to: Destination | None, *, leaving: str | None = None) -> Iterator[Problem]:
        match to:
            case ToQueue():
                yield from self._unknown(f"{place}.queue", "queue", to.queue)
                if to.queue == leaving:
                    yield Problem(f"{place}.queue", "a queue can't overflow to itself")
            case ToNumber():
                yield from _telephone(f"{place}.number", to.number)
                yield from self._dialled(f"{place}.number", to)
            case ToDisconnect():
                yield from self._unknown(f"{place}.prompt", "prompt", to.prompt)
            case _:
                pass

    def _dialled(self, place: str, to: ToNumber) -> Iterator[Problem]:
        """A number must be one that a trunk dials; a trunk with the centre's name dials what is sent to that centre."""
        there = [trunk for trunk in self._document.trunks if trunk.id == to.centre]
        trunks = there or self._document.trunks
        if not any(to.number.startswith(trunk.prefixes) for trunk in trunks):
            which = f"the trunk {to.centre}" if there else "no trunk"
            verb = "does not dial" if there else "dials"
            yield Problem(place, f"{which} {verb} {to.number}: add the beginning of the number to its prefixes")

    def _unknown(self, place: str, kind: str, name: str | None) -> Iterator[Problem]:
        if name is not None and name not in self._ids[f"{kind}s"]:
            yield Problem(place, f'unknown {kind} "{name}"')


def _places(section: str, entries: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for n, entry in enumerate(entries):
        yield (f"flows.{entry.id}" if section == "flows" else f"{section}[{n}]"), entry


def _identity(place: str, name: str) -> Iterator[Problem]:
    if not _ID.fullmatch(name):
        yield Problem(f"{place}.id", f'"{name}" is no id: up to 40 letters, digits, - and _, a letter or digit first')


def _telephone(place: str, number: str) -> Iterator[Problem]:
    if not _TELEPHONE.fullmatch(number):
        yield Problem(place, f'"{number}" is not a telephone number: write +18005550100')


def _project(place: str, project: Project) -> Iterator[Problem]:
    for field in ("languages", "deviations"):
        named = getattr(project, field)
        if len(set(named)) != len(named):
            yield Problem(f"{place}.{field}", "one is there twice")
    if project.screen_pop is None:
        return
    if not _SCREEN_POP.fullmatch(project.screen_pop):
        yield Problem(f"{place}.screen_pop", "write the address of a page: https://crm.example.com/?caller={customer}")
    for name in variables(project.screen_pop):
        if name not in SCREEN_POP_VARIABLES:
            known = ", ".join(sorted(SCREEN_POP_VARIABLES))
            yield Problem(f"{place}.screen_pop", f'unknown variable "{name}": there are {known}')


def _prompt(place: str, prompt: Prompt) -> Iterator[Problem]:
    if sum(source is not None for source in (prompt.text, prompt.file, prompt.sound)) != 1:
        yield Problem(place, "a prompt has either a text, a file or a sound that was uploaded")
    elif prompt.text is not None and not prompt.text.strip():
        yield Problem(f"{place}.text", "there is nothing to say")
    elif prompt.file is not None and (why := why_unusable(Path(prompt.file))) is not None:
        yield Problem(f"{place}.file", why)


def _trunk(place: str, trunk: Trunk) -> Iterator[Problem]:
    if not _HOST.fullmatch(trunk.host):
        yield Problem(f"{place}.host", f'"{trunk.host}" is not the name or address of a machine')
    if trunk.port > 65_535:
        yield Problem(f"{place}.port", "must be between 1 and 65535")
    for prefix in trunk.prefixes:
        if not re.fullmatch(r"\+?[0-9]{0,20}", prefix) or not prefix:
            yield Problem(f"{place}.prefixes", f'"{prefix}" is not the beginning of a telephone number')
    if (trunk.username is None) != (trunk.password is None):
        yield Problem(place, "username and password come together")
    for field in ("username", "password"):
        if any(ord(letter) < 32 for letter in getattr(trunk, field) or ""):
            yield Problem(f"{place}.{field}", "must be a single line without tabs")
    if trunk.caller is not None:
        yield from _telephone(f"{place}.caller", trunk.caller)


def _bounds(place: str, entry: msgspec.Struct) -> Iterator[Problem]:
    yield from _value_bounds(place, "", msgspec.to_builtins(entry))


def _value_bounds(place: str, field: str, value: object) -> Iterator[Problem]:
    match value:
        case bool() | None:
            pass
        case int() | float():
            least = -NUMBER_MAX if field == "priority" else int(field in _AT_LEAST_ONE)
            if not math.isfinite(value) or not least <= value <= NUMBER_MAX:
                yield Problem(place, f"must be between {least} and {NUMBER_MAX}")
        case str():
            yield from _text_bounds(place, value)
        case dict():
            for key, inner in value.items():
                yield from _text_bounds(place, key)
                yield from _value_bounds(f"{place}.{key}", key, inner)
        case list() | tuple():
            for n, inner in enumerate(value):
                yield from _value_bounds(f"{place}[{n}]", field, inner)
        case _:
            raise AssertionError(f"{place}: {value!r}")


def _text_bounds(place: str, text: str) -> Iterator[Problem]:
    if len(text) > TEXT_MAX:
        yield Problem(place, f"longer than {TEXT_MAX} characters")
    elif any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
        yield Problem(place, "has a control character in it")
