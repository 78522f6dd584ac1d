"""Facts by chance: contacts of a few customers over some days, with everything that a figure counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from markaz.reports.catalogue.placed import microseconds

SLOT_US = 900_000_000
ENDS = ("answered", "abandoned", "overflowed", "voicemail", "callback", "transferred", "refused", "lost_to_fault", None)
RESULTS = ("hot", "warm", "cold", None)
Facts = dict[str, Sequence[dict[str, Any]]]


def drawn_facts(random: np.random.Generator, *, since: datetime, days: int, contacts: int) -> Facts:
    """Rows for `write_facts`; a third of the moments lie on a quarter hour."""
    facts: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("stays", "services", "contacts", "agent_time", "feedback")
    }
    begin, end = microseconds(since), microseconds(since + timedelta(days=days))

    def moment() -> int:
        at = int(random.integers(begin - 40 * 86_400_000_000, end))
        return at // SLOT_US * SLOT_US if random.random() < 0.3 else at

    def one_of(*values: Any) -> Any:
        return values[int(random.integers(len(values)))]

    for n in range(contacts):
        at = moment()
        common = {"contact": f"c{n:05}", "project": f"p{n % 3}", "queue": f"q{n % 4}", "slot": at // SLOT_US}
        ended = one_of(*ENDS)
        wait = None if ended is None else int(random.integers(0, 60_000_000))
        if at >= begin:
            facts["stays"].append({**common, "entered_us": at, "ended": ended, "wait_us": wait})
            facts["services"].append({
                **common, "agent": f"a{n % 5}", "offered_us": at, "asked_as": one_of("lead", "lead", "consulted"),
                "connected": ended == "answered", "served": ended == "answered", "is_over": random.random() < 0.9,
                "talk_us": int(random.integers(0, 600_000_000)) if ended == "answered" else None,
                "hold_us": int(random.integers(0, 9_000_000)), "wrap_up_us": int(random.integers(0, 60_000_000)),
                "consult_us": 0, "disposition": one_of(*RESULTS),
            })  # fmt: skip
            if random.random() < 0.3:
                facts["feedback"].append({**common, "agent": f"a{n % 5}", "question": one_of("kind", "solved"),
                                          "answered_us": at, "answer": int(random.integers(1, 6))})  # fmt: skip
        customer = one_of(None, *(f"+{one}" for one in range(40)))
        facts["contacts"].append({**common, "customer": customer, "arrived_us": at, "is_answered": ended == "answered"})
    facts["whole_stays"] = facts["stays"]
    _link(facts["contacts"])
    for agent in range(5):
        at = begin
        while (until := at + int(random.integers(600, 40_000)) * 1_000_001) < end:
            span = {"agent": f"a{agent}", "began_us": at, "ended_us": until}
            state = one_of("ready", "not_ready")
            facts["agent_time"].append({**span, "state": state})
            if state == "ready":
                facts["agent_time"] += [
                    {**span, "state": "available"},
                    {**span, "ended_us": (at + until) // 2, "state": "handling"},
                ]
            at = until
    return dict(facts)


def _link(contacts: list[dict[str, Any]]) -> None:
    """Say of each what the same customer's contact before and after it was; who withhold their numbers are linked."""
    last: dict[tuple[str, str | None], dict[str, Any]] = {}
    for one in sorted(contacts, key=lambda one: (one["arrived_us"], one["contact"])):
        before = last.get(key := (one["project"], one["customer"]))
        if before is not None:
            one["previous_us"], before["next_us"] = before["arrived_us"], one["arrived_us"]
        last[key] = one
