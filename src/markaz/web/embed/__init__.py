"""What a page of a client's own application gets: a script, and the course of the contact for which it was opened."""

from markaz.web.embed.endpoint import Embedded, router
from markaz.web.embed.token import make_token, origin_of, with_token

__all__ = ["Embedded", "make_token", "origin_of", "router", "with_token"]
