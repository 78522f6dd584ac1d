"""Refusals: who may ask, and for what."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class NotSignedIn(MarkazError):
    """Nobody is signed in: sign in, or send an API key as "Authorization: Bearer mk_..."."""

    code: ClassVar[str] = "not_signed_in"


@dataclass(eq=False)
class NotPermitted(MarkazError):
    """The permission {permission} is needed, and not yours: ask an administrator of your centre for it."""

    code: ClassVar[str] = "not_permitted"
    permission: str


@dataclass(eq=False)
class NotYourAgent(MarkazError):
    """You may act only as the agent that you are, not as "{agent}": sign in as that agent, or ask a supervisor."""

    code: ClassVar[str] = "not_permitted"
    agent: str


@dataclass(eq=False)
class NotPermittedThere(MarkazError):
    """What this would change is not yours to change, or would give more than you may give."""

    code: ClassVar[str] = "not_permitted"


@dataclass(eq=False)
class OriginRefused(MarkazError):
    """The request came from a page of another site: use Markaz' own pages, or an API key."""

    code: ClassVar[str] = "origin_refused"


@dataclass(eq=False)
class EmbedRefused(MarkazError):
    """The token is unknown, has ended, or is for pages of another origin: open the page from the desk again."""

    code: ClassVar[str] = "embed_refused"
