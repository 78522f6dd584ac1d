"""Self-service flows as data, and their interpreter: pure, without clock, socket or chance."""

from markaz.flows.check import Known, check_calendar, check_flow, check_survey, check_zone
from markaz.flows.events import (
    AnswerContact,
    AnyHandover,
    CalendarConfigured,
    CalendarRetired,
    ContactAdmitted,
    ContactEntered,
    DigitPressed,
    FeedbackGiven,
    Finished,
    FlowConfigured,
    FlowImperative,
    FlowNoted,
    FlowOutput,
    FlowRetired,
    FlowStepped,
    FlowStimulus,
    HandedOver,
    NumberConfigured,
    NumberRetired,
    PromptFailed,
    PromptFinished,
    RefuseNumber,
    SpeakPrompt,
    StopPrompt,
    ToCallback,
    ToNumber,
    ToQueue,
    ToVoicemail,
)  # fmt: skip
from markaz.flows.hours import Opening, opening
from markaz.flows.interpreter import SelfService
from markaz.flows.nodes import (
    Answer,
    AnyNode,
    Calendar,
    Callback,
    Dial,
    Disconnect,
    Flow,
    Hours,
    Menu,
    OpenPeriod,
    Play,
    Queue,
    Rate,
    Voicemail,
)  # fmt: skip
from markaz.flows.visit import REACTIONS, SURVEY_STEP, Limits

__all__ = [
    "REACTIONS", "SURVEY_STEP", "Answer", "AnswerContact", "AnyHandover", "AnyNode", "Calendar", "CalendarConfigured",
    "CalendarRetired", "Callback", "ContactAdmitted", "ContactEntered", "Dial", "DigitPressed", "Disconnect",
    "FeedbackGiven", "Finished", "Flow", "FlowConfigured", "FlowImperative", "FlowNoted", "FlowOutput",
    "FlowRetired", "FlowStepped", "FlowStimulus", "HandedOver", "Hours", "Known", "Limits", "Menu",
    "NumberConfigured", "NumberRetired", "OpenPeriod", "Opening", "Play", "PromptFailed", "PromptFinished", "Queue",
    "Rate", "RefuseNumber", "SelfService", "SpeakPrompt", "StopPrompt", "ToCallback", "ToNumber", "ToQueue",
    "ToVoicemail", "Voicemail", "check_calendar", "check_flow", "check_survey", "check_zone", "opening",
]  # fmt: skip
