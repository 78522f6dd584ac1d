"""What the floor is configured with: queues, agents and projects, as frozen data.

Everything here arrives as a stimulus (`QueueConfigured`, `AgentConfigured`, `ProjectConfigured`), so that a
journal is complete by itself. Durations are seconds (int or float as noted); ids are the organisation's.
"""

from typing import Literal

import msgspec

ChannelKind = Literal["voice", "chat", "mail"]
CHANNEL_KINDS: tuple[ChannelKind, ...] = ("voice", "chat", "mail")


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A frozen piece of configuration; unknown fields are refused when it is decoded."""


def at_least(least: int, **numbers: int) -> None:
    """Raise `ValueError` for a number below `least`: the floor would divide by it, or wake for ever."""
    for name, number in numbers.items():
        if number < least:
            raise ValueError(f"{name} is {number}: it must be at least {least}")


class Relaxation(Rule, frozen=True, kw_only=True):
    """After `after_seconds` in the queue a contact wants less: skills are dropped or their levels lowered.

    Steps apply in order of `after_seconds`, each on top of the one before.
    """

    after_seconds: int
    drop: tuple[str, ...] = ()
    lower: dict[str, int] = {}


class ToQueue(Rule, frozen=True, kw_only=True, tag="queue"):
    """Move to another queue; the place is kept: the time already waited counts there."""

    queue: str


class ToNumber(Rule, frozen=True, kw_only=True, tag="number"):
    """Send to a telephone number outside: another centre (`centre` names it for the accounts) or a person."""

    number: str
    centre: str | None = None


class ToVoicemail(Rule, frozen=True, kw_only=True, tag="voicemail"):
    """Take a message."""

    seconds_max: int = 120


class ToCallback(Rule, frozen=True, kw_only=True, tag="callback"):
    """Promise a call back to the customer's number; the contact keeps its place in the queue."""


class ToDisconnect(Rule, frozen=True, kw_only=True, tag="disconnect"):
    """Say `prompt` (or nothing) and end."""

    prompt: str | None = None


Destination = ToQueue | ToNumber | ToVoicemail | ToCallback | ToDisconnect


class Overflow(Rule, frozen=True, kw_only=True):
    """After `after_seconds` of waiting the contact leaves for `to`; the last step is the maximum wait."""

    after_seconds: int
    to: Destination


class Announcement(Rule, frozen=True, kw_only=True):
    """What a waiting contact hears, first after `first_seconds`, then every `every_seconds`."""

    first_seconds: int = 20
    every_seconds: int = 45
    position: bool = True
    expected_wait: bool = True

    def __post_init__(self) -> None:
        at_least(1, every_seconds=self.every_seconds)
        at_least(0, first_seconds=self.first_seconds)


class Sticky(Rule, frozen=True, kw_only=True):
    """Who gets a returning customer first: the `last` agent within `within_seconds`, or a `named` one.

    For `wait_seconds` only that agent is considered, after that everyone.
    """

    agent: Literal["last", "named"]
    within_seconds: int = 7 * 86_400
    wait_seconds: int = 20


class QueueRules(Rule, frozen=True, kw_only=True):
    """A queue and its rules.

    * `skills`: skill -> least level (1..10) that an agent needs.
    * `priority`: each step counts as `priority_head_start_seconds` of waiting, so that nobody starves.
    * `target_seconds`: the age at which a contact counts as due; across queues the relatively oldest goes first.
    * `penalty_weight`: per cent; 200 makes each second weigh double (a client's penalty).
    * `waiting_max`: contacts waiting at most; a further one goes to `when_full`.
    * `recording_pause_seconds_max`: a paused recording that nobody resumes goes on after so long.
    * `callback_after_fault`: whoever a failure of ours cut off is called back from here.
    """

    id: str
    project: str
    skills: dict[str, int] = {}
    priority: int = 0
    priority_head_start_seconds: int = 120
    target_seconds: int = 20
    penalty_weight: int = 100
    agent_choice: Literal["longest_idle", "least_occupied"] = "longest_idle"
    relaxation: tuple[Relaxation, ...] = ()
    overflow: tuple[Overflow, ...] = ()
    waiting_max: int = 1_000
    when_full: Destination = ToDisconnect()
    ring_seconds: int = 15
    wrap_up_seconds_max: int = 30
    conversation_seconds_max: int = 7_200
    announcement: Announcement | None = None
    sticky: Sticky | None = None
    callback_attempts_max: int = 3
    callback_retry_seconds: int = 300
    callback_after_fault: bool = True
    record: bool = True
    recording_pause_seconds_max: int = 300

    def __post_init__(self) -> None:
        at_least(
            1, ring_seconds=self.ring_seconds, target_seconds=self.target_seconds, penalty_weight=self.penalty_weight,
            waiting_max=self.waiting_max, conversation_seconds_max=self.conversation_seconds_max,
            callback_attempts_max=self.callback_attempts_max,
            recording_pause_seconds_max=self.recording_pause_seconds_max,
        )  # fmt: skip
        at_least(
            0, wrap_up_seconds_max=self.wrap_up_seconds_max, callback_retry_seconds=self.callback_retry_seconds,
            priority_head_start_seconds=self.priority_head_start_seconds,
        )  # fmt: skip


class PauseRule(Rule, frozen=True, kw_only=True):
    """What contacts hear and where they go while their project is paused; None keeps them waiting unserved."""

    prompt: str | None = None
    to: Destination | None = None


class ProjectRules(Rule, frozen=True, kw_only=True):
    """A project: its pause rule, and the queue that calls back whom a failure of ours cut off in self-service.

    `survey` is the flow that a customer enters whose agent ended the conversation.
    """

    id: str
    pause: PauseRule = PauseRule()
    callback_queue: str | None = None
    survey: str | None = None


class Capacity(Rule, frozen=True, kw_only=True):
    """How many contacts of each kind an agent handles at once; a call excludes other kinds unless `blends_voice`."""

    voice: int = 1
    chat: int = 0
    mail: int = 0
    blends_voice: bool = False


class AgentProfile(Rule, frozen=True, kw_only=True):
    """An agent as routing sees one.

    `skills`: skill -> level 1..10. `queues`: queue -> preference (1 is served first). After a refusal the agent is
    not ready for `refusal_pause_seconds`; after an unanswered offer until they say so (None) or for that many seconds.
    """

    id: str
    skills: dict[str, int] = {}
    queues: dict[str, int] = {}
    capacity: Capacity = Capacity()
    refusal_pause_seconds: int | None = 10
    no_answer_pause_seconds: int | None = None

    def __post_init__(self) -> None:
        at_least(1, **{f"preference of {queue}": preference for queue, preference in self.queues.items()})
        at_least(0, voice=self.capacity.voice, chat=self.capacity.chat, mail=self.capacity.mail)
