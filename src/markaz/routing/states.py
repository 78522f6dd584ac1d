"""The states that contacts, engagements, parties and agents can be in, and what their parts and ends are called."""

from typing import Literal

ContactState = Literal[
    "in_self_service",  # a flow speaks to it
    "waiting",  # in a lane; `virtual` when only a promised callback waits
    "offered",  # one agent's phone rings
    "connecting",  # accepted: the legs are being joined, or the customer dialled
    "in_conversation",
    "on_hold",
    "in_survey",  # its agent has left, and a flow asks what it was like
    "leaving_message",
    "elsewhere",  # with a number outside
    "postponed",  # a callback's next attempt
    "closed",
]
EngagementState = Literal[
    "offered",
    "connecting",
    "in_conversation",
    "on_hold",
    "consulting",  # with a colleague or a number outside, while the customer is on hold
    "supervising",  # hears the conversation, and is not heard by the customer
    "wrapping_up",
    "ended",
]
WITH_CUSTOMER: tuple[EngagementState, ...] = ("in_conversation", "on_hold", "consulting")
"""The states of an engagement in which its agent answers for a customer who is there."""
SupervisionMode = Literal["listen", "whisper", "barge"]
"""A supervisor hears only; is heard by the agent too; is heard by everybody."""
Part = Literal["lead", "consulted", "joined"] | SupervisionMode
"""What an agent is in a contact: who answers for it, who is asked about it, who has joined, or who supervises it."""
PartyState = Literal["dialled", "consulting", "joined", "gone"]
Presence = Literal["signed_out", "not_ready", "ready"]
Outcome = Literal[
    "answered", "abandoned", "overflowed", "voicemail", "callback", "self_served", "refused", "lost_to_fault"
]
