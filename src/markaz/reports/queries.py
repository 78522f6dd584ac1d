"""The SQL of reports. Each answers for every interval and key, every key, every interval, and all (CUBE).

Parameters: `floor`, `since`, `until` (timestamptz), `starts` and `ends` (arrays of the intervals' borders), `target`
and `short` (seconds). In an answer `interval` is 1-based, and NULL, like `key`, means all.
"""

from typing import LiteralString

from markaz.reports import spans
from markaz.reports.model import By

_GIVEN: dict[str, LiteralString] = {"floor": "%(floor)s", "since": "%(since)s", "until": "%(until)s"}

STAYS_IN_QUEUE: LiteralString = """
WITH stay AS (
    SELECT queue AS key, entered_at, ended, centre, centre_answered_at,
        coalesce(wait_seconds, extract(epoch FROM left_at - entered_at)::float8) AS wait_seconds
    FROM queue_visit
    WHERE floor = %(floor)s AND entered_at >= %(since)s AND entered_at < %(until)s
)
"""

STAYS_IN_PROJECT: LiteralString = (
    spans.WHOLE_STAYS.format(**_GIVEN)
    + """
, stay AS (
    SELECT project AS key, entered_at, ended, centre, centre_answered_at,
        extract(epoch FROM left_at - entered_at)::float8 AS wait_seconds
    FROM whole_stay
)
"""
)

_PLACED: LiteralString = (
    ", placed AS (SELECT width_bucket(entered_at, %(starts)s::timestamptz[]) AS interval, * FROM stay)"
)

CONTACTS: LiteralString = (
    _PLACED
    + """
SELECT interval, key,
    count(*) AS offered,
    count(*) FILTER (WHERE ended = 'answered') AS answered,
    count(*) FILTER (WHERE ended = 'abandoned' AND wait_seconds > %(short)s) AS abandoned,
    count(*) FILTER (WHERE ended = 'abandoned' AND wait_seconds <= %(short)s) AS abandoned_short,
    count(*) FILTER (WHERE ended = 'overflowed') AS overflowed,
    count(*) FILTER (WHERE ended = 'voicemail') AS voicemail,
    count(*) FILTER (WHERE ended = 'callback') AS callback,
    count(*) FILTER (WHERE ended = 'transferred') AS transferred,
    count(*) FILTER (WHERE ended = 'refused') AS refused,
    count(*) FILTER (WHERE ended = 'lost_to_fault') AS lost_to_fault,
    count(*) FILTER (WHERE ended IS NULL) AS open,
    count(*) FILTER (WHERE ended = 'answered' AND wait_seconds <= %(target)s) AS answered_in_time,
    count(*) FILTER (WHERE ended = 'abandoned' AND wait_seconds <= %(target)s) AS abandoned_early,
    avg(wait_seconds) FILTER (WHERE ended = 'answered') AS answered_mean,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_seconds) FILTER (WHERE ended = 'answered') AS answered_p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY wait_seconds) FILTER (WHERE ended = 'answered') AS answered_p95,
    max(wait_seconds) FILTER (WHERE ended = 'answered') AS answered_max,
    avg(wait_seconds) FILTER (WHERE ended IS NOT NULL) AS all_mean,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_seconds) FILTER (WHERE ended IS NOT NULL) AS all_p50,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY wait_seconds) FILTER (WHERE ended IS NOT NULL) AS all_p95,
    max(wait_seconds) FILTER (WHERE ended IS NOT NULL) AS all_max
FROM placed GROUP BY CUBE (interval, key)
"""
)

CENTRES: LiteralString = (
    _PLACED
    + """
SELECT interval, key, centre, count(*) AS sent, count(centre_answered_at) AS answered
FROM placed WHERE centre IS NOT NULL GROUP BY CUBE (interval, key), centre
"""
)
"""Contacts that were sent on to another centre, and those that it answered."""

_OFFERS_FROM: LiteralString = """
    width_bucket(engagement.offered_at, %(starts)s::timestamptz[]) AS interval, engagement.*
    FROM engagement JOIN contact USING (floor, contact)
    WHERE floor = %(floor)s AND engagement.offered_at >= %(since)s AND engagement.offered_at < %(until)s
)
"""

OFFERS: dict[By, LiteralString] = {
    "queue": "WITH offer AS (SELECT engagement.queue AS key," + _OFFERS_FROM,
    "project": "WITH offer AS (SELECT contact.project AS key," + _OFFERS_FROM,
    "agent": "WITH offer AS (SELECT engagement.agent AS key," + _OFFERS_FROM,
}

HANDLING: LiteralString = """
SELECT interval, key,
    count(*) FILTER (WHERE asked_as = 'lead') AS offers,
    count(connected_at) FILTER (WHERE asked_as = 'lead') AS connected,
    count(*) FILTER (WHERE asked_as = 'lead' AND connected_at IS NULL AND ended_at IS NULL) AS ringing,
    count(*) FILTER (WHERE served AND ended_at IS NOT NULL) AS handled,
    coalesce(sum(extract(epoch FROM coalesce(wrap_up_at, ended_at) - connected_at)::float8
        - hold_seconds - aside_seconds) FILTER (WHERE served AND ended_at IS NOT NULL), 0) AS talk_seconds,
    coalesce(sum(hold_seconds) FILTER (WHERE served AND ended_at IS NOT NULL), 0) AS hold_seconds,
    coalesce(sum(extract(epoch FROM ended_at - wrap_up_at)::float8) FILTER (WHERE served), 0) AS wrap_up_seconds,
    coalesce(sum(consult_seconds) FILTER (WHERE ended_at IS NOT NULL), 0) AS consult_seconds,
    coalesce(sum(supervise_seconds) FILTER (WHERE ended_at IS NOT NULL), 0) AS supervise_seconds
FROM (SELECT *, connected_at IS NOT NULL AND part IN ('lead', 'joined') AS served FROM offer) AS offer
GROUP BY CUBE (interval, key)
"""
"""Offers are made to serve a contact; a guest was offered nothing, but may have served it after all."""

MISSED: LiteralString = """
SELECT interval, key, coalesce(reason, 'unknown') AS reason, count(*) AS offers
FROM offer WHERE asked_as = 'lead' AND connected_at IS NULL AND ended_at IS NOT NULL
GROUP BY CUBE (interval, key), coalesce(reason, 'unknown')
"""

AGENT_TIME: LiteralString = (
    spans.AGENT_TIME.format(**_GIVEN)
    + """
, part AS (
    SELECT agent AS key, state, reason, interval, extract(epoch FROM
        least(upper(span), (%(ends)s::timestamptz[])[interval])
        - greatest(lower(span), (%(starts)s::timestamptz[])[interval]))::float8 AS seconds
    FROM state CROSS JOIN LATERAL generate_series(
        width_bucket(lower(span), %(starts)s::timestamptz[]),
        width_bucket(upper(span) - interval '1 microsecond', %(starts)s::timestamptz[])) AS interval
)
SELECT interval, key, state, reason, sum(seconds) AS seconds
FROM part GROUP BY CUBE (interval, key), state, reason
"""
)
"""Unlike the counts, agents' time is split at the intervals' borders; what is still going on ends now."""
