"""A story as text for people and as JSON for programs."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from markaz.reports.errors import UnknownZone
from markaz.reports.story import Story

_SIGNS = {"told": "  ", "decided": "= ", "did": "> ", "became": "  . ", "noted": "  x "}


def render_story_json(story: Story) -> str:
    """The story as one JSON object; moments are ISO 8601."""
    return msgspec.json.format(msgspec.json.encode(story)).decode()


def render_story(story: Story, *, zone: str = "UTC") -> str:
    """The story, one line per thing that happened, in `zone` time to the millisecond.

    A plain line is what the floor was told; below it `=` marks what it decided and why, `>` what it had done, `.`
    what became so and `x` what changed nothing.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone) from error
    lines = [f"Contact {story.contact} on floor {story.floor}, times in {zone}"]
    if story.facts is not None:
        lines.append(_named(story.facts, leave_out=("floor", "contact")))
    number = day = None
    for moment in story.moments:
        at = moment.at.astimezone(place)
        if at.date() != day:
            day = at.date()
            lines.append(day.isoformat())
        when = f"{at:%H:%M:%S.%f}"[:-3] if moment.number != number else " " * 12
        number = moment.number
        lines.append(f"{when} {_SIGNS[moment.kind]}{moment.text}")
    for title, rows in (
        ("States", story.segments),
        ("Queues", story.queue_visits),
        ("Engagements", story.engagements),
        ("Recordings", story.recordings),
    ):
        if rows:
            lines += [title, *(f"  {_named(row)}" for row in rows)]
    return "\n".join(lines) + "\n"


def _named(row: dict[str, Any], *, leave_out: tuple[str, ...] = ()) -> str:
    told = {name: value for name, value in row.items() if value not in (None, []) and name not in leave_out}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
