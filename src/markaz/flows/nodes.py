"""A self-service flow as data: named nodes, each of which says what comes next.

A node's `next` (or a choice) names another node of the same flow. Prompts, calendars and queues are named by id.
"""

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Node(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of a flow."""


class Answer(Node, tag="answer"):
    """Pick up."""

    next: str


class Play(Node, tag="play"):
    """Play a prompt to its end."""

    prompt: str
    next: str


class Hours(Node, tag="hours"):
    """Branch on a calendar (IANA zone, weekly hours, holidays)."""

    calendar: str
    open: str
    closed: str
    holiday: str | None = None


class Menu(Node, tag="menu"):
    """Play a prompt (a key may interrupt it) and branch on a key.

    Silence for `timeout_seconds` after the prompt, or a wrong key, plays it again, `attempts_max` times in all; then
    the contact goes to `otherwise`.
    """

    prompt: str
    choices: dict[str, str]
    otherwise: str
    timeout_seconds: float = 5.0
    attempts_max: int = 3
    invalid_prompt: str | None = None


class Rate(Node, tag="rate"):
    """Play a prompt (a key may interrupt it) and keep the key among `keys` as the answer to the question.

    The node's name is the question's. Silence for `timeout_seconds` after the prompt, or another key, plays it again,
    `attempts_max` times in all; then the contact goes to `otherwise`, or is done when there is none.
    """

    prompt: str
    next: str
    keys: str = "12345"
    otherwise: str | None = None
    timeout_seconds: float = 5.0
    attempts_max: int = 2


class Queue(Node, tag="queue"):
    """Hand the contact to a queue. `while_waiting`: key -> what the customer may choose meanwhile."""

    queue: str
    skills: dict[str, int] = {}
    priority: int = 0
    named_agent: str | None = None
    while_waiting: dict[str, str] = {}
    """Values: "callback" or "voicemail"."""


class Voicemail(Node, tag="voicemail"):
    """Play a prompt, then take a message."""

    prompt: str | None = None
    seconds_max: int = 120


class Callback(Node, tag="callback"):
    """Promise a call back to the customer's own number, with a place in `queue`."""

    queue: str


class Dial(Node, tag="dial"):
    """Send the contact to a number outside."""

    number: str


class Disconnect(Node, tag="disconnect"):
    """End, after `prompt` when there is one."""

    prompt: str | None = None
    result: str = "self_served"


AnyNode = Answer | Play | Hours | Menu | Rate | Queue | Voicemail | Callback | Dial | Disconnect


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nodes by name and where to begin."""

    id: str
    start: str
    nodes: dict[str, AnyNode]


class OpenPeriod(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weekly opening: `days` 0 (Monday) to 6; "HH:MM" local.

    `until` <= `since` runs past midnight; `until` may be 24:00.
    """

    days: tuple[int, ...]
    since: str
    until: str


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Business hours in one IANA zone. `holidays`: ISO date -> name; `special`: ISO date -> that day's periods."""

    id: str
    zone: str
    weekly: tuple[OpenPeriod, ...]
    holidays: dict[str, str] = {}
    special: dict[str, tuple[tuple[str, str], ...]] = {}
