"""What an agent enters about the end of a contact, kept by the offer; forms that say which version they are."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    "ALTER TABLE contact_form ADD COLUMN version integer NOT NULL DEFAULT 1",
    """
    CREATE TABLE wrap_up (
        floor text NOT NULL,
        agent text NOT NULL,
        offer text NOT NULL,
        contact text NOT NULL,
        note text NOT NULL,
        next_action text NOT NULL,
        disposition text,
        callback text,
        callback_at timestamptz,
        callback_number text,
        version integer NOT NULL DEFAULT 1,
        author text NOT NULL,
        saved_by text NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (floor, agent, offer)
    )
    """,
    "CREATE INDEX wrap_up_contact ON wrap_up (floor, contact)",
    "CREATE INDEX wrap_up_callback ON wrap_up (floor, callback) WHERE callback IS NOT NULL",
    "ALTER TABLE wrap_up ENABLE ROW LEVEL SECURITY",
    """
    CREATE POLICY seen ON wrap_up FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) AND (
        author = (SELECT context_user())
        OR EXISTS (SELECT FROM contact AS its WHERE its.floor = wrap_up.floor AND its.contact = wrap_up.contact)
    ))
    """,
    """
    CREATE POLICY entered ON wrap_up FOR INSERT TO markaz_web WITH CHECK (
        floor IN (SELECT id FROM floor) AND author = (SELECT context_user())
        AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
        AND (agent = (SELECT context_agent()) OR (SELECT context_may('desk.act')))
    )
    """,
    """
    CREATE POLICY changed ON wrap_up FOR UPDATE TO markaz_web USING (
        floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
        AND (agent = (SELECT context_agent()) OR (SELECT context_may('desk.act')))
    ) WITH CHECK (author = (SELECT context_user()))
    """,
    "GRANT SELECT, INSERT, UPDATE ON wrap_up TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
