"""Real callers and real agent phones around the system under test, played by an Asterisk of their own."""

from markaz.demo.harness.agents import Credentials, Desk, DeskRefused, OfferLog, Temper
from markaz.demo.harness.audio import AGENT_TONES_HZ, CUSTOMER_TONES_HZ, from_ulaw, tone_strengths
from markaz.demo.harness.customers import CallerLog
from markaz.demo.harness.exchange import PhoneNotRegistered, WorldIsFull
from markaz.demo.harness.legs import RtpCount
from markaz.demo.harness.plans import (
    Caller,
    CallKind,
    CallPlan,
    KeyPress,
    Mix,
    MobilePlan,
    ScheduledCall,
    poisson_calls,
)
from markaz.demo.harness.recorded import RecordedCalls, RecordsUnreadable, recorded_calls
from markaz.demo.harness.world import AgentLog, OutsideWorld

__all__ = [
    "AGENT_TONES_HZ",
    "CUSTOMER_TONES_HZ",
    "AgentLog",
    "CallKind",
    "CallPlan",
    "Caller",
    "CallerLog",
    "Credentials",
    "Desk",
    "DeskRefused",
    "KeyPress",
    "Mix",
    "MobilePlan",
    "OfferLog",
    "OutsideWorld",
    "PhoneNotRegistered",
    "RecordedCalls",
    "RecordsUnreadable",
    "RtpCount",
    "ScheduledCall",
    "Temper",
    "WorldIsFull",
    "from_ulaw",
    "poisson_calls",
    "recorded_calls",
    "tone_strengths",
]
