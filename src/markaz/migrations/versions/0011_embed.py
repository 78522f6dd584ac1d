"""Tokens with which a page of a client's own application follows one contact."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    """
    CREATE TABLE embed_token (
        token bytea PRIMARY KEY,
        floor text NOT NULL,
        contact text NOT NULL,
        project text NOT NULL,
        customer text NOT NULL,
        origin text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX embed_token_contact ON embed_token (floor, contact, made_at)",
    "CREATE INDEX embed_token_expires ON embed_token (expires_at)",
    # Nobody reads it: the web makes a token and is told what one opens, by these two functions.
    "ALTER TABLE embed_token ENABLE ROW LEVEL SECURITY",
    """
    CREATE FUNCTION embed_make(
        given bytea, of_floor text, of_contact text, of_project text, of_customer text, of_origin text
    ) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT (context_is_staff() AND context_may('desk.use')
            AND EXISTS (SELECT FROM floor WHERE id = of_floor AND centre = context_centre())) THEN
            RETURN false;
        END IF;
        DELETE FROM embed_token WHERE expires_at <= now();
        -- However often a desk asks, a contact has its latest twenty.
        DELETE FROM embed_token WHERE token IN (
            SELECT its.token FROM embed_token AS its WHERE its.floor = of_floor AND its.contact = of_contact
            ORDER BY its.made_at DESC OFFSET 19
        );
        INSERT INTO embed_token (token, floor, contact, project, customer, origin, expires_at)
        VALUES (given, of_floor, of_contact, of_project, of_customer, of_origin, now() + interval '12 hours');
        RETURN true;
    END
    $$
    """,
    # A token ends with its hours, or five minutes after everything about its contact has ended.
    """
    CREATE FUNCTION embed_enter(given bytea, of_floor text, of_origin text) RETURNS SETOF embed_token
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT * FROM embed_token AS its
        WHERE its.token = given AND its.floor = of_floor AND its.origin = of_origin AND its.expires_at > now()
            AND NOT EXISTS (
                SELECT FROM contact
                WHERE contact.floor = its.floor AND contact.contact = its.contact
                    AND contact.closed_at < now() - interval '5 minutes'
                    AND NOT EXISTS (
                        SELECT FROM engagement
                        WHERE engagement.floor = its.floor AND engagement.contact = its.contact
                            AND coalesce(engagement.ended_at, now()) > now() - interval '5 minutes'
                    )
            )
    $$
    """,
    "REVOKE ALL ON FUNCTION embed_make(bytea, text, text, text, text, text) FROM PUBLIC",
    "REVOKE ALL ON FUNCTION embed_enter(bytea, text, text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION embed_make(bytea, text, text, text, text, text) TO markaz_web",
    "GRANT EXECUTE ON FUNCTION embed_enter(bytea, text, text) TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
