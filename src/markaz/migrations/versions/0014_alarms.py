"""Alarms and their rules; the zone of a centre's days, and queue visits for whoever follows the floor."""

from alembic import op

revision = "0014"
down_revision = "0011"

STATEMENTS = (
    "ALTER TABLE centre ADD COLUMN zone text NOT NULL DEFAULT 'UTC'",
    "GRANT UPDATE (zone) ON centre TO markaz_web",
    # The web's copy of the floor goes on counting from what read models have counted.
    """
    CREATE POLICY replicated ON queue_visit FOR SELECT TO markaz_web USING (
        floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('floor.replicate'))
    )
    """,
    """
    CREATE TABLE alarm_rule (
        centre text NOT NULL,
        kind text NOT NULL,
        "limit" double precision,
        offered_min integer NOT NULL,
        after_seconds integer NOT NULL,
        clear_seconds integer NOT NULL,
        enabled boolean NOT NULL,
        PRIMARY KEY (centre, kind)
    )
    """,
    """
    CREATE TABLE alarm (
        floor text NOT NULL,
        id text NOT NULL,
        kind text NOT NULL,
        subject text NOT NULL,
        parameters json NOT NULL,
        risen_at timestamptz NOT NULL DEFAULT now(),
        taken_by text,
        taken_name text,
        taken_at timestamptz,
        ended_at timestamptz,
        PRIMARY KEY (floor, id)
    )
    """,
    "CREATE UNIQUE INDEX alarm_up ON alarm (floor, kind, subject) WHERE ended_at IS NULL",
    "CREATE INDEX alarm_risen ON alarm (floor, risen_at)",
    "ALTER TABLE alarm_rule ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE alarm ENABLE ROW LEVEL SECURITY",
    """
    CREATE POLICY seen ON alarm_rule FOR SELECT TO markaz_web USING (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff())
        AND ((SELECT context_may('floor.see')) OR (SELECT context_may('floor.replicate')))
    )
    """,
    """
    CREATE POLICY added ON alarm_rule FOR INSERT TO markaz_web WITH CHECK (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('alarms.manage'))
    )
    """,
    """
    CREATE POLICY changed ON alarm_rule FOR UPDATE TO markaz_web USING (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('alarms.manage'))
    )
    """,
    "GRANT SELECT, INSERT, UPDATE ON alarm_rule TO markaz_web",
    # The web's copy of the floor raises and ends them; people take them over.
    """
    CREATE POLICY seen ON alarm FOR SELECT TO markaz_web USING (
        floor IN (SELECT id FROM floor) AND (SELECT context_is_staff())
        AND ((SELECT context_may('floor.see')) OR (SELECT context_may('floor.replicate')))
    )
    """,
    """
    CREATE POLICY risen ON alarm FOR INSERT TO markaz_web WITH CHECK (
        floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('floor.replicate'))
    )
    """,
    """
    CREATE POLICY changed ON alarm FOR UPDATE TO markaz_web USING (
        floor IN (SELECT id FROM floor) AND (SELECT context_is_staff())
        AND ((SELECT context_may('alarms.manage')) OR (SELECT context_may('floor.replicate')))
    )
    """,
    "GRANT SELECT, INSERT, UPDATE (taken_by, taken_name, taken_at, ended_at) ON alarm TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
