"""Parts in a conversation, contacts that another centre took, and pauses of recordings."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
ALTER TABLE queue_visit ADD COLUMN centre text;
ALTER TABLE queue_visit ADD COLUMN centre_answered_at timestamptz;
ALTER TABLE engagement ADD COLUMN asked_as text NOT NULL DEFAULT 'lead';
ALTER TABLE engagement ADD COLUMN part text NOT NULL DEFAULT 'lead';
ALTER TABLE engagement ADD COLUMN lead_seconds double precision NOT NULL DEFAULT 0;
ALTER TABLE engagement ADD COLUMN lead_began_at timestamptz;
ALTER TABLE engagement ADD COLUMN consult_seconds double precision NOT NULL DEFAULT 0;
ALTER TABLE engagement ADD COLUMN supervise_seconds double precision NOT NULL DEFAULT 0;
ALTER TABLE engagement ADD COLUMN aside_seconds double precision NOT NULL DEFAULT 0;
ALTER TABLE engagement ADD COLUMN aside_began_at timestamptz;
CREATE TABLE recording_pause (
    floor text NOT NULL,
    recording text NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (floor, recording, began_at)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
