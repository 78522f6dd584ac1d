"""A bank's real January 1999 on the simulated floor, beside what was recorded, and what explains the difference.

One model is the base; each row after it changes one thing of it alone, on the same customers. The data ("Anonymous
Bank", Mandelbaum, Sakov & Zeltyn 2000) are not part of Markaz: MARKAZ_SHARED_DATA names the folder that has them.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import msgspec

from markaz.kit.time import SECOND
from markaz.routing import QueueRules
from markaz.runtime.simulated import (
    AgentGroup,
    AgentsAsRecorded,
    AsRecorded,
    Batch,
    Distribution,
    Estimated,
    Exponential,
    Fixed,
    Recorded,
    RecordedCall,
    Scenario,
    Shift,
    Workload,
    all_queues,
    prepared,
    read_recorded,
    run_parts,
    together,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("MARKAZ_SHARED_DATA") or ROOT.parent / "shared" / "data")
FILE = FOLDER / "anonymous_bank" / "calls_1999_01.csv.gz"
FIRST, LAST = date(1999, 1, 1), date(1999, 1, 31)
QUEUES = {"PS": "regular", "NW": "new", "NE": "stock", "TT": "callback", "IN": "internet", "PE": "pe"}
HEAD_START_SECONDS = 90
"""The bank let its important customers, priority 2, in as if they had waited for a minute and a half already."""
TARGET_SECONDS = 20
LEISURE_SECONDS = 13.0
"""19 of 20 calls that found a free agent found one whose last call had ended longer ago than this."""
REPLICATIONS = 2
DAY = 86_400


def base(first: date = FIRST, last: date = LAST) -> Scenario:
    """The model: everything that can be read out of the recording is."""
    return Scenario(
        name="A bank's month",
        replications=REPLICATIONS,
        interval_minutes=1440.0,
        queues=tuple(
            QueueRules(
                id=queue, project="bank", target_seconds=TARGET_SECONDS, wrap_up_seconds_max=600, waiting_max=10_000,
                priority_head_start_seconds=HEAD_START_SECONDS,
            )
            for queue in QUEUES.values()
        ),
        workload={
            queue: Workload(talk=AsRecorded(), patience=Estimated(), wrap_up=Estimated()) for queue in QUEUES.values()
        },
        recorded=Recorded(
            file=str(FILE), day=first, last_day=last, queues=QUEUES, priorities={"2": 1},
            priority_unknown_unless_waited=True, agents=AgentsAsRecorded(),
        ),
    )  # fmt: skip


def variants(month: Scenario, calls: Sequence[RecordedCall]) -> Iterator[tuple[str, Scenario]]:
    """What is changed, and the base with that change alone; the last changes two."""
    ready = prepared(month, calls)
    served = [call.service for call in calls if call.service is not None]
    gave_up = [call.waited for call in calls if call.patience is not None]
    gave_up_mean, served_mean = sum(gave_up) / len(gave_up), sum(served) / len(served)
    yield "nothing", ready
    yield "presence: each day's hours of work spread evenly over 7 to 24 h", evenly(ready)
    never = AgentsAsRecorded(pause_seconds_min=1e6, grace_seconds=None)
    yield "presence: from the first call to the last, no pause", seen(month, calls, never)
    yield "presence: away in gaps over 15 min alone", seen(month, calls, AgentsAsRecorded(grace_seconds=None))
    yield (
        "presence: away when a customer waits over 1 s, not 20",
        seen(month, calls, AgentsAsRecorded(grace_seconds=1.0)),
    )
    short = seen(month, calls, AgentsAsRecorded(pause_seconds_min=300.0))
    yield "presence: away in gaps over 5 min, not 15", short
    yield "skills: a type counts from 20 calls in the month, not 5", seen(month, calls, AgentsAsRecorded(calls_min=20))
    everything = dict.fromkeys(QUEUES.values(), 1)
    able = tuple(msgspec.structs.replace(group, queues=everything) for group in ready.agents)
    yield "skills: everybody takes every type", msgspec.structs.replace(ready, agents=able)
    yield "patience: exponential, censored", laws(ready, calls, patience=Estimated(by="exponential"))
    yield "patience: exponential, mean of those who hung up", laws(ready, calls, patience=Exponential(gave_up_mean))
    yield "patience: shown by those who hung up, else endless", laws(ready, calls, patience=AsRecorded())
    yield "patience: nobody hangs up", laws(ready, calls, patience=None)
    yield "wrap-up: none", laws(ready, calls, wrap_up=Fixed(0.0))
    wrap_up = Fixed(LEISURE_SECONDS)
    yield f"wrap-up: {LEISURE_SECONDS:.0f} s after every call", laws(ready, calls, wrap_up=wrap_up)
    yield "talk: exponential, one mean for all types", laws(ready, calls, talk=Exponential(served_mean))
    plain = msgspec.structs.replace(_recorded(ready), priorities={})
    yield "priorities: none", msgspec.structs.replace(ready, recorded=plain)
    yield WITHOUT_VRU, ready
    yield f"away in gaps over 5 min and {LEISURE_SECONDS:.0f} s of wrap-up", laws(short, calls, wrap_up=wrap_up)


WITHOUT_VRU = "VRU: calls queue as they enter it"


def without_vru(calls: Sequence[RecordedCall]) -> list[RecordedCall]:
    """The same customers, with the self-service left out."""
    return sorted((msgspec.structs.replace(call, self_service=0.0) for call in calls), key=lambda call: call.queued)


def _recorded(scenario: Scenario) -> Recorded:
    assert scenario.recorded is not None, "the bank's calls are recorded"
    return scenario.recorded


def seen(month: Scenario, calls: Sequence[RecordedCall], rules: AgentsAsRecorded) -> Scenario:
    """The month with its agents read out of the recording by `rules`."""
    return prepared(
        msgspec.structs.replace(month, recorded=msgspec.structs.replace(_recorded(month), agents=rules)), calls
    )


def laws(ready: Scenario, calls: Sequence[RecordedCall], **changed: Distribution | None) -> Scenario:
    """The month with other laws in every queue."""
    workload = {queue: msgspec.structs.replace(one, **changed) for queue, one in ready.workload.items()}
    return prepared(msgspec.structs.replace(ready, workload=workload), calls)


def evenly(ready: Scenario) -> Scenario:
    """As many hours of presence in each day, by the same number of agents all of 7 to 24 h, for every type."""
    once = msgspec.structs.replace(ready, replications=1)
    _, (days,), _ = run_parts(once)
    groups: list[AgentGroup] = []
    for number, day in enumerate(days):
        count = round(sum(day.present_area.values()) / SECOND / (17 * 3_600))
        shift = Shift(day=_recorded(ready).day + timedelta(days=number), since="7:00", until="24:00")
        if count:
            everything = dict.fromkeys(QUEUES.values(), 1)
            groups.append(AgentGroup(id=f"day-{number + 1}", count=count, queues=everything, shifts=(shift,)))
    return msgspec.structs.replace(ready, agents=tuple(groups))


def figures(runs: Sequence[Sequence[Batch]]) -> dict[str, float]:
    total = all_queues(together([day for run in runs for day in run]))
    return {
        "arrived": total.arrived / len(runs),
        "wait_mean_seconds": total.wait_sum / SECOND / total.arrived,
        "wait_p50_seconds": total.wait_percentile(0.5) or 0.0,
        "wait_p90_seconds": total.wait_percentile(0.9) or 0.0,
        "waiting_probability": 1 - total.at_once / total.arrived,
        "abandonment": total.outcomes.get("abandoned", 0) / total.arrived,
        "service_level": total.answered_in_time / total.arrived,
    }


def as_recorded(calls: Sequence[RecordedCall]) -> dict[str, float]:
    """The same figures of the recording."""
    waits = sorted(call.waited for call in calls)
    count = len(calls)
    return {
        "arrived": count,
        "wait_mean_seconds": sum(waits) / count,
        "wait_p50_seconds": waits[count // 2],
        "wait_p90_seconds": waits[count * 9 // 10],
        "waiting_probability": sum(wait > 0 for wait in waits) / count,
        "abandonment": sum(call.patience is not None for call in calls) / count,
        "service_level": sum(call.patience is None and call.waited <= TARGET_SECONDS for call in calls) / count,
    }


def by_day(runs: Sequence[Sequence[Batch]], calls: Sequence[RecordedCall]) -> list[dict[str, object]]:
    """Both sides of every day that has calls."""
    found: list[dict[str, object]] = []
    for number, parts in enumerate(zip(*runs, strict=True)):
        mine = [call for call in calls if number * DAY <= call.queued < (number + 1) * DAY]
        if mine:
            day = (FIRST + timedelta(days=number)).isoformat()
            found.append({"day": day, "recorded": as_recorded(mine), "simulated": figures([[part] for part in parts])})
    return found


def by_queue(runs: Sequence[Sequence[Batch]], calls: Sequence[RecordedCall]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for kind, queue in QUEUES.items():
        mine = [call for call in calls if call.type == kind]
        total = together([day for run in runs for day in run]).queues[queue]
        found.append({
            "queue": queue, "recorded": as_recorded(mine),
            "simulated": {
                "arrived": total.arrived / len(runs),
                "wait_mean_seconds": total.wait_sum / SECOND / total.arrived,
                "waiting_probability": 1 - total.at_once / total.arrived,
                "abandonment": total.outcomes.get("abandoned", 0) / total.arrived,
            },
        })  # fmt: skip
    return found


LINE = (
    "{wait_mean_seconds:>6.1f} s  p50 {wait_p50_seconds:>5.1f}  p90 {wait_p90_seconds:>6.1f}  "
    "waits {waiting_probability:>6.1%}  abandons {abandonment:>6.2%}  within 20 s {service_level:>6.1%}"
)


def main() -> None:
    if not FILE.exists():
        sys.exit(f"{FILE} is missing: name the folder of the public data sets in MARKAZ_SHARED_DATA")
    calls = read_recorded(FILE, day=FIRST, last_day=LAST, since_seconds=0, until_seconds=DAY)
    calls = sorted((call for call in calls if call.type in QUEUES), key=lambda call: call.queued)
    told = as_recorded(calls)
    print(f"{'recorded':<64}" + LINE.format(**told))
    rows: list[dict[str, object]] = []
    days: list[dict[str, object]] = []
    queues: list[dict[str, object]] = []
    for changed, scenario in variants(base(), calls):
        began = process_time()
        mine = without_vru(calls) if changed == WITHOUT_VRU else calls
        _, runs, count = run_parts(scenario, calls_recorded=mine)
        found = figures(runs)
        rows.append({"changed": changed, **found, "calls_per_second": round(count / (process_time() - began))})
        print(f"{changed:<64}" + LINE.format(**found), flush=True)
        if changed == "nothing":
            days, queues = by_day(runs, calls), by_queue(runs, calls)
    if path := os.environ.get("OUT"):
        Path(path).write_text(json.dumps({"recorded": told, "rows": rows, "days": days, "queues": queues}, indent=2))


if __name__ == "__main__":
    main()
