"""Scripts, dispositions, reasons, uploaded sounds, and the history of an organisation's changes."""

from alembic import op

revision = "0008"
down_revision = "0007"

_THING = """
    centre text NOT NULL CONSTRAINT {name}_centre REFERENCES centre (id),
    id text NOT NULL,
    rules json NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (centre, id)
"""

STATEMENTS = (
    f"CREATE TABLE script (name text NOT NULL, {_THING.format(name='script')})",
    """
    CREATE TABLE script_version (
        centre text NOT NULL,
        script text NOT NULL,
        version integer NOT NULL,
        rules json NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (centre, script, version),
        CONSTRAINT script_version_script FOREIGN KEY (centre, script) REFERENCES script (centre, id)
    )
    """,
    """
    CREATE FUNCTION refuse_change_of_script_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published version of a script never changes';
    END
    $$
    """,
    """
    CREATE TRIGGER script_version_stays BEFORE UPDATE OR DELETE ON script_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_script_version()
    """,
    "ALTER TABLE project ADD COLUMN script text",
    "ALTER TABLE project ADD CONSTRAINT project_script FOREIGN KEY (centre, script) REFERENCES script (centre, id)",
    """
    CREATE TABLE sound (
        centre text NOT NULL CONSTRAINT sound_centre REFERENCES centre (id),
        id text NOT NULL,
        wav bytea NOT NULL,
        kept_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (centre, id)
    )
    """,
    "ALTER TABLE prompt ADD COLUMN sound text",
    "ALTER TABLE prompt ADD CONSTRAINT prompt_sound FOREIGN KEY (centre, sound) REFERENCES sound (centre, id)",
    f"""
    CREATE TABLE disposition (
        project text NOT NULL,
        {_THING.format(name="disposition")},
        CONSTRAINT disposition_project FOREIGN KEY (centre, project) REFERENCES project (centre, id)
    )
    """,
    f"CREATE TABLE not_ready_reason ({_THING.format(name='not_ready_reason')})",
    """
    CREATE TABLE organisation_change (
        centre text NOT NULL CONSTRAINT organisation_change_centre REFERENCES centre (id),
        number bigint NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        made_by text NOT NULL,
        how text NOT NULL,
        undoes bigint,
        edits json NOT NULL,
        PRIMARY KEY (centre, number)
    )
    """,
    # Whoever has changed an organisation means it: `markaz apply` of another centre no longer takes its place.
    """
    CREATE FUNCTION keep_changed_centre() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        UPDATE floor SET provisional = false WHERE centre = NEW.centre AND provisional;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER organisation_change_kept AFTER INSERT ON organisation_change
    FOR EACH ROW EXECUTE FUNCTION keep_changed_centre()
    """,
    # The web may write into the inbox, not read it; a floor that was never told of a queue is told of everything.
    """
    CREATE FUNCTION floor_knows_organisation(asked text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT EXISTS (
            SELECT FROM journal WHERE floor = asked AND stimulus ->> 'type' = 'QueueConfigured'
        ) OR EXISTS (
            SELECT FROM inbox WHERE floor = asked AND message -> 'stimulus' ->> 'type' = 'QueueConfigured'
        )
    $$
    """,
    # Who may read the organisation may know its version, not the changes.
    """
    CREATE FUNCTION organisation_version(asked text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT coalesce(max(number), 0) FROM organisation_change
        WHERE centre = asked AND (session_user <> 'markaz_web' OR asked = context_centre())
    $$
    """,
    """
    REVOKE ALL ON FUNCTION organisation_version(text), floor_knows_organisation(text), keep_changed_centre(),
        refuse_change_of_script_version() FROM PUBLIC
    """,
    "GRANT EXECUTE ON FUNCTION organisation_version(text), floor_knows_organisation(text) TO markaz_web",
)

EDITED = """
    centre = (SELECT context_centre()) AND (SELECT context_is_staff()) AND (SELECT context_may('organisation.edit'))
"""
POLICIES = """
    ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY seen ON {name} FOR SELECT TO markaz_web USING ({seen});
    CREATE POLICY added ON {name} FOR INSERT TO markaz_web WITH CHECK ({edited});
    GRANT SELECT, INSERT ON {name} TO markaz_web
"""
OF_STAFF = "centre = (SELECT context_centre()) AND (SELECT context_is_staff())"
SEEN = {
    "script": OF_STAFF,
    "script_version": OF_STAFF,
    "disposition": f"{OF_STAFF} OR centre = (SELECT context_centre()) AND project IN (SELECT id FROM project)",
    "not_ready_reason": OF_STAFF,
    "sound": OF_STAFF,
    "organisation_change": EDITED,
}
"""A change may hold a trunk's password, so that only who may edit sees it; what is kept once never changes."""
EDITABLE = ("script", "disposition", "not_ready_reason")


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    for name, seen in SEEN.items():
        for statement in POLICIES.format(name=name, seen=seen, edited=EDITED).split(";"):
            op.execute(statement)
    for name in EDITABLE:
        op.execute(f"CREATE POLICY edited ON {name} FOR UPDATE TO markaz_web USING ({EDITED})")
        op.execute(f"GRANT UPDATE ON {name} TO markaz_web")
