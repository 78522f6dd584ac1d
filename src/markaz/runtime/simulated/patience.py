"""How long customers are willing to wait, from recorded waits of which most were cut short by an answer.

Who was answered would have waited longer than they did: such a wait is a censored observation of patience. Leaving
these out, or taking them for patience, makes customers far too impatient.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from markaz.runtime.simulated.distributions import Exponential, Survival


class Wait(msgspec.Struct, frozen=True):
    """`seconds` waited; `gave_up` when the customer ended it, else somebody answered."""

    seconds: float
    gave_up: bool


def exponential_patience(waits: Iterable[Wait]) -> Exponential | None:
    """The exponential law of greatest likelihood: time waited by all, over those who gave up (Garnett et al. 2002).

    None when nobody gave up: then patience has no bound that the waits show.
    """
    told = list(waits)
    gave_up = sum(wait.gave_up for wait in told)
    total = sum(wait.seconds for wait in told)
    return Exponential(total / gave_up) if gave_up and total > 0 else None


def kaplan_meier(waits: Sequence[Wait]) -> Survival | None:
    """The product-limit estimate (Kaplan & Meier 1958): no shape is assumed.

    Beyond the last customer who gave up the estimate says nothing; there the tail goes on with the exponential law's
    hazard. At equal times giving up comes before being answered, as is the convention. None when nobody gave up.
    """
    tail = exponential_patience(waits)
    if tail is None:
        return None
    seconds = np.array([wait.seconds for wait in waits])
    gave_up = np.array([wait.gave_up for wait in waits])
    moments, events = np.unique(seconds[gave_up], return_counts=True)
    at_risk = len(seconds) - np.searchsorted(np.sort(seconds), moments, side="left")
    survival = np.cumprod(1 - events / at_risk)
    shares = -np.diff(survival, prepend=1.0)
    return Survival(
        seconds=tuple(moments.tolist()),
        shares=tuple(np.maximum(shares, 0.0).tolist()),
        tail_mean_seconds=tail.mean_seconds,
    )
