"""Exact steady-state figures of one queue with Poisson arrivals, exponential service and patience (Erlang A and C).

Birth and death: in state n contacts come at `arrivals`, and leave at min(n, agents) x `service` + (n - agents)+ x
`abandonment` (all per minute). Garnett, Mandelbaum & Reiman 2002; with `abandonment` 0 this is Erlang C.
"""

from dataclasses import dataclass
from math import exp

from markaz.routing import QueueRules
from markaz.runtime.simulated import AgentGroup, Exponential, Scenario, Workload

STATES_MAX = 100_000
LARGE = 1e200


@dataclass(frozen=True, slots=True)
class Exact:
    """`wait_seconds` is of all contacts; `service_level` (Erlang C alone) is within 20 s."""

    waiting: float
    abandonment: float
    wait_seconds: float
    queue_length: float
    occupancy: float
    service_level: float | None


def exact(*, arrivals: float, service: float, agents: int, abandonment: float = 0.0) -> Exact:
    weight = total = 1.0
    waiting = busy = queue = 0.0
    for n in range(1, STATES_MAX):
        late = max(n - agents, 0)
        weight *= arrivals / (min(n, agents) * service + late * abandonment)
        total += weight
        busy += min(n, agents) * weight
        queue += late * weight
        waiting += weight if n >= agents else 0
        if n > agents and weight < 1e-17 * total:
            break
        if weight > LARGE:  # only their ratios count, and those of a thousand agents are beyond a float
            weight, total, waiting = weight / LARGE, total / LARGE, waiting / LARGE
            busy, queue = busy / LARGE, queue / LARGE
    else:
        raise AssertionError("the queue has no steady state")
    wait = queue / total / arrivals
    return Exact(
        waiting=waiting / total,
        abandonment=abandonment * wait,
        wait_seconds=60 * wait,
        queue_length=queue / total,
        occupancy=busy / total / agents,
        service_level=None if abandonment else 1 - waiting / total * exp(-(agents * service - arrivals) / 3),
    )


def one_queue(
    *, arrivals: float, service: float, agents: int, abandonment: float = 0.0, minutes: float, warm_up: float,
    seed: int, replications: int = 10, confidence: float = 0.99,
) -> Scenario:  # fmt: skip
    """The scenario of the same queue; rates per minute."""
    return Scenario(
        name="one queue",
        seed=seed,
        replications=replications,
        minutes=minutes,
        warm_up_minutes=warm_up,
        confidence=confidence,
        queues=(QueueRules(id="calls", project="hotline", wrap_up_seconds_max=0, waiting_max=100_000),),
        agents=(AgentGroup(id="agents", count=agents, queues={"calls": 1}),),
        workload={
            "calls": Workload(
                calls_per_minute=arrivals,
                talk=Exponential(60 / service),
                patience=Exponential(60 / abandonment) if abandonment else None,
            )
        },
    )
