"""A simulation's result as a table for people and as JSON for programs."""

from io import StringIO

import msgspec
from rich.console import Console
from rich.table import Table

from markaz.runtime.simulated.estimate import Estimate
from markaz.runtime.simulated.result import QueueResult, Result

_FIGURES = (
    ("service level", "service_level", "share"),
    ("abandonment", "abandonment", "share"),
    ("probability of waiting", "waiting_probability", "share"),
    ("wait, mean", "wait_mean_seconds", "seconds"),
    ("wait, 50th percentile", "wait_p50_seconds", "seconds"),
    ("wait, 95th percentile", "wait_p95_seconds", "seconds"),
    ("contacts waiting, mean", "queue_length_mean", "number"),
    ("occupancy of its agents", "occupancy", "share"),
)
_COUNTS = (
    "arrived", "answered", "abandoned", "overflowed", "voicemail", "callback", "refused", "lost_to_fault",
    "unfinished", "moved_to_queue",
)  # fmt: skip


def render_result_json(result: Result) -> str:
    """The result as one JSON object; an unknown interval's ends are null."""
    return msgspec.json.format(msgspec.json.encode(result)).decode()


def render_result(result: Result, *, width: int = 120) -> str:
    """The result for a screen: a column per queue, each figure with half the width of its interval."""
    queues = [*result.queues, result.total] if len(result.queues) > 1 else list(result.queues)
    table = Table()
    table.add_column("")
    for queue in queues:
        table.add_column(queue.queue or "all", justify="right")
    for name in _COUNTS:
        counts = [getattr(queue, name) for queue in queues]
        if name in ("arrived", "answered", "abandoned") or any(counts):
            table.add_row(name.replace("_", " "), *(f"{count:,}" for count in counts))
    table.add_section()
    for heading, name, kind in _FIGURES:
        table.add_row(heading, *(_estimate(getattr(queue, name), kind) for queue in queues))
    text = StringIO()
    console = Console(file=text, width=width, color_system=None, highlight=False)
    console.print(f"{result.scenario}: {result.confidence:.0%} intervals", soft_wrap=True)
    console.print(table)
    for group in result.groups:
        console.print(f"Agents {group.group} ({group.agents}): occupancy {_estimate(group.occupancy, 'share')}")
    console.print(_how(result, queues), soft_wrap=True)
    return text.getvalue()


def _how(result: Result, queues: list[QueueResult]) -> str:
    targets = ", ".join(f"{queue.queue} {queue.target_seconds} s" for queue in queues if queue.queue)
    minutes = result.measured_minutes * result.replications / result.batches
    batches = "replications" if result.replications > 1 else "parts of one run"
    return (
        f"Service level: answered within the target ({targets}) over all that arrived. Waits are of all contacts.\n"
        f"Seed {result.seed}, {result.batches} {batches} of {minutes:g} minutes "
        f"after the warm-up; {result.calls:,} calls at {result.calls_per_second:,.0f} calls per second of "
        "processor time."
    )


def _estimate(estimate: Estimate | None, kind: str) -> str:
    if estimate is None:
        return "-"
    half = estimate.high - estimate.value
    match kind:
        case "share":
            return f"{estimate.value:.2%} ± {half:.2%}"
        case "seconds":
            return f"{estimate.value:.2f} ± {half:.2f} s"
        case _:
            return f"{estimate.value:.3f} ± {half:.3f}"
