"""Telephony: real calls on Asterisk, told to the floor as stimuli and moved by its imperatives."""

from markaz.telephony.asterisk.client import AriLost
from markaz.telephony.asterisk.configuration import (
    BROWSER_PHONE,
    SOCKET_PATH,
    AsteriskSettings,
    TrunkInvalid,
    TrunkSettings,
    asterisk_files,
)
from markaz.telephony.asterisk.differences import Beliefs, BelievedContact, BelievedOffer
from markaz.telephony.asterisk.program import AsteriskMissing, AsteriskProgram, find_espeak, find_program
from markaz.telephony.asterisk.provision import ProvisioningRefused
from markaz.telephony.asterisk.server import AsteriskFailed, AsteriskServer
from markaz.telephony.ledger import DatabaseLedger, ExpectedRecording, Ledger
from markaz.telephony.peaks import COUNT_MAX as PEAKS_MAX
from markaz.telephony.peaks import Peaks, peaks
from markaz.telephony.prompts import Prompt, PromptNotSpoken, PromptPress, PromptShelf
from markaz.telephony.recordings import Counts, reconcile_recordings
from markaz.telephony.sound import SoundUnreadable, telephone_wav
from markaz.telephony.telephony import Telephony

__all__ = [
    "BROWSER_PHONE",
    "PEAKS_MAX",
    "SOCKET_PATH",
    "AriLost",
    "AsteriskFailed",
    "AsteriskMissing",
    "AsteriskProgram",
    "AsteriskServer",
    "AsteriskSettings",
    "Beliefs",
    "BelievedContact",
    "BelievedOffer",
    "Counts",
    "DatabaseLedger",
    "ExpectedRecording",
    "Ledger",
    "Peaks",
    "Prompt",
    "PromptNotSpoken",
    "PromptPress",
    "PromptShelf",
    "ProvisioningRefused",
    "SoundUnreadable",
    "Telephony",
    "TrunkInvalid",
    "TrunkSettings",
    "asterisk_files",
    "find_espeak",
    "find_program",
    "peaks",
    "reconcile_recordings",
    "telephone_wav",
]
