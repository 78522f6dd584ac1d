"""Live state: a copy of the floor in this process, and the pages that follow it."""

from markaz.web.live.endpoint import Live, Opened, router
from markaz.web.live.hub import TooManyWatching
from markaz.web.live.sight import CENTRE, Sight
from markaz.web.live.values import AgentValue, ContactValue

__all__ = ["CENTRE", "AgentValue", "ContactValue", "Live", "Opened", "Sight", "TooManyWatching", "router"]
