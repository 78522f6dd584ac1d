"""The floor's journal and the read models folded from it."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
CREATE TABLE journal (
    floor text NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    stimulus json NOT NULL,
    outputs json NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, number)
);
CREATE TABLE checkpoint (
    floor text NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    state bytea NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, number)
);
CREATE TABLE inbox (
    id bigserial PRIMARY KEY,
    floor text NOT NULL,
    message json NOT NULL,
    problem text,
    written_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE floor_live (
    floor text PRIMARY KEY,
    incarnation text NOT NULL,
    body json NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE phone (
    floor text NOT NULL,
    agent text NOT NULL,
    username text NOT NULL,
    secret text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, agent)
);
CREATE TABLE projection (
    name text NOT NULL,
    floor text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (name, floor)
);
CREATE TABLE contact (
    floor text NOT NULL,
    contact text NOT NULL,
    channel text NOT NULL,
    project text NOT NULL,
    number text,
    customer text NOT NULL,
    state text NOT NULL,
    queue text,
    arrived_at timestamptz NOT NULL,
    queued_at timestamptz,
    answered_at timestamptz,
    closed_at timestamptz,
    outcome text,
    reason text,
    callback_promised boolean NOT NULL DEFAULT false,
    agents text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (floor, contact)
);
CREATE INDEX contact_arrived ON contact (floor, arrived_at);
CREATE TABLE contact_segment (
    floor text NOT NULL,
    contact text NOT NULL,
    n integer NOT NULL,
    state text NOT NULL,
    queue text,
    agent text,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    reason text,
    PRIMARY KEY (floor, contact, n)
);
CREATE TABLE queue_visit (
    floor text NOT NULL,
    contact text NOT NULL,
    n integer NOT NULL,
    queue text NOT NULL,
    entered_at timestamptz NOT NULL,
    left_at timestamptz,
    ended text,
    agent text,
    wait_seconds double precision,
    PRIMARY KEY (floor, contact, n)
);
CREATE INDEX queue_visit_entered ON queue_visit (floor, entered_at);
CREATE TABLE engagement (
    floor text NOT NULL,
    offer text NOT NULL,
    contact text NOT NULL,
    agent text NOT NULL,
    queue text NOT NULL,
    offered_at timestamptz NOT NULL,
    placed_at timestamptz,
    accepted_at timestamptz,
    connected_at timestamptz,
    wrap_up_at timestamptz,
    ended_at timestamptz,
    hold_seconds double precision NOT NULL DEFAULT 0,
    hold_began_at timestamptz,
    state text NOT NULL,
    reason text,
    disposition text,
    PRIMARY KEY (floor, offer)
);
CREATE INDEX engagement_offered ON engagement (floor, offered_at);
CREATE INDEX engagement_contact ON engagement (floor, contact);
CREATE TABLE agent_activity (
    floor text NOT NULL,
    agent text NOT NULL,
    n integer NOT NULL,
    presence text NOT NULL,
    reason text,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (floor, agent, n)
);
CREATE TABLE recording (
    floor text NOT NULL,
    recording text NOT NULL,
    contact text NOT NULL,
    agent text,
    queue text,
    path text NOT NULL,
    expected_at timestamptz NOT NULL,
    ended_at timestamptz,
    state text NOT NULL,
    seconds double precision,
    level_dbfs_customer double precision,
    level_dbfs_agent double precision,
    checked_at timestamptz,
    problem text,
    PRIMARY KEY (floor, recording)
);
CREATE INDEX recording_contact ON recording (floor, contact);
CREATE TABLE journal_contact (
    floor text NOT NULL,
    contact text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (floor, contact, number)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
