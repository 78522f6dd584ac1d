"""Moments as people write them on a command line."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from markaz.kit.clock import WallClock
from markaz.kit.time import moment


def now() -> datetime:
    """The present moment, in UTC."""
    return moment(WallClock()())


def zone_named(name: str) -> ZoneInfo:
    """Raises `click.BadParameter` for what is no IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(f"{name!r} is no IANA time zone such as Europe/Berlin.") from error


def beginning_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Midnight there (the moment of the change where a change-over skips it)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def parse_moment(text: str, zone: ZoneInfo | None, *, ends: bool = False) -> datetime:
    """An ISO day or moment; one without an offset is in `zone`, or in the machine's own (None).

    A day stands for its beginning, or with `ends` for the beginning of the next one. Raises `click.BadParameter`.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        day += timedelta(days=ends)
        return beginning_of_day(day, zone) if zone is not None else datetime.combine(day, time()).astimezone(UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no moment such as 2026-11-22T09:30 or 2026-11-22.") from error
    if parsed.tzinfo is None and zone is not None:
        parsed = parsed.replace(tzinfo=zone)
    return parsed.astimezone(UTC)
