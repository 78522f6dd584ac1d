"""Live state: a copy of the floor in this process, and the pages that follow it."""

from markaz.web.live.alarming import Alarming
from markaz.web.live.endpoint import Live, Opened, router
from markaz.web.live.hub import Hub, TooManyWatching
from markaz.web.live.replica import Replica
from markaz.web.live.sight import CENTRE, Sight
from markaz.web.live.values import AgentValue, AnswerValue, AnyValue, ContactValue, FeedbackValue, RequestsValue

__all__ = [
    "CENTRE",
    "AgentValue",
    "Alarming",
    "AnswerValue",
    "AnyValue",
    "ContactValue",
    "FeedbackValue",
    "Hub",
    "Live",
    "Opened",
    "Replica",
    "RequestsValue",
    "Sight",
    "TooManyWatching",
    "router",
]
