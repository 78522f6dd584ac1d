"""Durations as data (`kind` says which law) and as endless streams of whole microseconds."""

from collections.abc import Iterator
from math import log, sqrt
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.random import Generator

from markaz.kit.time import SECOND, Instant

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]

_DRAWN_AT_ONCE = 1_024


class Law(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """A law of durations."""


class Fixed(Law, frozen=True, tag="fixed"):
    seconds: NotNegative


class Exponential(Law, frozen=True, tag="exponential"):
    mean_seconds: Positive


class Lognormal(Law, frozen=True, tag="lognormal"):
    """`scv` is the squared coefficient of variation (variance over squared mean)."""

    mean_seconds: Positive
    scv: Positive


class Gamma(Law, frozen=True, tag="gamma"):
    """`scv` is the squared coefficient of variation; 1/k gives Erlang-k."""

    mean_seconds: Positive
    scv: Positive


class Empirical(Law, frozen=True, tag="empirical"):
    """Each of `seconds` equally often."""

    seconds: Annotated[tuple[NotNegative, ...], msgspec.Meta(min_length=1)]


class AsRecorded(Law, frozen=True, tag="recorded"):
    """What the recorded call took.

    A call that was not served talks as long as another one of its queue, drawn at random; one that did not hang up
    waits without limit, because how long it would have waited nobody knows.
    """


class Survival(Law, frozen=True, tag="survival"):
    """`seconds[i]` with probability `shares[i]`; the rest is longer than the last of them, by an exponential time."""

    seconds: Annotated[tuple[NotNegative, ...], msgspec.Meta(min_length=1)]
    shares: Annotated[tuple[NotNegative, ...], msgspec.Meta(min_length=1)]
    tail_mean_seconds: Positive

    def __post_init__(self) -> None:
        if len(self.seconds) != len(self.shares) or sum(self.shares) > 1 + 1e-9:
            raise ValueError("a survival law has a share for each of its seconds, and they sum to at most 1")


class Estimated(Law, frozen=True, tag="estimated"):
    """Estimated from the recorded calls of the queue, over the whole recorded period.

    Patience by the Kaplan-Meier estimate, or as the exponential law of greatest likelihood; wrap-up from the time
    between two calls of one server while other customers waited.
    """

    by: Literal["kaplan_meier", "exponential"] = "kaplan_meier"


Distribution = Fixed | Exponential | Lognormal | Gamma | Empirical | Survival | AsRecorded | Estimated


def draws(law: Distribution, random: Generator, recorded: tuple[float, ...] = ()) -> Iterator[Instant]:
    """Durations in microseconds, without end. `recorded` seconds are what `AsRecorded` draws from."""
    match law:
        case Fixed(seconds):
            constant = round(seconds * SECOND)
            while True:
                yield constant
        case AsRecorded():
            law = Empirical(recorded or (0.0,))
        case Estimated():
            raise AssertionError("estimated laws are replaced by what was estimated before the run")
        case _:
            pass
    while True:
        yield from np.rint(_some(law, random) * SECOND).astype(np.int64).tolist()


def _some(law: Exponential | Lognormal | Gamma | Empirical | Survival, random: Generator) -> np.ndarray:
    """`_DRAWN_AT_ONCE` durations in seconds."""
    match law:
        case Exponential(mean):
            return random.exponential(mean, _DRAWN_AT_ONCE)
        case Lognormal(mean, scv):
            variance = log(1 + scv)
            return random.lognormal(log(mean) - variance / 2, sqrt(variance), _DRAWN_AT_ONCE)
        case Gamma(mean, scv):
            return random.gamma(1 / scv, mean * scv, _DRAWN_AT_ONCE)
        case Empirical(seconds):
            return random.choice(np.asarray(seconds), _DRAWN_AT_ONCE)
        case Survival(seconds, shares, tail):
            known = np.asarray(seconds)
            step = np.searchsorted(np.cumsum(shares), random.random(_DRAWN_AT_ONCE), side="right")
            longer = known[-1] + random.exponential(tail, _DRAWN_AT_ONCE)
            return np.where(step < len(known), known[np.minimum(step, len(known) - 1)], longer)
