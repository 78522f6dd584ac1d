"""Contacts, and what is entered of them."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class ClientNeeded(MarkazError):
    """Nobody is named of whom this is asked: name a client, or one of its projects."""

    code: ClassVar[str] = "client_needed"


@dataclass(eq=False)
class WordsNeeded(MarkazError):
    """To {move} takes words: send some."""

    code: ClassVar[str] = "words_needed"
    move: str


@dataclass(eq=False)
class ContactUnknown(MarkazError):
    """There is no contact "{contact}" that you may see: check the id."""

    code: ClassVar[str] = "contact_unknown"
    contact: str


@dataclass(eq=False)
class OfferUnknown(MarkazError):
    """The agent has had no offer "{offer}": look in the live state, under `contacts`."""

    code: ClassVar[str] = "offer_unknown"
    offer: str


@dataclass(eq=False)
class WrapUpOver(MarkazError):
    """The wrap-up of contact "{contact}" is over, and what was entered counts: add a note to the contact instead."""

    code: ClassVar[str] = "wrap_up_over"
    contact: str


@dataclass(eq=False)
class CallbackNotPossible(MarkazError):
    """The call back can't be promised: {why}."""

    code: ClassVar[str] = "callback_not_possible"
    why: str


@dataclass(eq=False)
class ScreenPopMissing(MarkazError):
    """Project "{project}" has no screen-pop address: set one in the organisation."""

    code: ClassVar[str] = "screen_pop_missing"
    project: str
