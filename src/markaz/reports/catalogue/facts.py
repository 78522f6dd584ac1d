"""The facts that figures count, out of PostgreSQL into Parquet: what each table holds, and the SQL that makes it.

Moments are microseconds since 1970 (UTC), spans are microseconds, and a slot is the quarter hour of a moment: every
time zone of today begins its hours and days at one. What cannot be said of a contact alone (that it overflowed, what
came before it) is worked out here, so that the expressions on top are the same on every engine.
"""

from dataclasses import dataclass
from typing import Final, LiteralString

from markaz.reports import spans

SLOT_US: Final = 900_000_000
DAY_SLOTS: Final = 96


@dataclass(frozen=True, slots=True)
class FactTable:
    """`columns`: DuckDB's types, in the order of `select`, which has {floor}, {since} and {until} (timestamptz)."""

    name: str
    columns: dict[str, str]
    select: LiteralString


_STAY: Final = {
    "contact": "VARCHAR", "project": "VARCHAR", "queue": "VARCHAR", "entered_us": "BIGINT", "slot": "BIGINT",
    "ended": "VARCHAR", "wait_us": "BIGINT",
}  # fmt: skip

STAYS: Final = FactTable("stays", _STAY, """
SELECT visit.contact, contact.project, visit.queue,
    (extract(epoch FROM entered_at) * 1000000)::bigint,
    floor(extract(epoch FROM entered_at) / 900)::bigint,
    ended,
    round(coalesce(wait_seconds::numeric, extract(epoch FROM left_at - entered_at)) * 1000000)::bigint
FROM queue_visit AS visit JOIN contact USING (floor, contact)
WHERE visit.floor = {floor} AND entered_at >= {since} AND entered_at < {until}
""")  # fmt: skip

WHOLE_STAYS: Final = FactTable("whole_stays", _STAY, spans.WHOLE_STAYS + """
SELECT contact, project, queue,
    (extract(epoch FROM entered_at) * 1000000)::bigint,
    floor(extract(epoch FROM entered_at) / 900)::bigint,
    ended,
    (extract(epoch FROM left_at - entered_at) * 1000000)::bigint
FROM whole_stay
""")  # fmt: skip

SERVICES: Final = FactTable("services", {
    "contact": "VARCHAR", "project": "VARCHAR", "queue": "VARCHAR", "agent": "VARCHAR", "offered_us": "BIGINT",
    "slot": "BIGINT", "asked_as": "VARCHAR", "connected": "BOOLEAN", "served": "BOOLEAN", "is_over": "BOOLEAN",
    "talk_us": "BIGINT", "hold_us": "BIGINT", "wrap_up_us": "BIGINT", "consult_us": "BIGINT", "disposition": "VARCHAR",
}, """
SELECT part.contact, contact.project, part.queue, agent,
    (extract(epoch FROM offered_at) * 1000000)::bigint,
    floor(extract(epoch FROM offered_at) / 900)::bigint,
    asked_as, connected_at IS NOT NULL, connected_at IS NOT NULL AND part IN ('lead', 'joined'), ended_at IS NOT NULL,
    round((extract(epoch FROM coalesce(wrap_up_at, ended_at) - connected_at)
        - hold_seconds::numeric - aside_seconds::numeric) * 1000000)::bigint,
    round(hold_seconds::numeric * 1000000)::bigint,
    coalesce((extract(epoch FROM ended_at - wrap_up_at) * 1000000)::bigint, 0),
    round(consult_seconds::numeric * 1000000)::bigint,
    disposition
FROM engagement AS part JOIN contact USING (floor, contact)
WHERE part.floor = {floor} AND offered_at >= {since} AND offered_at < {until}
""")  # fmt: skip

CONTACTS: Final = FactTable("contacts", {
    "contact": "VARCHAR", "project": "VARCHAR", "queue": "VARCHAR", "customer": "VARCHAR", "arrived_us": "BIGINT",
    "slot": "BIGINT", "is_answered": "BOOLEAN", "previous_us": "BIGINT", "next_us": "BIGINT",
}, """
SELECT contact, project, queue, customer, at, floor(at / 900000000.0)::bigint, is_answered,
    lag(at) OVER of_customer, lead(at) OVER of_customer
FROM (
    SELECT contact, project, queue, (extract(epoch FROM arrived_at) * 1000000)::bigint AS at,
        answered_at IS NOT NULL AS is_answered,
        CASE WHEN lower(customer) IN ('', 'anonymous', 'restricted', 'unavailable', 'unknown', 'withheld') THEN NULL
            ELSE customer END AS customer
    FROM contact
    WHERE floor = {floor} AND arrived_at >= {since}::timestamptz - interval '63 days' AND arrived_at < {until}
) AS contact
WINDOW of_customer AS (PARTITION BY project, customer ORDER BY at, contact)
""")  # fmt: skip
"""Of the longest window before the period on: a contact is resolved or not when its window is over, in the period.

All of a project whose customer is null are linked: what comes before and after them says nothing.
"""

AGENT_TIME: Final = FactTable("agent_time", {
    "agent": "VARCHAR", "state": "VARCHAR", "began_us": "BIGINT", "ended_us": "BIGINT",
}, spans.AGENT_TIME + """
SELECT agent, state, (extract(epoch FROM lower(span)) * 1000000)::bigint,
    (extract(epoch FROM upper(span)) * 1000000)::bigint
FROM state
""")  # fmt: skip

FEEDBACK: Final = FactTable("feedback", {
    "contact": "VARCHAR", "project": "VARCHAR", "queue": "VARCHAR", "agent": "VARCHAR", "question": "VARCHAR",
    "answer": "BIGINT", "answered_us": "BIGINT", "slot": "BIGINT",
}, """
SELECT contact, project, queue, agent, question, answer, (extract(epoch FROM at) * 1000000)::bigint,
    floor(extract(epoch FROM at) / 900)::bigint
FROM feedback WHERE floor = {floor} AND at >= {since} AND at < {until}
""")  # fmt: skip

TABLES: Final = (STAYS, WHOLE_STAYS, SERVICES, CONTACTS, AGENT_TIME, FEEDBACK)
