"""Spans of which both reports and exported facts are made: a contact's whole stay, and what an agent was doing.

Each is the beginning of a query, with {floor}, {since} and {until} (timestamptz).
"""

from typing import LiteralString

WHOLE_STAYS: LiteralString = """
WITH visit AS (
    SELECT contact, n, queue, entered_at, left_at, ended, centre, centre_answered_at,
        lag(ended) OVER (PARTITION BY contact ORDER BY n) IS DISTINCT FROM 'overflowed' AS begins
    FROM queue_visit
    WHERE floor = {floor} AND contact IN (
        SELECT contact FROM queue_visit WHERE floor = {floor} AND entered_at >= {since} AND entered_at < {until}
    )
), linked AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY contact ORDER BY n) AS stay FROM visit
), whole AS (
    SELECT contact, min(entered_at) AS entered_at, (array_agg(ended ORDER BY n DESC))[1] AS ended,
        (array_agg(left_at ORDER BY n DESC))[1] AS left_at, (array_agg(queue ORDER BY n DESC))[1] AS queue,
        (array_agg(centre ORDER BY n DESC))[1] AS centre,
        (array_agg(centre_answered_at ORDER BY n DESC))[1] AS centre_answered_at
    FROM linked GROUP BY contact, stay
), whole_stay AS (
    SELECT whole.*, contact.project
    FROM whole JOIN contact ON contact.floor = {floor} AND contact.contact = whole.contact
    WHERE entered_at >= {since} AND entered_at < {until}
)
"""
"""`whole_stay`: a contact that overflows from queue to queue is one stay, from the first entry to the last end."""

AGENT_TIME: LiteralString = """
WITH heard AS (  -- the floor's last sign of life: what it had open then lasts no longer than that
    SELECT coalesce((SELECT written_at FROM floor_live WHERE floor = {floor}),
        (SELECT heard_at FROM imported_floor WHERE floor = {floor}), now()) AS at
), activity AS (
    SELECT agent, presence, coalesce(reason, 'unknown') AS reason, period * tstzrange(began_at, ended) AS span
    FROM (SELECT *, coalesce(ended_at, heard.at) AS ended, tstzrange({since}, {until}) AS period
        FROM agent_activity, heard) AS activity
    WHERE floor = {floor} AND presence IN ('ready', 'not_ready')
        AND began_at < least(ended, upper(period)) AND ended > lower(period)
), handled AS (
    SELECT agent, period * tstzrange(began, ended) AS span
    FROM (SELECT *, coalesce(ended_at, heard.at) AS ended, tstzrange({since}, {until}) AS period,
        CASE asked_as WHEN 'lead' THEN connected_at ELSE accepted_at END AS began
        FROM engagement, heard) AS engagement
    WHERE floor = {floor} AND began < least(ended, upper(period)) AND ended > lower(period)
), state AS (
    SELECT agent, presence AS state, reason, span FROM activity
    UNION ALL
    SELECT agent, 'handling', '', unnest(range_agg(span)) FROM handled GROUP BY agent
    UNION ALL
    SELECT agent, 'available', '', unnest(range_agg(span)) FROM (
        SELECT agent, span FROM activity WHERE presence = 'ready' UNION ALL SELECT agent, span FROM handled
    ) AS free_or_busy GROUP BY agent
)
"""
"""`state`: spans of agents, cut at the period's borders; "handling" and "available" are each counted once."""
