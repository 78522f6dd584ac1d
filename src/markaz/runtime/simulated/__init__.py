"""The simulated driver: the live floor under a virtual clock, with a model of customers and agents."""

from markaz.runtime.simulated.distributions import (
    AsRecorded,
    Distribution,
    Empirical,
    Estimated,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Survival,
)
from markaz.runtime.simulated.errors import RecordedCallsUnreadable, ScenarioInvalid
from markaz.runtime.simulated.estimate import Estimate
from markaz.runtime.simulated.patience import Wait, exponential_patience, kaplan_meier
from markaz.runtime.simulated.prepare import prepared
from markaz.runtime.simulated.presence import AgentsAsRecorded, agents_seen
from markaz.runtime.simulated.recorded import RecordedCall, read_recorded, seconds_of_day
from markaz.runtime.simulated.render import render_result, render_result_json
from markaz.runtime.simulated.result import GroupResult, IntervalResult, QueueResult, Result
from markaz.runtime.simulated.scenario import AgentGroup, RateFrom, Recorded, Scenario, Workload, load_scenario
from markaz.runtime.simulated.shifts import Pause, Shift
from markaz.runtime.simulated.simulate import run_parts, run_scenario, simulate
from markaz.runtime.simulated.tally import Batch, QueueTally, all_queues, together

__all__ = [
    "AgentGroup",
    "AgentsAsRecorded",
    "AsRecorded",
    "Batch",
    "Distribution",
    "Empirical",
    "Estimate",
    "Estimated",
    "Exponential",
    "Fixed",
    "Gamma",
    "GroupResult",
    "IntervalResult",
    "Lognormal",
    "Pause",
    "QueueResult",
    "QueueTally",
    "RateFrom",
    "Recorded",
    "RecordedCall",
    "RecordedCallsUnreadable",
    "Result",
    "Scenario",
    "ScenarioInvalid",
    "Shift",
    "Survival",
    "Wait",
    "Workload",
    "agents_seen",
    "all_queues",
    "exponential_patience",
    "kaplan_meier",
    "load_scenario",
    "prepared",
    "read_recorded",
    "render_result",
    "render_result_json",
    "run_parts",
    "run_scenario",
    "seconds_of_day",
    "simulate",
    "together",
]
