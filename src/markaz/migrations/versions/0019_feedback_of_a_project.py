"""The newest answers of one project are found without reading those of the others; what was asked is told to both."""

from alembic import op

revision = "0019"
down_revision = "0018"

STATEMENTS = (
    "CREATE INDEX feedback_project ON feedback (floor, project, at)",
    # Clients do not read flows and prompts: of them, they may know what their customers are asked.
    """
    CREATE FUNCTION survey_questions() RETURNS TABLE (project text, question text, words text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT its.id, node.key, prompt.rules ->> 'text'
        FROM project AS its
        JOIN flow ON flow.centre = its.centre AND flow.id = its.rules ->> 'survey'
        CROSS JOIN LATERAL json_each(flow.rules -> 'nodes') AS node
        JOIN prompt ON prompt.centre = its.centre AND prompt.id = node.value ->> 'prompt'
        WHERE its.centre = context_centre() AND (context_is_staff() OR its.client = context_client())
            AND context_may('contacts.see') AND node.value ->> 'type' = 'rate' AND prompt.rules ->> 'text' <> ''
    $$
    """,
    "REVOKE ALL ON FUNCTION survey_questions() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION survey_questions() TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
