"""Before a run: what a scenario leaves to its recorded calls is worked out from them and put in its place."""

from collections.abc import Mapping, Sequence

import msgspec

from markaz.runtime.simulated.distributions import Distribution, Empirical, Estimated, Fixed
from markaz.runtime.simulated.patience import Wait, exponential_patience, kaplan_meier
from markaz.runtime.simulated.presence import agents_seen, turnovers
from markaz.runtime.simulated.recorded import RecordedCall
from markaz.runtime.simulated.scenario import AgentGroup, Scenario, Workload

TURNOVER_SECONDS_MAX = 60.0
"""A longer gap between two calls of one agent is no wrap-up, though somebody waited."""


def prepared(scenario: Scenario, calls: Sequence[RecordedCall]) -> Scenario:
    """`scenario` with laws in the place of estimated ones, and with the agents that `calls` show."""
    recorded = scenario.recorded
    if recorded is None:
        return scenario
    queue_of = recorded.queues
    wants_wrap_up = any(isinstance(workload.wrap_up, Estimated) for workload in scenario.workload.values())
    gaps = turnovers(calls, seconds_max=TURNOVER_SECONDS_MAX) if wants_wrap_up else {}
    workload = {
        queue: _estimated(law, [call for call in calls if queue_of[call.type] == queue], gaps)
        for queue, law in scenario.workload.items()
    }
    agents = scenario.agents
    if recorded.agents is not None:
        agents = tuple(
            AgentGroup(id=seen.server, count=1, queues={queue_of[kind]: 1 for kind in seen.types}, shifts=seen.shifts)
            for seen in agents_seen(calls, first_day=recorded.day, rules=recorded.agents)
        )
        recorded = msgspec.structs.replace(recorded, agents=None)
    return msgspec.structs.replace(scenario, workload=workload, agents=agents, recorded=recorded)


def _estimated(workload: Workload, mine: Sequence[RecordedCall], gaps: Mapping[str, Sequence[float]]) -> Workload:
    patience, wrap_up = workload.patience, workload.wrap_up
    if isinstance(patience, Estimated):
        waits = [Wait(call.waited, call.patience is not None) for call in mine]
        estimate = exponential_patience if patience.by == "exponential" else kaplan_meier
        patience = estimate(waits)
    if isinstance(wrap_up, Estimated):
        wrap_up = _wrap_up(sorted({call.type for call in mine}), gaps)
    return msgspec.structs.replace(workload, patience=patience, wrap_up=wrap_up)


def _wrap_up(kinds: Sequence[str], gaps: Mapping[str, Sequence[float]]) -> Distribution:
    """As after calls of `kinds`; as after any other call where none shows it."""
    seconds = [gap for kind in kinds for gap in gaps.get(kind, ())] or [
        gap for kind in sorted(gaps) for gap in gaps[kind]
    ]
    return Empirical(tuple(seconds)) if seconds else Fixed(0.0)
