"""Instants on the floor: whole microseconds since 1970-01-01 UTC, so that replay has no rounding.

Outside the floor every moment is an aware `datetime` in UTC; these two functions are the border.
"""

from datetime import UTC, datetime, timedelta

Instant = int
"""Microseconds since the epoch, UTC."""

SECOND: Instant = 1_000_000
"""One second as a difference of instants."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(moment: datetime) -> Instant:
    """The instant of an aware `moment`. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone: pass an aware datetime")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(at: Instant) -> datetime:
    """The aware UTC datetime of `at`."""
    return _EPOCH + timedelta(microseconds=at)
