"""A scenario as data: queues and agents as the live floor has them, and what customers and agents do.

Written as TOML; `docs/guide/simulate.md` explains each part.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

from markaz.routing import Capacity, ProjectRules, QueueRules, ToQueue
from markaz.runtime.simulated.distributions import AsRecorded, Distribution, Estimated, Fixed, NotNegative, Positive
from markaz.runtime.simulated.errors import ScenarioInvalid
from markaz.runtime.simulated.presence import AgentsAsRecorded
from markaz.runtime.simulated.recorded import DAY_SECONDS, seconds_of_day
from markaz.runtime.simulated.shifts import Moment, Shift, ShiftsConflict, moments

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
    """`count` equal agents. `queues`: queue -> preference (1 first); `answer`: from ringing to picking up.

    Each works every one of `shifts`; without any they stay for the whole run.
    """

    id: str
    count: Count
    queues: dict[str, int]
    skills: dict[str, int] = {}
    capacity: Capacity = Capacity()
    answer: Distribution = Fixed(0.0)
    shifts: tuple[Shift, ...] = ()


class Recorded(Part, frozen=True, kw_only=True):
    """Recorded calls instead of rates: a `file`, from `since` (HH:MM) of `day` to `until` of `last_day`, type -> queue.

    Without `last_day` it is one day. Calls of a type that is not named are left out. `priorities`: what the column
    `priority` says -> priority on the floor, 0 where it is not named; with `priority_unknown_unless_waited` those who
    did not wait have one drawn from those of their queue who did. `agents`: take them from the recording, too. A
    relative `file` is relative to the scenario's own.
    """

    file: str
    day: date
    since: str = "00:00"
    until: str = "24:00"
    last_day: date | None = None
    queues: dict[str, str]
    priorities: dict[str, int] = {}
    priority_unknown_unless_waited: bool = False
    agents: AgentsAsRecorded | None = None

    @property
    def seconds(self) -> int:
        """How long the period is. Raises `ValueError` when a time of day is none."""
        days = ((self.last_day or self.day) - self.day).days
        return days * DAY_SECONDS + seconds_of_day(self.until) - seconds_of_day(self.since)


class Scenario(Part, frozen=True, kw_only=True):
    """A run: `replications` of `warm_up_minutes` (not counted), then `minutes` that are.

    With recorded calls `minutes` is the recorded period less the warm-up, otherwise the run begins at `begins` of a
    day; shifts count from that. With `interval_minutes` the result has a line for each such interval. `confidence` is
    that of every estimate.
    """

    name: str
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1
    replications: Count = 10
    minutes: Positive | None = None
    warm_up_minutes: NotNegative = 0.0
    begins: str = "00:00"
    interval_minutes: Positive | None = None
    confidence: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.95
    projects: tuple[ProjectRules, ...] = ()
    queues: Annotated[tuple[QueueRules, ...], msgspec.Meta(min_length=1)]
    agents: tuple[AgentGroup, ...] = ()
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
        return self.recorded.seconds / 60 - self.warm_up_minutes

    @property
    def begins_seconds(self) -> int:
        """The time of day, in seconds, at which the run begins."""
        return seconds_of_day(self.recorded.since if self.recorded is not None else self.begins)

    def moments(self, group: AgentGroup) -> list[Moment]:
        """What each agent of `group` does and when; empty when they stay for the whole run."""
        return moments(
            group.shifts,
            first_day=None if self.recorded is None else self.recorded.day,
            begins_seconds=self.begins_seconds,
            minutes=self.warm_up_minutes + self.measured_minutes,
        )


def load_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file. Raises `ScenarioInvalid`, which says where the problem is."""
    try:
        scenario = msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except OSError as error:
        raise ScenarioInvalid(path.name, f"the file cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise ScenarioInvalid(path.name, "it is nested too deeply") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
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
        if isinstance(group.answer, AsRecorded | Estimated):
            return f"the answer of agents {group.id} cannot come from recorded calls: they do not tell it"
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
    return _problem_of_time(scenario) or _problem_of_agents(scenario) or _problem_of_workload(scenario)


def _problem_of_agents(scenario: Scenario) -> str | None:
    if scenario.recorded is not None and scenario.recorded.agents is not None:
        return "there are [[agents]], and recorded.agents too: which are there?" if scenario.agents else None
    for group in scenario.agents:
        try:
            scenario.moments(group)
        except ShiftsConflict as conflict:
            return f"the shifts of agents {group.id} are senseless: {conflict}"
    return None


def _problem_of_time(scenario: Scenario) -> str | None:
    try:
        seconds_of_day(scenario.begins)
    except ValueError as error:
        return f"begins is a time of day as HH:MM, not {error}"
    if scenario.recorded is None:
        return (
            _problem_of_intervals(scenario) if scenario.minutes is not None else "it needs minutes (or recorded calls)"
        )
    if scenario.minutes is not None:
        return "minutes and recorded calls exclude each other: the recorded period says how long"
    try:
        minutes = scenario.measured_minutes
    except ValueError as error:
        return f"recorded.since and recorded.until are times of day as HH:MM, not {error}"
    return _problem_of_intervals(scenario) if minutes > 0 else "the recorded period must be longer than the warm-up"


def _problem_of_intervals(scenario: Scenario) -> str | None:
    length = scenario.interval_minutes
    if length is None or (scenario.measured_minutes / length).is_integer():
        return None
    return f"the {scenario.measured_minutes:g} minutes that count are no multiple of interval_minutes"


def _problem_of_workload(scenario: Scenario) -> str | None:
    recorded = set(scenario.recorded.queues.values()) if scenario.recorded else set[str]()
    for queue in recorded - set(scenario.workload):
        return f"queue {queue} gets recorded calls, but there is no [workload.{queue}] that says what they take"
    for queue, workload in scenario.workload.items():
        if (queue in recorded) == (workload.calls_per_minute is not None):
            return f"workload.{queue} needs either calls_per_minute or recorded calls"
        laws = (workload.talk, workload.patience, workload.wrap_up)
        if queue not in recorded and any(isinstance(law, AsRecorded | Estimated) for law in laws):
            return f"workload.{queue} takes durations from recorded calls, but its calls are not recorded"
        if isinstance(workload.wrap_up, AsRecorded):
            return f"workload.{queue}.wrap_up cannot be recorded: such calls have one service time, which is talk"
        if isinstance(workload.talk, Estimated):
            return f"workload.{queue}.talk cannot be estimated: take it as recorded"
    return None
