"""A contact's visit to self-service: its phases, what may happen in each, and how it is kept in a checkpoint.

A visit stands at one node. In most phases it waits for a prompt's end, a key or time, and each of these waits has a
deadline; `queued` has none, since routing holds the lease of a waiting contact and tells when it is over.
"""

from typing import Literal

import msgspec

from markaz.flows.events import NumberConfigured
from markaz.flows.nodes import Calendar, Flow
from markaz.kit.time import Instant

Phase = Literal[
    "playing",  # a prompt that leads on when it ends
    "excusing",  # a menu says that the key was wrong
    "asking",  # a menu's prompt
    "listening",  # a menu's silence after its prompt
    "queued",  # routing has the contact; the flow listens for `while_waiting`
]
Trigger = Literal["prompt_ended", "key", "time"]
Reaction = Literal["go_on", "ask", "listen", "ask_again", "choose", "choose_waiting"]

REACTIONS: dict[tuple[Phase, Trigger], tuple[Reaction, tuple[Phase | Literal["gone"], ...]]] = {
    ("playing", "prompt_ended"): ("go_on", ("playing", "asking", "queued", "gone")),
    ("playing", "time"): ("go_on", ("playing", "asking", "queued", "gone")),
    ("excusing", "prompt_ended"): ("ask", ("asking",)),
    ("excusing", "time"): ("ask", ("asking",)),
    ("excusing", "key"): ("choose", ("playing", "asking", "excusing", "queued", "gone")),
    ("asking", "prompt_ended"): ("listen", ("listening",)),
    ("asking", "time"): ("listen", ("listening",)),
    ("asking", "key"): ("choose", ("playing", "asking", "excusing", "queued", "gone")),
    ("listening", "time"): ("ask_again", ("playing", "asking", "queued", "gone")),
    ("listening", "key"): ("choose", ("playing", "asking", "excusing", "queued", "gone")),
    ("queued", "key"): ("choose_waiting", ("queued", "gone")),
}
"""What each trigger does in each phase, and the phases it may lead to; what is not here is a noted no-op."""

SPEAKING: frozenset[Phase] = frozenset({"playing", "excusing", "asking"})


SURVEY_STEP = 1_000_000
"""Prompts of a survey are numbered from here on, so that none is taken for a late one of the contact's first visit."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Named bounds: beyond them a contact leaves self-service ("loop", "full"), it never sticks."""

    prompt_seconds_max: int = 120
    """A prompt whose end nobody reports counts as ended after so long."""
    steps_max: int = 200
    """Nodes entered and menus repeated in one visit."""
    contacts_max: int = 10_000
    finished_remembered_max: int = 2_000
    """Ids of contacts that left, so that their late stimuli don't start them again."""


class Visit(msgspec.Struct, kw_only=True):
    """A contact in its flow. It keeps the flow in which it began, also when that is configured anew meanwhile."""

    contact: str
    customer: str
    flow: Flow
    node: str = ""
    phase: Phase = "playing"
    prompt: str = ""
    prompt_step: int = 0
    """The newest prompt asked for; reports of older ones are late."""
    steps: int = 0
    attempts: int = 0
    deadline: Instant | None = None
    ticket: int = 0
    """Which timer is this visit's newest, and the order among equal deadlines."""


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """All that self-service knows. `versions` are the flows in use, encoded; `visits` are (index of version, visit)."""

    flows: dict[str, Flow]
    calendars: dict[str, Calendar]
    numbers: dict[str, NumberConfigured]
    versions: tuple[bytes, ...]
    visits: tuple[tuple[int, "KeptVisit"], ...]
    finished: tuple[str, ...]
    tickets: int


class KeptVisit(msgspec.Struct, frozen=True, array_like=True):
    """A `Visit` without its flow."""

    contact: str
    customer: str
    node: str
    phase: Phase
    prompt: str
    prompt_step: int
    steps: int
    attempts: int
    deadline: Instant | None
    ticket: int


def kept(visit: Visit) -> KeptVisit:
    return KeptVisit(*(getattr(visit, field) for field in KeptVisit.__struct_fields__))


def revived(visit: KeptVisit, flow: Flow) -> Visit:
    return Visit(flow=flow, **{field: getattr(visit, field) for field in KeptVisit.__struct_fields__})
