"""Who calls the demo's bank and how its agents behave: seeded mixes, or a recorded day."""

from collections.abc import Mapping

from markaz.demo.harness import (
    CallKind,
    KeyPress,
    Mix,
    RecordedCalls,
    ScheduledCall,
    Temper,
    poisson_calls,
    recorded_calls,
)
from markaz.demo.options import DemoOptions

NUMBER = "+18005550100"
"""The bank's hotline."""

MENU_SECONDS = 5.0
"""When most callers press a key; the menu can be interrupted."""

LISTEN_SECONDS = 3.0
"""By then the greeting is over and the menu takes keys."""

LISTEN_EVERY = 5
"""What every fifth customer hears is kept, to prove that it was the agent."""

TALK_SECONDS_MAX = 25.0
"""So that a run does not wait for one long talk."""


def _kind(name: str, share: float, *keys: KeyPress, talk: float, patience: float) -> CallKind:
    return CallKind(
        name, share, keys, talk_seconds_mean=talk, patience_seconds_mean=patience, talk_seconds_max=TALK_SECONDS_MAX
    )


MIX = Mix(
    number=NUMBER,
    kinds=(
        _kind("cards", 4, KeyPress(MENU_SECONDS, "1"), talk=9, patience=60),
        _kind("loans", 3, KeyPress(MENU_SECONDS, "2"), talk=11, patience=60),
        _kind("general", 3, KeyPress(MENU_SECONDS, "3"), talk=8, patience=60),
        _kind("impatient", 1, KeyPress(MENU_SECONDS, "1"), talk=9, patience=9),
        _kind("lost in the menu", 0.5, talk=6, patience=8),
        _kind(
            "wants a call back", 0.7, KeyPress(MENU_SECONDS, "2"), KeyPress(MENU_SECONDS + 6, "1"), talk=8, patience=60
        ),
        _kind(
            "leaves a message", 0.4, KeyPress(MENU_SECONDS, "3"), KeyPress(MENU_SECONDS + 6, "2"), talk=5, patience=22
        ),
    ),
    listen_every=LISTEN_EVERY,
)

BANK_KEYS: Mapping[str, str] = {"NE": "1", "NW": "2", "PS": "3", "PE": "3", "IN": "3", "TT": "2"}
"""Menu keys for the recorded types: stock to cards' specialists, new customers and call-backs to loans, the rest to
general; what matters is that three queues with different skills share the load."""

TEMPER = Temper(dispositions=("solved", "passed_on", "call_again"), transfer_targets=("queue-general",))


def schedule(options: DemoOptions) -> tuple[tuple[ScheduledCall, ...], Mapping[str, int]]:
    """The calls to place, and how many recorded rows were skipped by reason."""
    if options.arrivals is None:
        return poisson_calls(options.calls_per_minute, options.seconds, options.seed, MIX), {}
    assert options.day is not None, "the options say so"
    recorded: RecordedCalls = recorded_calls(
        options.arrivals, day=options.day, since=options.since, until=options.until, speed=options.speed,
        seed=options.seed, number=NUMBER, keys=BANK_KEYS, key_seconds_min=LISTEN_SECONDS, listen_every=LISTEN_EVERY,
    )  # fmt: skip
    return recorded.calls, recorded.skipped
