"""The simulated driver: the live floor under a virtual clock, with a model of customers and agents."""

from markaz.runtime.simulated.distributions import (
    AsRecorded,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
)
from markaz.runtime.simulated.errors import RecordedCallsUnreadable, ScenarioInvalid
from markaz.runtime.simulated.estimate import Estimate
from markaz.runtime.simulated.recorded import RecordedCall, read_recorded, seconds_of_day
from markaz.runtime.simulated.render import render_result, render_result_json
from markaz.runtime.simulated.result import GroupResult, QueueResult, Result
from markaz.runtime.simulated.scenario import AgentGroup, RateFrom, Recorded, Scenario, Workload, load_scenario
from markaz.runtime.simulated.simulate import run_scenario, simulate

__all__ = [
    "AgentGroup",
    "AsRecorded",
    "Distribution",
    "Empirical",
    "Estimate",
    "Exponential",
    "Fixed",
    "Gamma",
    "GroupResult",
    "Lognormal",
    "QueueResult",
    "RateFrom",
    "Recorded",
    "RecordedCall",
    "RecordedCallsUnreadable",
    "Result",
    "Scenario",
    "ScenarioInvalid",
    "Workload",
    "load_scenario",
    "read_recorded",
    "render_result",
    "render_result_json",
    "run_scenario",
    "seconds_of_day",
    "simulate",
]
