"""Conversations of the pure floor in which others take part."""

from typing import Any

from markaz.routing import (
    ConsultRequested,
    ConversationStarted,
    OfferAccepted,
)  # fmt: skip
from tests.routing.house import House, agent, queue


def house(**rules: Any) -> House:
    """Ann talks to the customer of c1; Ben and Sue are there."""
    found = House(queue(wrap_up_seconds_max=30, **rules), agent("ann"), agent("ben"), agent("sue"))
    found.answer(found.call("c1"))
    return found


def consulting(who: str = "ben", **rules: Any) -> House:
    """Ann consults `who`, who has answered; the customer is on hold."""
    found = house(**rules)
    found.tell(ConsultRequested("c1", "ann", "agent", who), OfferAccepted("c1.2"), ConversationStarted("c1", "c1.2"))
    return found


def parts(found: House) -> dict[str, tuple[str, str]]:
    """Agent -> part and state, of all engagements that are open."""
    return {one.agent: (one.part, one.state) for one in found.floor.state.engagements.values()}
