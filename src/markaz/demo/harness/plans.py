"""What customers are going to do: seeded plans of calls, pure data. All times are seconds of the run's own clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Literal

from numpy.random import Generator, default_rng

CALLS_MAX = 100_000
TALK_SECONDS_MIN = 1.0
KEY_JITTER_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class KeyPress:
    """`digits` pressed `after_seconds` since the call was answered (by a machine or a person)."""

    after_seconds: float
    digits: str


@dataclass(frozen=True, slots=True)
class MobilePlan:
    """What the customer's own telephone does when it is called back."""

    answers: bool = True
    after_seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How one customer behaves. `patience_seconds` runs from placing the call and stops while an agent is there;
    `talk_seconds` is what the matter takes with an agent, then `ends` hangs up.
    """

    patience_seconds: float
    talk_seconds: float
    keys: tuple[KeyPress, ...] = ()
    ends: Literal["customer", "agent"] = "agent"
    mobile: MobilePlan = MobilePlan()


@dataclass(frozen=True, slots=True)
class Caller:
    """One customer's attempt: `customer` calls `number`. `kind` names the mix's or the record's type of call;
    with `listen` the harness keeps what this customer heard.
    """

    number: str
    customer: str
    plan: CallPlan
    kind: str = ""
    listen: bool = False


@dataclass(frozen=True, slots=True)
class ScheduledCall:
    """A caller who calls `at_seconds` after the run's start."""

    at_seconds: float
    caller: Caller


@dataclass(frozen=True, slots=True)
class CallKind:
    """One type of call in a mix: `share` is a weight, means are of exponential draws; talks end at the longest."""

    name: str
    share: float
    keys: tuple[KeyPress, ...]
    talk_seconds_mean: float
    patience_seconds_mean: float
    patience_seconds_min: float = 0.0
    customer_ends_share: float = 0.5
    no_answer_share: float = 0.0
    talk_seconds_max: float = inf


@dataclass(frozen=True, slots=True)
class Mix:
    """What is called and by whom; every `listen_every`-th customer's ear is recorded (0: nobody's)."""

    number: str
    kinds: Sequence[CallKind]
    listen_every: int = 0


def poisson_calls(rate_per_minute: float, seconds: float, seed: int, mix: Mix) -> tuple[ScheduledCall, ...]:
    """Calls of a Poisson process with `rate_per_minute` over `seconds`; the same seed gives the same calls."""
    random = default_rng(seed)
    weights = [kind.share for kind in mix.kinds]
    shares = [weight / sum(weights) for weight in weights]
    calls: list[ScheduledCall] = []
    for at in islice(_poisson_moments(rate_per_minute / 60, seconds, random), CALLS_MAX):
        kind = mix.kinds[int(random.choice(len(shares), p=shares))]
        calls.append(ScheduledCall(at, _caller(len(calls) + 1, kind, mix, random)))
    return tuple(calls)


def _poisson_moments(rate_per_second: float, seconds: float, random: Generator) -> Iterator[float]:
    at = 0.0
    while rate_per_second > 0 and (at := at + random.exponential(1 / rate_per_second)) < seconds:
        yield at


def _caller(place: int, kind: CallKind, mix: Mix, random: Generator) -> Caller:
    plan = CallPlan(
        keys=tuple(
            KeyPress(key.after_seconds + random.uniform(0, KEY_JITTER_SECONDS), key.digits) for key in kind.keys
        ),
        patience_seconds=kind.patience_seconds_min + random.exponential(kind.patience_seconds_mean),
        talk_seconds=min(max(TALK_SECONDS_MIN, random.exponential(kind.talk_seconds_mean)), kind.talk_seconds_max),
        ends="customer" if random.random() < kind.customer_ends_share else "agent",
        mobile=MobilePlan(answers=random.random() >= kind.no_answer_share, after_seconds=random.uniform(0.5, 3.0)),
    )
    listen = mix.listen_every > 0 and place % mix.listen_every == 0
    return Caller(number=mix.number, customer=f"+4930{place:07d}", plan=plan, kind=kind.name, listen=listen)
