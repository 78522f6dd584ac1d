"""What `markaz demo` was asked for."""

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import ClassVar

from markaz.demo.faults import FAULT_KINDS, FaultKind
from markaz.kit.errors import MarkazError

SECONDS_DEFAULT = 60
AGENTS_DEFAULT = 8
CALLS_PER_MINUTE_DEFAULT = 20.0
AGENTS_MAX = 200
SECONDS_MAX = 86_400


@dataclass(eq=False)
class OptionsRefused(MarkazError):
    """The demo can't run like this: {problem}."""

    code: ClassVar[str] = "options_refused"
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Poisson arrivals for `seconds`, or with `arrivals` the recorded calls of `day` from `since` to `until`, all
    recorded times divided by `speed`.
    """

    seconds: int = SECONDS_DEFAULT
    agents: int = AGENTS_DEFAULT
    calls_per_minute: float = CALLS_PER_MINUTE_DEFAULT
    seed: int = 1
    arrivals: Path | None = None
    day: date | None = None
    since: time = time(9)
    until: time = time(10)
    speed: float = 1.0
    json: Path | None = None
    faults: tuple[FaultKind, ...] = ()
    """Parts that are killed once each, in this order."""
    stay: bool = False
    """After the report everything is left running, until it is told to stop."""

    def __post_init__(self) -> None:
        if not 1 <= self.agents <= AGENTS_MAX:
            raise OptionsRefused(f"--agents takes 1 to {AGENTS_MAX}")
        if not 1 <= self.seconds <= SECONDS_MAX:
            raise OptionsRefused(f"--seconds takes 1 to {SECONDS_MAX}")
        if self.calls_per_minute <= 0:
            raise OptionsRefused("--calls-per-minute takes a number above 0")
        if self.speed <= 0:
            raise OptionsRefused("--speed takes a number above 0")
        if self.arrivals is not None and self.day is None:
            raise OptionsRefused("--arrivals needs --day YYYY-MM-DD to say which day of the file to play")
        if unknown := set(self.faults) - set(FAULT_KINDS):
            raise OptionsRefused(f"--faults knows {', '.join(FAULT_KINDS)}, not {', '.join(sorted(unknown))}")
        if len(set(self.faults)) < len(self.faults):
            raise OptionsRefused("--faults takes each part once")
        if self.since >= self.until:
            raise OptionsRefused("--from must be earlier than --to")
