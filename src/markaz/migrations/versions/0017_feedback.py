"""What customers answer to a survey after a conversation."""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    """
    CREATE TABLE feedback (
        floor text NOT NULL,
        contact text NOT NULL,
        question text NOT NULL,
        answer integer NOT NULL,
        project text NOT NULL,
        queue text,
        agent text,
        offer text,
        at timestamptz NOT NULL,
        PRIMARY KEY (floor, contact, question)
    )
    """,
    "CREATE INDEX feedback_at ON feedback (floor, at)",
    "ALTER TABLE feedback ENABLE ROW LEVEL SECURITY",
    # As with the other read models: whoever sees the contact.
    """
    CREATE POLICY seen ON feedback FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) AND (
        (SELECT context_is_staff() AND context_may('contacts.read'))
        OR EXISTS (SELECT FROM contact AS its
            WHERE its.floor = feedback.floor AND its.contact = feedback.contact)
    ))
    """,
    "GRANT SELECT ON feedback TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
