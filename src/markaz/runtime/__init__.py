"""The loop of the floor, its journal, inbox and read models; the only door, but for `markaz.runtime.simulated`."""

from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.database import connect, migrate
from markaz.runtime.inbox import (
    Message,
    OrganisationChanged,
    PhoneChanged,
    PhoneTested,
    StimulusSent,
    done,
    receive,
    send,
)
from markaz.runtime.journal import END_OF_TIME, FloorLeased, Journal
from markaz.runtime.live import LiveFloor
from markaz.runtime.live_view import ConversationView, LiveView, live_view
from markaz.runtime.projector import FloorImported, Projector
from markaz.runtime.replay import replay

__all__ = [
    "END_OF_TIME",
    "ConversationView",
    "Core",
    "FloorImported",
    "FloorLeased",
    "Journal",
    "LiveFloor",
    "LiveView",
    "Message",
    "OrganisationChanged",
    "Output",
    "PhoneChanged",
    "PhoneTested",
    "Projector",
    "Stimulus",
    "StimulusSent",
    "connect",
    "done",
    "live_view",
    "migrate",
    "receive",
    "replay",
    "send",
]
