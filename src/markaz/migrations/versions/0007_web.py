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
    author text NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, contact)
);
CREATE TABLE contact_note (
    floor text NOT NULL,
    contact text NOT NULL,
    id text NOT NULL,
    text text NOT NULL,
    author text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, contact, id)
);
CREATE TABLE kept_answer (
    asker text NOT NULL,
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


POLICIES = """
ALTER TABLE contact_form ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE kept_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempt ENABLE ROW LEVEL SECURITY;

-- What is entered is seen with its contact, and by whoever entered it: a contact's read model is a moment late.
CREATE POLICY seen ON contact_form FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) AND (
    author = (SELECT context_user())
    OR EXISTS (SELECT FROM contact AS its WHERE its.floor = contact_form.floor AND its.contact = contact_form.contact)
));
CREATE POLICY seen ON contact_note FOR SELECT TO markaz_web USING (floor IN (SELECT id FROM floor) AND (
    author = (SELECT context_user())
    OR EXISTS (SELECT FROM contact AS its WHERE its.floor = contact_note.floor AND its.contact = contact_note.contact)
));
CREATE POLICY entered ON contact_form FOR INSERT TO markaz_web WITH CHECK (
    floor IN (SELECT id FROM floor) AND author = (SELECT context_user())
    AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
);
CREATE POLICY entered ON contact_note FOR INSERT TO markaz_web WITH CHECK (
    floor IN (SELECT id FROM floor) AND author = (SELECT context_user())
    AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
);
CREATE POLICY changed ON contact_form FOR UPDATE TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('desk.use'))
) WITH CHECK (author = (SELECT context_user()));
GRANT SELECT, INSERT, UPDATE ON contact_form TO markaz_web;
GRANT SELECT, INSERT ON contact_note TO markaz_web;

CREATE POLICY own ON kept_answer FOR ALL TO markaz_web USING (asker = (SELECT context_user()));
GRANT SELECT, INSERT, UPDATE, DELETE ON kept_answer TO markaz_web;

CREATE POLICY managed ON webhook FOR ALL TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('webhooks.manage'))
);
GRANT SELECT (floor, id, url, kinds, project, number, made_at, removed_at, secret_before_until),
    INSERT (floor, id, url, kinds, project, secret, number) ON webhook TO markaz_web;
GRANT UPDATE (url, kinds, project, secret, secret_before_until, removed_at) ON webhook TO markaz_web;
CREATE POLICY managed ON webhook_delivery FOR ALL TO markaz_web USING (
    floor IN (SELECT id FROM floor) AND (SELECT context_is_staff()) AND (SELECT context_may('webhooks.manage'))
);
GRANT SELECT, UPDATE (state, next_at, ended_at) ON webhook_delivery TO markaz_web;
CREATE POLICY managed ON webhook_attempt FOR SELECT TO markaz_web USING (
    EXISTS (SELECT FROM webhook_delivery AS its WHERE its.id = webhook_attempt.delivery)
);
GRANT SELECT ON webhook_attempt TO markaz_web
"""


KEEP_SECRET = """
CREATE FUNCTION keep_secret_before() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.secret_before := OLD.secret;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION keep_secret_before() FROM PUBLIC;
CREATE TRIGGER secret_changed BEFORE UPDATE OF secret ON webhook
    FOR EACH ROW EXECUTE FUNCTION keep_secret_before()
"""
"""The web writes secrets and cannot read them: the database itself keeps the one before."""


def upgrade() -> None:
    for statement in f"{STATEMENTS};{POLICIES}".split(";"):
        op.execute(statement)
    op.execute(KEEP_SECRET)
