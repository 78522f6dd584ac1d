"""Scripts, dispositions, reasons, uploaded sounds, and the history of an organisation's changes."""

from alembic import op

revision = "0008"
down_revision = "0006"

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
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
