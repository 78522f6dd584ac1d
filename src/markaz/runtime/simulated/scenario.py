"""A scenario as data: queues and agents as the live floor has them, and what customers and agents do.

Written as TOML; `docs/guide/simulate.md` explains each part.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

from markaz.routing import Capacity, ProjectRules, QueueRules, ToQueue
from markaz.runtime.simulated.distributions import AsRecorded, Distribution, Fixed, NotNegative, Positive
from markaz.runtime.simulated.errors import ScenarioInvalid
from markaz.runtime.simulated.recorded import seconds_of_day

Count = Annotated[int, msgspec.Meta(ge=1)]

BATCHES = 20
"""Into how many equal parts a single replication is cut for its confidence intervals."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a scenario; unknown fields are refused."""


class RateFrom(Part, frozen=True, kw_only=True):
    """From `minute` after the beginning on, calls come at this rate."""

    minute: NotNegative
    calls_per_minute: NotNegative


class Workload(Part, frozen=True, kw_only=True):
    """What comes to one queue. Without `patience` nobody abandons.

    `calls_per_minute` is a constant or steps in time; None when all calls of the queue are recorded ones.
    """

    calls_per_minute: NotNegative | tuple[RateFrom, ...] | None = None
    talk: Distribution
    patience: Distribution | None = None
    wrap_up: Distribution = Fixed(0.0)


class AgentGroup(Part, frozen=True, kw_only=True):
    """`count` equal agents. `queues`: queue -> preference (1 first); `answer`: from ringing to picking up."""

    id: str
    count: Count
    queues: dict[str, int]
    skills: dict[str, int] = {}
    capacity: Capacity = Capacity()
    answer: Distribution = Fixed(0.0)


class Recorded(Part, frozen=True, kw_only=True):
    """Recorded calls instead of rates: a `file`, one `day` of it, `since` to `until` (HH:MM), type -> queue.

    Calls of a type that is not named are left out. A relative `file` is relative to the scenario's own.
    """

    file: str
    day: date
    since: str = "00:00"
    until: str = "24:00"
    queues: dict[str, str]


class Scenario(Part, frozen=True, kw_only=True):
    """A run: `replications` of `warm_up_minutes` (not counted), then `minutes` that are.

    With recorded calls `minutes` is the recorded period less the warm-up. `confidence` is that of every interval.
    """

    name: str
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    replications: Count = 10
    minutes: Positive | None = None
    warm_up_minutes: NotNegative = 0.0
    confidence: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.95
    projects: tuple[ProjectRules, ...] = ()
    queues: Annotated[tuple[QueueRules, ...], msgspec.Meta(min_length=1)]
    agents: tuple[AgentGroup, ...]
    workload: dict[str, Workload]
    recorded: Recorded | None = None

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem is not None:
            raise ValueError(problem)

    @property
    def measured_minutes(self) -> float:
        """Minutes that count."""
        if self.recorded is None:
            assert self.minutes is not None, "checked when the scenario was made"
            return self.minutes
        recorded = seconds_of_day(self.recorded.until) - seconds_of_day(self.recorded.since)
        return recorded / 60 - self.warm_up_minutes


def load_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file. Raises `ScenarioInvalid`, which says where the problem is."""
    try:
        scenario = msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except OSError as error:
        raise ScenarioInvalid(path.name, f"the file cannot be read ({error.strerror})") from error
    except msgspec.MsgspecError as error:
        raise ScenarioInvalid(path.name, str(error)) from error
    if scenario.recorded is None:
        return scenario
    beside = msgspec.structs.replace(scenario.recorded, file=str(path.parent / scenario.recorded.file))
    return msgspec.structs.replace(scenario, recorded=beside)


def _problem(scenario: Scenario) -> str | None:
    """The first thing that makes the scenario senseless, in words."""
    queues = {queue.id for queue in scenario.queues}
    named = [(f"workload.{queue}", queue) for queue in scenario.workload]
    for group in scenario.agents:
        named += [(f"the queues of agents {group.id}", queue) for queue in group.queues]
    for queue in scenario.queues:
        steps = [step.to for step in queue.overflow] + [queue.when_full]
        named += [(f"the overflow of queue {queue.id}", to.queue) for to in steps if isinstance(to, ToQueue)]
    if scenario.recorded is not None:
        named += [(f"recorded.queues.{kind}", queue) for kind, queue in scenario.recorded.queues.items()]
    for where, queue in named:
        if queue not in queues:
            return f"{where} names queue {queue}, which is not among [[queues]]"
    groups = [group.id for group in scenario.agents]
    if len(queues) < len(scenario.queues) or len(set(groups)) < len(groups):
        return "two queues or two groups of agents have the same id"
    return _problem_of_time(scenario) or _problem_of_workload(scenario)


def _problem_of_time(scenario: Scenario) -> str | None:
    if scenario.recorded is None:
        return None if scenario.minutes is not None else "it needs minutes (or recorded calls)"
    if scenario.minutes is not None:
        return "minutes and recorded calls exclude each other: the recorded period says how long"
    try:
        minutes = scenario.measured_minutes
    except ValueError as error:
        return f"recorded.since and recorded.until are times of day as HH:MM, not {error}"
    return None if minutes > 0 else "the recorded period must be longer than the warm-up"


def _problem_of_workload(scenario: Scenario) -> str | None:
    recorded = set(scenario.recorded.queues.values()) if scenario.recorded else set[str]()
    for queue in recorded - set(scenario.workload):
        return f"queue {queue} gets recorded calls, but there is no [workload.{queue}] that says what they take"
    for queue, workload in scenario.workload.items():
        if (queue in recorded) == (workload.calls_per_minute is not None):
            return f"workload.{queue} needs either calls_per_minute or recorded calls"
        laws = (workload.talk, workload.patience, workload.wrap_up)
        if queue not in recorded and any(isinstance(law, AsRecorded) for law in laws):
            return f"workload.{queue} takes durations from recorded calls, but its calls are not recorded"
        if isinstance(workload.wrap_up, AsRecorded):
            return f"workload.{queue}.wrap_up cannot be recorded: such calls have one service time, which is talk"
    return None
