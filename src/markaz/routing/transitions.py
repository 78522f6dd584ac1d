"""The legal moves of contacts, engagements and agents: one table each, from which the diagrams in docs are generated.

A table maps a state to the triggers that it knows and the state that each leads to. A move outside the table is a
broken invariant and asserts; a stimulus that arrives too late never gets that far.
"""

from collections.abc import Mapping

from markaz.routing.states import ContactState, EngagementState, PartyState, Presence

CONTACT_TRANSITIONS: Mapping[ContactState, Mapping[str, ContactState]] = {
    "in_self_service": {
        "queued": "waiting",
        "message_asked": "leaving_message",
        "callback_promised": "postponed",
        "sent_out": "elsewhere",
        "closed": "closed",
    },
    "waiting": {
        "queued": "waiting",
        "offered": "offered",
        "message_asked": "leaving_message",
        "callback_promised": "postponed",
        "sent_out": "elsewhere",
        "closed": "closed",
    },
    "offered": {"returned": "waiting", "accepted": "connecting", "closed": "closed"},
    "connecting": {
        "returned": "waiting",
        "connected": "in_conversation",
        "customer_missed": "postponed",
        "closed": "closed",
    },
    "in_conversation": {
        "held": "on_hold",
        "handed_over": "in_conversation",
        "transferred": "waiting",
        "returned": "waiting",
        "sent_out": "elsewhere",
        "surveyed": "in_survey",
        "closed": "closed",
    },
    "on_hold": {
        "resumed": "in_conversation",
        "handed_over": "in_conversation",
        "transferred": "waiting",
        "returned": "waiting",
        "sent_out": "elsewhere",
        "closed": "closed",
    },
    "in_survey": {"closed": "closed"},
    "leaving_message": {"closed": "closed"},
    "elsewhere": {"returned": "waiting", "message_asked": "leaving_message", "closed": "closed"},
    "postponed": {"due": "waiting", "closed": "closed"},
    "closed": {},
}

ENGAGEMENT_TRANSITIONS: Mapping[EngagementState, Mapping[str, EngagementState]] = {
    "offered": {"accepted": "connecting", "ended": "ended"},
    "connecting": {
        "connected": "in_conversation",
        "consults": "consulting",
        "supervises": "supervising",
        "ended": "ended",
    },
    "in_conversation": {
        "held": "on_hold",
        "consults": "consulting",
        "supervises": "supervising",
        "takes_over": "in_conversation",
        "finished": "wrapping_up",
        "ended": "ended",
    },
    "on_hold": {
        "resumed": "in_conversation",
        "consults": "consulting",
        "supervises": "supervising",
        "takes_over": "on_hold",
        "finished": "wrapping_up",
        "ended": "ended",
    },
    "consulting": {"connected": "in_conversation", "finished": "wrapping_up", "ended": "ended"},
    "supervising": {"supervises": "supervising", "connected": "in_conversation", "ended": "ended"},
    "wrapping_up": {"ended": "ended"},
    "ended": {},
}

PARTY_TRANSITIONS: Mapping[PartyState, Mapping[str, PartyState]] = {
    "dialled": {"answered": "consulting", "joined": "joined", "gone": "gone"},
    "consulting": {"joined": "joined", "gone": "gone"},
    "joined": {"gone": "gone"},
    "gone": {},
}

PRESENCE_TRANSITIONS: Mapping[Presence, Mapping[str, Presence]] = {
    "signed_out": {"signed_in": "not_ready"},
    "not_ready": {"ready": "ready", "not_ready": "not_ready", "signed_out": "signed_out"},
    "ready": {"not_ready": "not_ready", "signed_out": "signed_out"},
}
