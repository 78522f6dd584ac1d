"""Which columns each sheet has, and what a cell of each means.

What has no column (a queue's overflow) is kept as it is when a sheet is brought in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "word", "whole", "flag", "levels"]
"""`text` as it stands; `word`: an id or the like; `whole` number; `flag`: yes or no; `levels`: cards=5 loans=2."""

SECTION_OF: Mapping[str, str] = {"holidays": "calendars"}
"""The section that a sheet changes, where it is not called as the sheet is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`path` is the field in the entry. An empty cell is None where `empty` is "none", else the field's default.

    `empty` "never": the cell must be filled.
    """

    name: str
    meaning: str
    path: tuple[str, ...]
    kind: Kind = "text"
    empty: Literal["never", "none", "default"] = "default"


def _column(
    name: str,
    kind: Kind,
    meaning: str,
    *,
    empty: Literal["never", "none", "default"] = "default",
    within: str | None = None,
) -> Column:
    path = (name,) if within is None else (within, name)
    return Column(name=name, meaning=meaning, path=path, kind=kind, empty=empty)


_ID = _column("id", "word", "up to 40 letters, digits, - and _", empty="never")
_NAME = _column("name", "text", "what people see", empty="never")
_PROJECT = _column("project", "word", "a project's id", empty="never")
_LABEL = _column("label", "text", "what agents see", empty="never")


def _seconds(name: str, meaning: str) -> Column:
    return _column(name, "whole", f"seconds: {meaning}")


SHEETS: Mapping[str, tuple[Column, ...]] = {
    "clients": (_ID, _NAME),
    "skills": (_ID, _NAME),
    "teams": (_ID, _NAME),
    "agents": (
        _ID,
        _NAME,
        _column("team", "word", "a team's id", empty="none"),
        _column("skills", "levels", "skill=level, level 1 to 10"),
        _column("queues", "levels", "queue=preference, 1 is served first"),
        _column("voice", "whole", "calls at once", within="capacity"),
        _column("chat", "whole", "chats at once", within="capacity"),
        _column("mail", "whole", "mails at once", within="capacity"),
        _column("blends_voice", "flag", "whether others go on during a call", within="capacity"),
        _column("refusal_pause_seconds", "whole", "not ready after a refusal; empty: until ready again", empty="none"),
        _column("no_answer_pause_seconds", "whole", "after no answer; empty: until ready again", empty="none"),
    ),
    "queues": (
        _ID,
        _NAME,
        _PROJECT,
        _column("skills", "levels", "skill=least level"),
        _column("priority", "whole", "higher goes first"),
        _seconds("priority_head_start_seconds", "what one step of priority counts"),
        _seconds("target_seconds", "the age at which a contact is due"),
        _column("penalty_weight", "whole", "per cent: 200 makes each second weigh double"),
        _column("agent_choice", "word", "longest_idle or least_occupied"),
        _column("waiting_max", "whole", "contacts that may wait"),
        _seconds("ring_seconds", "an offer rings so long"),
        _seconds("wrap_up_seconds_max", "the longest wrap-up"),
        _seconds("conversation_seconds_max", "the longest conversation"),
        _column("callback_attempts_max", "whole", "tries to call back"),
        _seconds("callback_retry_seconds", "between them"),
        _column("callback_after_fault", "flag", "whether a failure of ours is made good from here"),
        _column("record", "flag", "whether conversations are recorded"),
        _seconds("recording_pause_seconds_max", "the longest pause of a recording"),
    ),
    "numbers": (
        _column("number", "word", "as it is dialled: +18005550100", empty="never"),
        _PROJECT,
        _column("flow", "word", "a flow's id", empty="never"),
    ),
    "dispositions": (
        _ID,
        _PROJECT,
        _LABEL,
        _column("needs_note", "flag", "whether a note is demanded"),
        _column("needs_next_action", "flag", "whether a next action is demanded"),
    ),
    "not_ready_reasons": (_ID, _LABEL),
    "holidays": (
        _column("calendar", "word", "a calendar's id", empty="never"),
        _column("date", "word", "YYYY-MM-DD", empty="never"),
        _column("name", "text", "the holiday's name"),
    ),
}
