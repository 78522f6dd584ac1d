"""Live state: a copy of the floor in this process, and the pages that follow it."""

from markaz.web.live.endpoint import Live, SightOf, router
from markaz.web.live.sight import CENTRE, Sight

__all__ = ["CENTRE", "Live", "Sight", "SightOf", "router"]
