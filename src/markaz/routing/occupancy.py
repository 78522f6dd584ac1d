"""How occupied an agent has been lately: the share of time spent handling, in which older time fades.

What lies `HALF_LIFE` back counts half. Idle agents therefore all fade alike, and their order stays as it is while they
are idle, so that they can stand in a sorted list. Halving is interpolated in whole numbers: replay has no rounding.
"""

from markaz.kit.time import SECOND, Instant

HALF_LIFE: Instant = 1_800 * SECOND
FULL = 1 << 30
"""Occupied all the time."""


def faded(share: int, elapsed: Instant) -> int:
    """`share` (of `FULL`) after `elapsed` without work."""
    halvings, rest = divmod(elapsed, HALF_LIFE)
    share >>= halvings
    return share - share * rest // (2 * HALF_LIFE)


def worked(share: int, elapsed: Instant) -> int:
    """`share` after `elapsed` of work."""
    return FULL - faded(FULL - share, elapsed)


def rank(share: int, since: Instant) -> Instant:
    """A number that orders agents idle with `share` since then, the least occupied first, at any later moment.

    A share twice as large stands as far behind as one that has faded for a half-life less.
    """
    if share == 0:
        return 0
    octave = share.bit_length() - 1
    return since + HALF_LIFE * octave + HALF_LIFE * (share - (1 << octave)) // (1 << octave)
