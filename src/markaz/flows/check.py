"""Is a flow or a calendar fit to be used? Every problem is found at once and said with its place."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from markaz.flows.hours import minutes
from markaz.flows.nodes import (
    Answer,
    AnyNode,
    Calendar,
    Callback,
    Dial,
    Disconnect,
    Flow,
    Hours,
    Menu,
    Play,
    Queue,
    Rate,
    Voicemail,
)  # fmt: skip
from markaz.kit.problems import Problem

KEYS = "0123456789*#"
ANSWERS = "123456789"
"""The keys that can be an answer."""
MENU_TIMEOUT_SECONDS_MAX = 60
MENU_ATTEMPTS_MAX = 10
MESSAGE_SECONDS_MAX = 1_800
WHILE_WAITING = ("callback", "voicemail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The ids that a flow may name."""

    calendars: Container[str]
    prompts: Container[str]
    queues: Container[str]
    skills: Container[str]
    agents: Container[str]


def check_flow(flow: Flow, known: Known) -> list[Problem]:
    """Everything that keeps `flow` from being used, in the order of its nodes."""
    problems: list[Problem] = []
    if flow.start not in flow.nodes:
        problems.append(Problem("start", f'unknown node "{flow.start}"'))
    for name, node in flow.nodes.items():
        problems += [problem.within(f"nodes.{name}") for problem in _node_problems(node, flow, known)]
    reachable = _reachable(flow, lambda node: False)
    problems += [
        Problem(f"nodes.{name}", "no way leads here: name it in another node, or remove it")
        for name in flow.nodes
        if name not in reachable
    ]
    unanswered = _reachable(flow, lambda node: isinstance(node, Answer))
    problems += [
        Problem(f"nodes.{name}", 'the customer hears nothing here: let an "answer" node come before it')
        for name, node in flow.nodes.items()
        if name in unanswered and _speaks(node)
    ]
    return problems


def check_zone(zone: str) -> list[Problem]:
    """What keeps `zone` from being a time zone, at `zone`."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, not a relative name, or a folder of zones
        return [Problem("zone", f'unknown time zone "{zone}": use an IANA name')]
    return []


def check_survey(flow: Flow) -> list[Problem]:
    """What keeps `flow`, fit by itself, from being a survey: it may only speak, ask and end."""
    return [
        Problem(f"nodes.{name}", "a survey can't pass the customer on: it may play, ask and end")
        for name, node in flow.nodes.items()
        if isinstance(node, Queue | Voicemail | Callback | Dial)
    ]


def check_calendar(calendar: Calendar) -> list[Problem]:
    """Everything that keeps `calendar` from being used."""
    problems = check_zone(calendar.zone)
    for n, period in enumerate(calendar.weekly):
        problems += [
            Problem(f"weekly[{n}].days", f"{day} is not a day: 0 is Monday, 6 is Sunday")
            for day in period.days
            if not 0 <= day <= 6
        ]
        problems += _period_problems(f"weekly[{n}]", period.since, period.until)
    for iso in calendar.holidays:
        problems += _date_problems(f"holidays.{iso}", iso)
    for iso, periods in calendar.special.items():
        problems += _date_problems(f"special.{iso}", iso)
        for n, (since, until) in enumerate(periods):
            problems += _period_problems(f"special.{iso}[{n}]", since, until)
    return problems


def next_nodes(node: AnyNode) -> list[tuple[str, str]]:
    """Where `node` may lead, as (field, node's name)."""
    match node:
        case Answer() | Play():
            return [("next", node.next)]
        case Hours():
            ways = [("open", node.open), ("closed", node.closed)]
            return ways if node.holiday is None else [*ways, ("holiday", node.holiday)]
        case Menu():
            ways = [(f"choices.{key}", target) for key, target in node.choices.items()]
            return [*ways, ("otherwise", node.otherwise)]
        case Rate():
            ways = [("next", node.next)]
            return ways if node.otherwise is None else [*ways, ("otherwise", node.otherwise)]
        case Queue() | Voicemail() | Callback() | Dial() | Disconnect():
            return []


def _reachable(flow: Flow, stops: Callable[[AnyNode], bool]) -> set[str]:
    """Nodes that can be entered from the start without passing through one where `stops` is true."""
    found: set[str] = set()
    open_ways = [flow.start]
    while open_ways:
        name = open_ways.pop()
        node = flow.nodes.get(name)
        if name in found or node is None:
            continue
        found.add(name)
        if not stops(node):
            open_ways += [target for _, target in next_nodes(node)]
    return found


def _speaks(node: AnyNode) -> bool:
    match node:
        case Play() | Menu() | Rate() | Queue() | Voicemail() | Callback():
            return True
        case Disconnect():
            return node.prompt is not None
        case Answer() | Hours() | Dial():
            return False


def _node_problems(node: AnyNode, flow: Flow, known: Known) -> Iterator[Problem]:
    for field, target in next_nodes(node):
        if target not in flow.nodes:
            yield Problem(field, f'unknown node "{target}"')
    match node:
        case Play():
            yield from _unknown("prompt", node.prompt, known.prompts)
        case Hours():
            yield from _unknown("calendar", node.calendar, known.calendars)
        case Menu():
            yield from _unknown("prompt", node.prompt, known.prompts)
            yield from _unknown("prompt", node.invalid_prompt, known.prompts, field="invalid_prompt")
            yield from _menu_problems(node)
        case Rate():
            yield from _unknown("prompt", node.prompt, known.prompts)
            yield from _rate_problems(node)
        case Queue():
            yield from _unknown("queue", node.queue, known.queues)
            yield from _unknown("agent", node.named_agent, known.agents, field="named_agent")
            yield from _queue_problems(node, known)
        case Voicemail():
            yield from _unknown("prompt", node.prompt, known.prompts)
            if not 1 <= node.seconds_max <= MESSAGE_SECONDS_MAX:
                yield Problem("seconds_max", f"must be between 1 and {MESSAGE_SECONDS_MAX}")
        case Callback():
            yield from _unknown("queue", node.queue, known.queues)
        case Dial():
            if not (node.number.removeprefix("+").isdigit() and node.number.isascii()):
                yield Problem("number", f'"{node.number}" is not a telephone number: digits, with + before them or not')
        case Disconnect():
            yield from _unknown("prompt", node.prompt, known.prompts)
        case Answer():
            pass


def _menu_problems(node: Menu) -> Iterator[Problem]:
    if not node.choices:
        yield Problem("choices", "a menu needs a choice")
    yield from _key_problems("choices", node.choices)
    yield from _patience_problems(node)


def _rate_problems(node: Rate) -> Iterator[Problem]:
    if not node.keys or len(set(node.keys)) != len(node.keys) or not set(node.keys) <= set(ANSWERS):
        yield Problem("keys", f'"{node.keys}" are no answers: write each key once, of {ANSWERS}')
    yield from _patience_problems(node)


def _patience_problems(node: Menu | Rate) -> Iterator[Problem]:
    if not 0 < node.timeout_seconds <= MENU_TIMEOUT_SECONDS_MAX:
        yield Problem("timeout_seconds", f"must be more than 0 and at most {MENU_TIMEOUT_SECONDS_MAX}")
    if not 1 <= node.attempts_max <= MENU_ATTEMPTS_MAX:
        yield Problem("attempts_max", f"must be between 1 and {MENU_ATTEMPTS_MAX}")


def _queue_problems(node: Queue, known: Known) -> Iterator[Problem]:
    for skill, level in node.skills.items():
        yield from _unknown("skill", skill, known.skills, field=f"skills.{skill}")
        if not 1 <= level <= 10:
            yield Problem(f"skills.{skill}", "a level is between 1 and 10")
    yield from _key_problems("while_waiting", node.while_waiting)
    for key, choice in node.while_waiting.items():
        if choice not in WHILE_WAITING:
            yield Problem(f"while_waiting.{key}", f'"{choice}" is not offered while waiting: callback or voicemail is')


def _key_problems(field: str, keys: Iterable[str]) -> Iterator[Problem]:
    for key in keys:
        if len(key) != 1 or key not in KEYS:
            yield Problem(f"{field}.{key}", f'"{key}" is not a key: one of {KEYS}')


def _unknown(kind: str, name: str | None, known: Container[str], *, field: str | None = None) -> Iterator[Problem]:
    if name is not None and name not in known:
        yield Problem(field or kind, f'unknown {kind} "{name}"')


def _period_problems(place: str, since: str, until: str) -> Iterator[Problem]:
    for field, text in (("since", since), ("until", until)):
        try:
            if minutes(text) == 24 * 60 and field == "since":
                yield Problem(f"{place}.{field}", "a period can't begin at 24:00: write 00:00 of the next day")
        except ValueError as error:
            yield Problem(f"{place}.{field}", str(error))


def _date_problems(place: str, iso: str) -> Iterator[Problem]:
    try:
        written = date.fromisoformat(iso).isoformat()
    except ValueError:
        written = None
    if written != iso:  # fromisoformat also takes 20261224, which opening() would never find
        yield Problem(place, f'"{iso}" is not a date: write YYYY-MM-DD')
