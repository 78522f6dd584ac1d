"""A new number live at once: from its number, a greeting, a few lines of script and a queue to everything it needs."""

import re
from collections.abc import Iterator

import msgspec

from markaz import flows, scripts
from markaz.kit.problems import Problem
from markaz.organisation.change import entries_by_id
from markaz.organisation.editing import Edit
from markaz.organisation.errors import DocumentRefused
from markaz.organisation.model import Agent, AnyEntry, Client, Document, Number, Project, Prompt, Queue

LINES_MAX = 20


class NumberHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a number is open: the `calendar` that is there, or a new one with `zone`, `weekly` and `holidays`.

    At other times callers hear `closed`, and on holidays `holiday` where that is something else.
    """

    closed: str
    holiday: str | None = None
    calendar: str | None = None
    zone: str | None = None
    weekly: tuple[flows.OpenPeriod, ...] = ()
    holidays: dict[str, str] = {}


class NewNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody must know to put a number live.

    Calls wait in `queue`, or in a new one for which `agents` are ready. The number belongs to `project`, or to a new
    one called `name` for `client`, or for a new client called `client_name`. `script`: what agents say, line by line;
    without lines the project's own. Without `hours` it is always open. `record`: whether the conversations of a new
    queue are recorded, as they are where nothing is said.
    """

    number: str
    name: str
    greeting: str
    language: scripts.Language = "en"
    script: tuple[str, ...] = ()
    queue: str | None = None
    agents: tuple[str, ...] = ()
    project: str | None = None
    client: str | None = None
    client_name: str | None = None
    hours: NumberHours | None = None
    record: bool | None = None


def edits_for_number(document: Document, asked: NewNumber) -> list[Edit]:
    """All that the number needs and the organisation does not have. Raises `DocumentRefused`."""
    problems = list(_problems(document, asked))
    if problems:
        raise DocumentRefused(tuple(problems))
    return [
        Edit(section=section, id=entry.id, entry=msgspec.to_builtins(entry))
        for section, entry in _entries(document, asked)
    ]


def _problems(document: Document, asked: NewNumber) -> Iterator[Problem]:
    if asked.number in entries_by_id(document, "numbers"):
        yield Problem("number", f"{asked.number} is live already")
    for field in ("number", "name", "greeting"):
        if not getattr(asked, field).strip():
            yield Problem(field, "must not be empty")
    for field, section in (("queue", "queues"), ("project", "projects"), ("client", "clients")):
        named = getattr(asked, field)
        if named is not None and named not in entries_by_id(document, section):
            yield Problem(field, f'unknown {field} "{named}"')
    for n, agent in enumerate(asked.agents):
        if agent not in entries_by_id(document, "agents"):
            yield Problem(f"agents[{n}]", f'unknown agent "{agent}"')
    if len(asked.script) > LINES_MAX:
        yield Problem("script", f"more than {LINES_MAX} lines")
    for n, line in enumerate(asked.script):
        if not line.strip():
            yield Problem(f"script[{n}]", "must not be empty")
    if asked.queue is not None and asked.record is not None:
        yield Problem("record", f'the queue "{asked.queue}" says that: change it, or send nothing')
    if asked.hours is not None:
        yield from _when(document, asked.hours)
    yield from _whose(document, asked)


def _when(document: Document, hours: NumberHours) -> Iterator[Problem]:
    for field in ("closed", "holiday"):
        text = getattr(hours, field)
        if text is not None and not text.strip():
            yield Problem(f"hours.{field}", "must not be empty")
    if hours.calendar is None:
        if hours.zone is None:
            yield Problem("hours.zone", "name the zone of the new hours, or a calendar that is there")
        if not hours.weekly:
            yield Problem("hours.weekly", "must not be empty")
    elif hours.calendar not in entries_by_id(document, "calendars"):
        yield Problem("hours.calendar", f'unknown calendar "{hours.calendar}"')
    elif hours.zone is not None or hours.weekly or hours.holidays:
        yield Problem("hours.calendar", "name a calendar that is there, or new hours, not both")


def _whose(document: Document, asked: NewNumber) -> Iterator[Problem]:
    """The number's project, and the client of a new one."""
    if asked.project is not None:
        project = entries_by_id(document, "projects").get(asked.project)
        if asked.script and isinstance(project, Project) and project.script is not None:
            yield Problem("script", f'the project has the script "{project.script}": change that, or send no lines')
        if asked.client is not None or asked.client_name is not None:
            yield Problem("client", "the project has one already")
    elif asked.client is not None and asked.client_name is not None:
        yield Problem("client_name", "name a client that is there, or a new one, not both")
    elif asked.client is None and asked.client_name is None and len(document.clients) != 1:
        yield Problem("client", "say for which client, or send the client_name of a new one")
    elif asked.client_name is not None and not asked.client_name.strip():
        yield Problem("client_name", "must not be empty")


def _entries(document: Document, asked: NewNumber) -> Iterator[tuple[str, AnyEntry]]:
    """What is new, under ids made of the number, and what is changed."""
    stem = f"n{re.sub('[^0-9]', '', asked.number)}"

    def free(section: str, wanted: str) -> str:
        return _free(document, section, wanted)

    script = free("scripts", stem) if asked.script else None
    if script is not None:
        yield "scripts", _script(script, asked)
    if asked.project is None:
        client = asked.client or (document.clients[0].id if asked.client_name is None else free("clients", stem))
        if asked.client_name is not None:
            yield "clients", Client(id=client, name=asked.client_name)
        project = Project(
            id=free("projects", stem), client=client, name=asked.name, script=script, languages=(asked.language,)
        )
        yield "projects", project
    else:
        project = next(one for one in document.projects if one.id == asked.project)
        if script is not None:
            yield "projects", msgspec.structs.replace(project, script=script)
    queue = asked.queue or free("queues", stem)
    if asked.queue is None:
        yield "queues", Queue(id=queue, name=asked.name, project=project.id, record=asked.record is not False)
    for agent in document.agents:
        if agent.id in asked.agents and queue not in agent.queues:
            yield "agents", _serving(agent, queue)
    prompt, flow = free("prompts", stem), free("flows", stem)
    yield "prompts", Prompt(id=prompt, text=asked.greeting, language=asked.language)
    nodes: dict[str, flows.AnyNode] = {
        "answer": flows.Answer(next="greeting"),
        "greeting": flows.Play(prompt=prompt, next="queue"),
        "queue": flows.Queue(queue=queue),
    }
    if asked.hours is not None:
        made, steps = _opened(document, asked.hours, stem, asked.language)
        yield from made
        nodes |= steps
    yield "flows", flows.Flow(id=flow, start="answer", nodes=nodes)
    yield "numbers", Number(id=asked.number, project=project.id, flow=flow)


def _opened(
    document: Document, hours: NumberHours, stem: str, language: scripts.Language
) -> tuple[list[tuple[str, AnyEntry]], dict[str, flows.AnyNode]]:
    """What the hours need, and the flow's nodes that put them before its greeting."""
    made: list[tuple[str, AnyEntry]] = []
    calendar = hours.calendar
    if calendar is None:
        assert hours.zone is not None, "it was asked for"
        calendar = _free(document, "calendars", stem)
        new = flows.Calendar(id=calendar, zone=hours.zone, weekly=hours.weekly, holidays=hours.holidays)
        made.append(("calendars", new))
    nodes: dict[str, flows.AnyNode] = {
        "answer": flows.Answer(next="hours"),
        "hours": flows.Hours(
            calendar=calendar, open="greeting", closed="closed", holiday=None if hours.holiday is None else "holiday"
        ),
    }
    for when, text in (("closed", hours.closed), ("holiday", hours.holiday)):
        if text is not None:
            prompt = _free(document, "prompts", f"{stem}-{when}")
            made.append(("prompts", Prompt(id=prompt, text=text, language=language)))
            nodes[when] = flows.Disconnect(prompt=prompt, result="closed")
    return made, nodes


def _free(document: Document, section: str, wanted: str) -> str:
    """An id that no entry of the section has."""
    taken = entries_by_id(document, section)
    n = 1
    while (name := wanted if n == 1 else f"{wanted}-{n}") in taken:
        n += 1
    return name


def _serving(agent: Agent, queue: str) -> Agent:
    """The new queue is as dear to the agent as the one served first."""
    first = min(agent.queues.values(), default=1)
    return msgspec.structs.replace(agent, queues={**agent.queues, queue: first})


def _script(id_: str, asked: NewNumber) -> scripts.Script:
    names = [f"line-{n}" for n in range(1, len(asked.script) + 1)]
    steps: dict[str, scripts.AnyStep] = {
        name: scripts.Say(text=line, next=following, required=True)
        for name, line, following in zip(names, asked.script, [*names[1:], "end"], strict=True)
    }
    return scripts.Script(
        id=id_, name=asked.name, start=names[0], steps={**steps, "end": scripts.End()}, language=asked.language
    )
