"""The zone of a centre's days, and queue visits for whoever follows the floor."""

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
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
