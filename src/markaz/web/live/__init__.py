"""Live state: a copy of the floor in this process, and the pages that follow it."""

from markaz.web.live.endpoint import Live, Opened, router
from markaz.web.live.hub import TooManyWatching
from markaz.web.live.sight import CENTRE, Sight
from markaz.web.live.values import AgentValue, AnyValue, ContactValue, RequestsValue

__all__ = [
    "CENTRE",
    "AgentValue",
    "AnyValue",
    "ContactValue",
    "Live",
    "Opened",
    "RequestsValue",
    "Sight",
    "TooManyWatching",
    "router",
]
