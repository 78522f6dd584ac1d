"""Who sees what of the floor: pure functions of what somebody is and of the values.

The centre's people see all of it, and they alone see alarms. An agent sees their own desk: themselves, the contacts in
which they take part, the queues that they serve. A client sees its own projects and what was answered there, without
the names of agents, its requests, and whether telephony is there; a page of its application sees one contact of them.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from markaz.web.live.values import (
    AgentValue,
    AnyValue,
    ContactValue,
    FeedbackValue,
    FloorValue,
    QueueValue,
    RequestsValue,
)
from markaz.web.live.views import FLOOR, agent_key, agents_of, contact_key


class Sight(msgspec.Struct, frozen=True):
    """`agent` is whose desk it is; `projects` are those of `client`; `contact` is a page's."""

    of: Literal["centre", "agent", "client", "contact"]
    agent: str | None = None
    projects: frozenset[str] = frozenset()
    contact: str | None = None
    client: str | None = None


CENTRE = Sight("centre")


def seen(sight: Sight, key: str, values: Mapping[str, AnyValue]) -> AnyValue | None:
    """The value under `key` as it may be seen; None when it is not there, or hidden."""
    value = values.get(key)
    if value is None or sight.of == "centre":
        return value
    if sight.of == "client":
        return _for_client(sight, value)
    if sight.of == "contact":
        if isinstance(value, ContactValue) and key == contact_key(sight.contact or ""):
            return without_names(value)
        return None
    match value:
        case ContactValue():
            return value if sight.agent in agents_of(value) else None
        case AgentValue():
            return value if sight.agent is not None and key == agent_key(sight.agent) else None
        case QueueValue():
            return value if key.partition("/")[2] in queues_of(sight, values) else None
        case FloorValue():
            return value
        case _:
            return None


def _for_client(sight: Sight, value: AnyValue) -> AnyValue | None:
    match value:
        case QueueValue(project=project):
            return value if project in sight.projects else None
        case ContactValue(project=project):
            return without_names(value) if project in sight.projects else None
        case RequestsValue(client=client):
            return value if client == sight.client else None
        case FeedbackValue(project=project):
            if project not in sight.projects:
                return None
            newest = tuple(msgspec.structs.replace(one, agent=None) for one in value.newest)
            return msgspec.structs.replace(value, newest=newest)
        case FloorValue():
            return value
        case _:
            return None


def is_for_client(sight: Sight, value: AnyValue | None) -> bool:
    """Whether a client is shown the value at all."""
    return value is not None and _for_client(sight, value) is not None


def without_names(value: ContactValue) -> ContactValue:
    parts = tuple(msgspec.structs.replace(part, agent=None) for part in value.parts)
    return msgspec.structs.replace(value, parts=parts)


def queues_of(sight: Sight, values: Mapping[str, AnyValue]) -> tuple[str, ...]:
    """The queues that an agent serves; no others are shown at the desk."""
    own = values.get(agent_key(sight.agent)) if sight.agent is not None else None
    return own.queues if isinstance(own, AgentValue) else ()


def all_seen(sight: Sight, values: Mapping[str, AnyValue]) -> dict[str, AnyValue]:
    """Everything that may be seen."""
    if sight.of == "agent":
        own = values.get(agent_key(sight.agent)) if sight.agent is not None else None
        held = [one.contact for one in own.contacts] if isinstance(own, AgentValue) else []
        keys = [FLOOR, agent_key(sight.agent or ""), *(f"contacts/{one}" for one in dict.fromkeys(held))]
        keys += [f"queues/{queue}" for queue in queues_of(sight, values)]
    else:
        keys = list(values)
    shown = ((key, seen(sight, key, values)) for key in keys)
    return {key: value for key, value in shown if value is not None}
