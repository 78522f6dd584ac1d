"""Recordings, comments on them, and samples."""

from dataclasses import dataclass
from typing import ClassVar

from markaz.kit.errors import MarkazError


@dataclass(eq=False)
class RecordingUnknown(MarkazError):
    """There is no recording "{recording}" that you may see: check the id."""

    code: ClassVar[str] = "recording_unknown"
    recording: str


@dataclass(eq=False)
class RecordingNotSampled(MarkazError):
    """Recording "{recording}" is not in a sample that was drawn: the contract lets you hear those that are."""

    code: ClassVar[str] = "recording_not_sampled"
    recording: str


@dataclass(eq=False)
class RecordingNotReady(MarkazError):
    """The recording is still being checked: try again in a minute after the conversation has ended."""

    code: ClassVar[str] = "recording_not_ready"


@dataclass(eq=False)
class RecordingMissing(MarkazError):
    """The recording can't be heard, {problem}: the ledger keeps that it should be there."""

    code: ClassVar[str] = "recording_missing"
    problem: str


@dataclass(eq=False)
class RecordingErased(MarkazError):
    """The recording was erased: what is known of the conversation is in its contact."""

    code: ClassVar[str] = "recording_erased"


@dataclass(eq=False)
class RecordingElsewhere(MarkazError):
    """The recordings are not on the machine that serves these pages: mount the folder of recordings there."""

    code: ClassVar[str] = "recording_elsewhere"


@dataclass(eq=False)
class PlayNeeded(MarkazError):
    """A sound is sent to whoever has begun to play it, for some hours: POST .../plays first, and name that play."""

    code: ClassVar[str] = "play_needed"


@dataclass(eq=False)
class CommentUnknown(MarkazError):
    """There is no comment "{comment}" of yours on this recording: its author alone removes one."""

    code: ClassVar[str] = "comment_unknown"
    comment: str


@dataclass(eq=False)
class CommentsFull(MarkazError):
    """The recording has {comments_max} comments, the most it may have: write a note to its contact instead."""

    code: ClassVar[str] = "comments_full"
    comments_max: int


@dataclass(eq=False)
class SampleUnknown(MarkazError):
    """There is no sample of that day: its terms have to be agreed before the day begins."""

    code: ClassVar[str] = "sample_unknown"


@dataclass(eq=False)
class SampleNotOpen(MarkazError):
    """The client's half can't be given now, {why}."""

    code: ClassVar[str] = "sample_not_open"
    why: str
