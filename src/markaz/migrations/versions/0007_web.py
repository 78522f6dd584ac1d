"""What agents enter about contacts, answers kept for repeated requests, webhooks, and calls back at a moment."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
ALTER TABLE contact ADD COLUMN promised_in text;
CREATE TABLE contact_form (
    floor text NOT NULL,
    contact text NOT NULL,
    "values" json NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, contact)
);
CREATE TABLE contact_note (
    floor text NOT NULL,
    contact text NOT NULL,
    id text NOT NULL,
    text text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, contact, id)
);
CREATE TABLE kept_answer (
    asker bytea NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    body bytea NOT NULL,
    media_type text,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (asker, key)
);
CREATE INDEX kept_answer_expires ON kept_answer (expires_at);
CREATE TABLE webhook (
    floor text NOT NULL,
    id text NOT NULL,
    url text NOT NULL,
    kinds text[] NOT NULL,
    project text,
    secret text NOT NULL,
    secret_before text,
    secret_before_until timestamptz,
    number bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    PRIMARY KEY (floor, id)
);
CREATE TABLE webhook_delivery (
    id bigserial PRIMARY KEY,
    floor text NOT NULL,
    webhook text NOT NULL,
    fact text NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT webhook_delivery_webhook FOREIGN KEY (floor, webhook) REFERENCES webhook (floor, id)
);
CREATE UNIQUE INDEX webhook_delivery_fact ON webhook_delivery (floor, webhook, fact);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE state = 'pending';
CREATE TABLE webhook_attempt (
    delivery bigint NOT NULL,
    n integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    status integer,
    problem text,
    milliseconds integer NOT NULL,
    PRIMARY KEY (delivery, n),
    CONSTRAINT webhook_attempt_delivery FOREIGN KEY (delivery) REFERENCES webhook_delivery (id) ON DELETE CASCADE
)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";"):
        op.execute(statement)
