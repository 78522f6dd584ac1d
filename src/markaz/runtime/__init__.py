"""The loop of the floor, its journal, inbox and read models; the only door, but for `markaz.runtime.simulated`."""

from markaz.runtime.configuring import tell_changes
from markaz.runtime.core import Core, Output, Stimulus
from markaz.runtime.database import connect, migrate
from markaz.runtime.follower import FLOOR_SILENT_SECONDS_MAX, Begun, Follower, Handled, Reported
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
from markaz.runtime.journal import DATABASE_AWAY, END_OF_TIME, FloorLeased, Journal, journal_rows
from markaz.runtime.live import LiveFloor
from markaz.runtime.live_view import ConversationView, LiveView, live_view
from markaz.runtime.projector import FloorImported, Projector
from markaz.runtime.refolded import refold
from markaz.runtime.replay import replay
from markaz.runtime.rows import Said
from markaz.runtime.visits import Visit, Visits

__all__ = [
    "DATABASE_AWAY",
    "END_OF_TIME",
    "FLOOR_SILENT_SECONDS_MAX",
    "Begun",
    "ConversationView",
    "Core",
    "FloorImported",
    "FloorLeased",
    "Follower",
    "Handled",
    "Journal",
    "LiveFloor",
    "LiveView",
    "Message",
    "OrganisationChanged",
    "Output",
    "PhoneChanged",
    "PhoneTested",
    "Projector",
    "Reported",
    "Said",
    "Stimulus",
    "StimulusSent",
    "Visit",
    "Visits",
    "connect",
    "done",
    "journal_rows",
    "live_view",
    "migrate",
    "receive",
    "refold",
    "replay",
    "send",
    "tell_changes",
]
