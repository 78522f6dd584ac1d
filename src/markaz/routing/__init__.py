"""The floor: who serves whom, as a pure state machine. This is the context's only door."""

from markaz.routing.effects import (
    AgentMoved, AnnouncePlace, BenchConsidered, CheckContact, ConnectContact, ContactMoved, ContactState, Decided,
    DialCustomer, Effect, EndContact, EngagementMoved, EngagementState, KeepWaiting, LaneConsidered, Noted,
    OfferContact, Outcome, PlayPrompt, Presence, ProjectMoved, PromiseCallback, ReleaseAgent, SendToNumber,
    TakeMessage, WithdrawOffer,
)  # fmt: skip
from markaz.routing.floor import Floor
from markaz.routing.rules import (
    AgentProfile, Announcement, CHANNEL_KINDS, Capacity, ChannelKind, Destination, Overflow, PauseRule, ProjectRules,
    QueueRules, Relaxation, Sticky, ToCallback, ToDisconnect, ToNumber, ToQueue, ToVoicemail,
)  # fmt: skip
from markaz.routing.stimuli import (
    AgentBecameNotReady, AgentBecameReady, AgentConfigured, AgentLeft, AgentPhoneFound, AgentPhoneLost, AgentRetired,
    AgentSignedIn, AgentSignedOut, CallbackAsked, ContactArrived, ContactQueued, ContactSeen, ContactServedItself,
    ConversationStarted, CustomerLeft, CustomerMissed, CustomerReached, ElsewhereAnswered, ElsewhereFailed,
    FailureCause, FloorStarted, HoldBegan, HoldEnded, LeftCause, MessageAsked, MessageLeft, NumberAsked,
    OfferAccepted, OfferFailed, OfferPlaced, OfferRefused, ProjectConfigured, ProjectPaused, ProjectResumed,
    QueueConfigured, QueueRetired, Stimulus, TimePassed, TransferRequested, WrapUpEnded,
)  # fmt: skip
from markaz.routing.transitions import (
    CONTACT_TRANSITIONS, ENGAGEMENT_TRANSITIONS, PRESENCE_TRANSITIONS,
)  # fmt: skip

__all__ = [
    "AgentBecameNotReady", "AgentBecameReady", "AgentConfigured", "AgentLeft", "AgentMoved", "AgentPhoneFound",
    "AgentPhoneLost", "AgentProfile", "AgentRetired", "AgentSignedIn", "AgentSignedOut", "AnnouncePlace",
    "Announcement", "BenchConsidered", "CHANNEL_KINDS", "CONTACT_TRANSITIONS", "CallbackAsked", "Capacity",
    "ChannelKind", "CheckContact", "ConnectContact", "ContactArrived", "ContactMoved", "ContactQueued", "ContactSeen",
    "ContactServedItself", "ContactState", "ConversationStarted", "CustomerLeft", "CustomerMissed", "CustomerReached",
    "Decided", "Destination", "DialCustomer", "ENGAGEMENT_TRANSITIONS", "Effect", "ElsewhereAnswered",
    "ElsewhereFailed", "EndContact", "EngagementMoved", "EngagementState", "FailureCause", "Floor", "FloorStarted",
    "HoldBegan", "HoldEnded", "KeepWaiting", "LaneConsidered", "LeftCause", "MessageAsked", "MessageLeft", "Noted",
    "NumberAsked", "OfferAccepted", "OfferContact", "OfferFailed", "OfferPlaced", "OfferRefused", "Outcome",
    "Overflow", "PRESENCE_TRANSITIONS", "PauseRule", "PlayPrompt", "Presence", "ProjectConfigured", "ProjectMoved",
    "ProjectPaused", "ProjectResumed", "ProjectRules", "PromiseCallback", "QueueConfigured", "QueueRetired",
    "QueueRules", "Relaxation", "ReleaseAgent", "SendToNumber", "Sticky", "Stimulus", "TakeMessage", "TimePassed",
    "ToCallback", "ToDisconnect", "ToNumber", "ToQueue", "ToVoicemail", "TransferRequested", "WithdrawOffer",
    "WrapUpEnded",
]  # fmt: skip
