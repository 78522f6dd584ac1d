"""Recordings that are played, kept and commented; samples of them that neither side can steer."""

from alembic import op

revision = "0013"
down_revision = "0012"

_MAY_SEE = """
    floor IN (SELECT id FROM floor) AND (SELECT context_may('recordings.play')) AND project IN (SELECT id FROM project)
"""
_ITS_RECORDING = """
    EXISTS (SELECT FROM recording AS its
        WHERE its.floor = {0}.floor AND its.recording = {0}.recording AND its.contact = {0}.contact)
"""

STATEMENTS = (
    """
    CREATE TABLE recording_play (
        floor text NOT NULL,
        recording text NOT NULL,
        id text NOT NULL,
        contact text NOT NULL,
        purpose text NOT NULL,
        author text NOT NULL,
        played_by text NOT NULL,
        client text,
        began_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (floor, recording, id)
    )
    """,
    "CREATE INDEX recording_play_contact ON recording_play (floor, contact)",
    """
    CREATE TABLE recording_comment (
        floor text NOT NULL,
        recording text NOT NULL,
        id text NOT NULL,
        contact text NOT NULL,
        at_seconds double precision NOT NULL,
        text text NOT NULL,
        author text NOT NULL,
        written_by text NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now(),
        removed_at timestamptz,
        PRIMARY KEY (floor, recording, id)
    )
    """,
    """
    CREATE TABLE sample_terms (
        floor text NOT NULL,
        project text NOT NULL,
        from_day date NOT NULL,
        share_basis_points integer NOT NULL,
        zone text NOT NULL,
        author text NOT NULL,
        agreed_by text NOT NULL,
        agreed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (floor, project, from_day)
    )
    """,
    """
    CREATE TABLE sample_day (
        floor text NOT NULL,
        project text NOT NULL,
        day date NOT NULL,
        zone text NOT NULL,
        begins_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        share_basis_points integer NOT NULL,
        commitment text NOT NULL,
        centre_half text NOT NULL,
        committed_at timestamptz NOT NULL,
        sealed_at timestamptz,
        contacts integer,
        manifest text,
        client_half text,
        given_by text,
        given_at timestamptz,
        revealed_half text,
        seed text,
        drawn_at timestamptz,
        PRIMARY KEY (floor, project, day)
    )
    """,
    "CREATE INDEX sample_day_open ON sample_day (floor, ends_at) WHERE drawn_at IS NULL",
    """
    CREATE TABLE sample_contact (
        floor text NOT NULL,
        project text NOT NULL,
        day date NOT NULL,
        contact text NOT NULL,
        hash text,
        is_drawn boolean,
        PRIMARY KEY (floor, project, day, contact)
    )
    """,
    "CREATE INDEX sample_contact_contact ON sample_contact (floor, contact)",
    *(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for table in ("recording_play", "recording_comment", "sample_terms", "sample_day", "sample_contact")
    ),
    # A client hears what was drawn; beside this its recordings must be the asker's to see.
    """
    CREATE FUNCTION context_hears(of_floor text, of_contact text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT context_is_staff() OR EXISTS (
            SELECT FROM sample_contact AS its
            WHERE its.floor = of_floor AND its.contact = of_contact AND its.is_drawn
        )
    $$
    """,
    "REVOKE ALL ON FUNCTION context_hears(text, text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION context_hears(text, text) TO markaz_web",
    f"CREATE POLICY seen ON recording_play FOR SELECT TO markaz_web USING ({_ITS_RECORDING.format('recording_play')})",
    f"""
    CREATE POLICY begun ON recording_play FOR INSERT TO markaz_web WITH CHECK (
        author = (SELECT context_user()) AND client IS NOT DISTINCT FROM (SELECT context_client())
        AND (SELECT context_may('recordings.play')) AND context_hears(floor, contact)
        AND {_ITS_RECORDING.format("recording_play")}
    )
    """,
    f"""
    CREATE POLICY seen ON recording_comment FOR SELECT TO markaz_web USING (
        context_hears(floor, contact) AND {_ITS_RECORDING.format("recording_comment")}
    )
    """,
    f"""
    CREATE POLICY written ON recording_comment FOR INSERT TO markaz_web WITH CHECK (
        author = (SELECT context_user()) AND (SELECT context_may('recordings.play'))
        AND context_hears(floor, contact) AND {_ITS_RECORDING.format("recording_comment")}
    )
    """,
    """
    CREATE POLICY removed ON recording_comment FOR UPDATE TO markaz_web USING (author = (SELECT context_user()))
    """,
    "GRANT SELECT, INSERT ON recording_play, recording_comment TO markaz_web",
    "GRANT UPDATE (removed_at) ON recording_comment TO markaz_web",
    *(
        f"CREATE POLICY seen ON {table} FOR SELECT TO markaz_web USING ({_MAY_SEE})"
        for table in ("sample_terms", "sample_day", "sample_contact")
    ),
    f"""
    CREATE POLICY agreed ON sample_terms FOR INSERT TO markaz_web WITH CHECK (
        {_MAY_SEE} AND author = (SELECT context_user()) AND (SELECT context_is_staff())
        AND (SELECT context_may('sample.agree'))
    )
    """,
    # The client's half counts once, after the list of contacts is sealed and before anything is drawn.
    f"""
    CREATE POLICY given ON sample_day FOR UPDATE TO markaz_web USING (
        {_MAY_SEE} AND NOT (SELECT context_is_staff()) AND (SELECT context_may('sample.draw'))
        AND sealed_at IS NOT NULL AND client_half IS NULL AND drawn_at IS NULL
    ) WITH CHECK ({_MAY_SEE} AND NOT (SELECT context_is_staff()))
    """,
    "GRANT SELECT, INSERT ON sample_terms TO markaz_web",
    "GRANT SELECT ON sample_contact TO markaz_web",
    # Not the centre's half: the web itself does not know it before the sample is drawn.
    """
    GRANT SELECT (floor, project, day, zone, begins_at, ends_at, share_basis_points, commitment, committed_at,
        sealed_at, contacts, manifest, client_half, given_by, given_at, revealed_half, seed, drawn_at)
        ON sample_day TO markaz_web
    """,
    "GRANT UPDATE (client_half, given_by, given_at) ON sample_day TO markaz_web",
    # What was said before the day, sealed after it, given and drawn, stays as it is, for the centre's own parts, too.
    """
    CREATE FUNCTION keep_sample_day() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR (OLD.floor, OLD.project, OLD.day, OLD.zone, OLD.begins_at, OLD.ends_at,
                OLD.share_basis_points, OLD.commitment, OLD.centre_half, OLD.committed_at)
            IS DISTINCT FROM (NEW.floor, NEW.project, NEW.day, NEW.zone, NEW.begins_at, NEW.ends_at,
                NEW.share_basis_points, NEW.commitment, NEW.centre_half, NEW.committed_at)
            OR (OLD.sealed_at IS NOT NULL AND (OLD.sealed_at, OLD.contacts, OLD.manifest)
                IS DISTINCT FROM (NEW.sealed_at, NEW.contacts, NEW.manifest))
            OR (OLD.client_half IS NOT NULL AND (OLD.client_half, OLD.given_by, OLD.given_at)
                IS DISTINCT FROM (NEW.client_half, NEW.given_by, NEW.given_at))
            OR (NEW.client_half IS NOT NULL AND NEW.sealed_at IS NULL)
            OR OLD.drawn_at IS NOT NULL
        THEN
            RAISE EXCEPTION 'a day of a sample stays as it was committed, sealed and drawn';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER sample_day_stays BEFORE UPDATE OR DELETE ON sample_day
    FOR EACH ROW EXECUTE FUNCTION keep_sample_day()
    """,
    """
    CREATE FUNCTION keep_sample_contact() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.is_drawn IS NOT NULL THEN
            RAISE EXCEPTION 'what was sealed and drawn stays in its sample';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER sample_contact_stays BEFORE UPDATE OR DELETE ON sample_contact
    FOR EACH ROW EXECUTE FUNCTION keep_sample_contact()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
