"""The course of a contact as its client's page is told it, step by step. Pure.

From what was seen before and what is seen now; what came between and is gone already is not told.
"""

from datetime import datetime
from typing import Final, Literal

import msgspec

from markaz import routing
from markaz.web.live import ContactValue

Step = Literal["offered", "answered", "held", "resumed", "transferred", "ended", "wrapped_up"]
Phase = Literal["waiting", "offered", "talking", "held", "elsewhere", "ended", "over"]

_PHASES: Final[dict[routing.ContactState, Phase]] = {
    "in_self_service": "waiting",
    "waiting": "waiting",
    "in_survey": "ended",
    "leaving_message": "waiting",
    "postponed": "waiting",
    "offered": "offered",
    "connecting": "offered",
    "in_conversation": "talking",
    "on_hold": "held",
    "elsewhere": "elsewhere",
    "closed": "ended",
}


class Seen(msgspec.Struct, frozen=True):
    """`lead`: who answers for it. `since`: when the phase began, where the floor tells."""

    phase: Phase
    lead: str | None = None
    since: datetime | None = None


def seen_now(value: ContactValue | None, *, is_in_hand: bool) -> Seen:
    """`value` is None when the contact has left the floor; `is_in_hand`: somebody still wraps it up."""
    if value is None:
        return Seen("ended" if is_in_hand else "over")
    lead = value.parts[0].agent if value.parts else None
    return Seen(_PHASES[value.state], lead, value.since)


def steps(before: Seen | None, now: Seen) -> tuple[Step, ...]:
    """What to tell. `before` is None for who has been told nothing yet."""
    was = None if before is None else before.phase
    is_same_lead = before is not None and before.lead == now.lead
    if was == now.phase and (is_same_lead or was in ("waiting", "elsewhere")):
        return ()
    match now.phase:
        case "over":
            return ("wrapped_up",) if was in (None, "ended") else ("ended", "wrapped_up")
        case "ended":
            return ("ended",)
        case "elsewhere":
            return ("transferred",)
        case "waiting":
            return ("transferred",) if was in ("talking", "held") else ()
        case "offered":
            return ("transferred", "offered") if was in ("talking", "held") else ("offered",)
        case "talking" | "held" if was in ("talking", "held") and not is_same_lead:
            return ("transferred",)
        case "talking":
            return ("resumed",) if was == "held" else ("answered",)
        case "held":
            return ("held",)
