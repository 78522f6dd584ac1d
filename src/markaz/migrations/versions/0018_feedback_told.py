"""What customers answer is told to open pages: once a statement, for read models are rebuilt by many rows at once."""

from alembic import op

revision = "0018"
down_revision = "0017"

STATEMENTS = (
    # The web's copy of the floor keeps the newest answers, for whoever may see them.
    """
    ALTER POLICY seen ON feedback USING (floor IN (SELECT id FROM floor) AND (
        (SELECT context_is_staff() AND (context_may('contacts.read') OR context_may('floor.replicate')))
        OR EXISTS (SELECT FROM contact AS its
            WHERE its.floor = feedback.floor AND its.contact = feedback.contact)
    ))
    """,
    """
    CREATE FUNCTION feedback_told() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        PERFORM pg_notify('markaz_feedback', '');
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON feedback
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_told()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
