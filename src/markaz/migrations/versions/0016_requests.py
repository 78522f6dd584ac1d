"""Requests between a centre and its clients, their log, and the time agreed for an answer."""

from alembic import op

revision = "0016"
down_revision = "0015"

_OF_ASKER = """
    centre = (SELECT context_centre())
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
"""
STATEMENTS = (
    """
    CREATE TABLE request (
        id text PRIMARY KEY,
        centre text NOT NULL,
        client text NOT NULL,
        project text,
        asked_by text NOT NULL,
        kind text NOT NULL,
        state text NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT now(),
        turn_since timestamptz NOT NULL,
        response_hours integer NOT NULL,
        due_at timestamptz NOT NULL,
        ended_at timestamptz,
        owner text,
        owner_name text,
        version integer NOT NULL DEFAULT 1
    )
    """,
    "CREATE INDEX request_client ON request (centre, client, asked_at)",
    "CREATE INDEX request_due ON request (due_at) WHERE state IN ('asked', 'promised')",
    """
    CREATE TABLE request_entry (
        request text NOT NULL CONSTRAINT request_entry_request REFERENCES request (id),
        n integer NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        side text,
        author text,
        author_name text,
        act text NOT NULL,
        words text,
        until timestamptz,
        internal_to text,
        PRIMARY KEY (request, n)
    )
    """,
    "CREATE INDEX request_entry_at ON request_entry (at)",
    """
    CREATE TABLE response_time (
        centre text NOT NULL,
        project text NOT NULL,
        hours integer NOT NULL,
        PRIMARY KEY (centre, project)
    )
    """,
    *(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY" for table in ("request", "request_entry", "response_time")),
    # The web's copy of the floor counts requests, for whoever may see them.
    f"""
    CREATE POLICY seen ON request FOR SELECT TO markaz_web USING ({_OF_ASKER}
        AND ((SELECT context_may('requests.read'))
            OR (SELECT context_is_staff()) AND (SELECT context_may('floor.replicate')))
    )
    """,
    f"""
    CREATE POLICY made ON request FOR INSERT TO markaz_web WITH CHECK ({_OF_ASKER}
        AND (SELECT context_may('requests.act')) AND client IN (SELECT its.id FROM client AS its)
        AND asked_by = CASE WHEN (SELECT context_is_staff()) THEN 'centre' ELSE 'client' END
        AND (project IS NULL OR project IN (SELECT its.id FROM project AS its WHERE its.client = request.client))
    )
    """,
    f"""
    CREATE POLICY changed ON request FOR UPDATE TO markaz_web
    USING ({_OF_ASKER} AND (SELECT context_may('requests.act')))
    WITH CHECK ({_OF_ASKER} AND (SELECT context_may('requests.act')))
    """,
    # The moment is the database's own, and nothing of the log is ever changed.
    """
    CREATE POLICY seen ON request_entry FOR SELECT TO markaz_web USING (
        (SELECT context_may('requests.read')) AND request IN (SELECT its.id FROM request AS its)
        AND (internal_to IS NULL
            OR internal_to = CASE WHEN (SELECT context_is_staff()) THEN 'centre' ELSE 'client' END)
    )
    """,
    """
    CREATE POLICY written ON request_entry FOR INSERT TO markaz_web WITH CHECK (
        (SELECT context_may('requests.act')) AND request IN (SELECT its.id FROM request AS its)
        AND author = (SELECT context_user())
        AND side = CASE WHEN (SELECT context_is_staff()) THEN 'centre' ELSE 'client' END
        AND (internal_to IS NULL OR internal_to = side)
    )
    """,
    """
    CREATE POLICY seen ON response_time FOR SELECT TO markaz_web USING (
        centre = (SELECT context_centre()) AND (SELECT context_may('requests.read'))
        AND project IN (SELECT its.id FROM project AS its)
    )
    """,
    """
    CREATE POLICY agreed ON response_time FOR INSERT TO markaz_web WITH CHECK (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('requests.agree'))
        AND project IN (SELECT its.id FROM project AS its)
    )
    """,
    """
    CREATE POLICY changed ON response_time FOR UPDATE TO markaz_web USING (
        centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('requests.agree'))
    )
    """,
    "GRANT SELECT ON request, request_entry, response_time TO markaz_web",
    """
    GRANT INSERT (id, centre, client, project, asked_by, kind, state, turn_since, response_hours, due_at, owner,
        owner_name) ON request TO markaz_web
    """,
    """
    GRANT UPDATE (state, turn_since, due_at, ended_at, owner, owner_name, version) ON request TO markaz_web
    """,
    """
    GRANT INSERT (request, n, side, author, author_name, act, words, until, internal_to) ON request_entry TO markaz_web
    """,
    "GRANT INSERT, UPDATE (hours) ON response_time TO markaz_web",
    # A side does not see the other's notes, and still has to number what it writes.
    """
    CREATE FUNCTION request_entries(of_request text) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT coalesce(max(n), 0) FROM request_entry WHERE request = of_request
    $$
    """,
    "REVOKE ALL ON FUNCTION request_entries(text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION request_entries(text) TO markaz_web",
    """
    CREATE FUNCTION request_told() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        PERFORM pg_notify('markaz_requests', NEW.request);
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER told AFTER INSERT ON request_entry FOR EACH ROW EXECUTE FUNCTION request_told()
    """,
    # What both sides may know of the audit trail, which clients' viewers do not read: that a project stood still.
    """
    CREATE FUNCTION project_stops(since timestamptz)
    RETURNS TABLE (at timestamptz, action text, project text, reason text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT its.at, its.action, substr(its.subject, length('project:') + 1), its.details::jsonb ->> 'reason'
        FROM audit_entry AS its
        WHERE its.centre = context_centre() AND (context_is_staff() OR its.client = context_client())
            AND context_may('figures.read') AND its.action IN ('project.paused', 'project.resumed')
            AND its.at >= since
        ORDER BY its.number DESC LIMIT 100
    $$
    """,
    "REVOKE ALL ON FUNCTION project_stops(timestamptz) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION project_stops(timestamptz) TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
