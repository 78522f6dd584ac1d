-- Who may sign in, what with, and what was done. `docs/decisions/0018` and `0019` say why it looks like this.

CREATE TABLE floor (
    id text PRIMARY KEY,
    centre text NOT NULL CONSTRAINT floor_centre REFERENCES centre (id) ON UPDATE CASCADE,
    provisional boolean NOT NULL DEFAULT false
);
CREATE INDEX floor_of_centre ON floor (centre);

CREATE TABLE account (
    id text PRIMARY KEY,
    centre text NOT NULL CONSTRAINT account_centre REFERENCES centre (id) ON UPDATE CASCADE,
    client text,
    agent text,
    name text NOT NULL,
    email text CHECK (email = lower(email)),
    roles text[] NOT NULL CHECK (cardinality(roles) > 0),
    locale text NOT NULL DEFAULT 'en',
    calendar text NOT NULL DEFAULT 'gregory',
    digits text NOT NULL DEFAULT 'latn',
    theme text NOT NULL DEFAULT 'auto',
    made_at timestamptz NOT NULL DEFAULT now(),
    password_set_at timestamptz,
    second_factor_at timestamptz,
    signed_in_at timestamptz,
    disabled_at timestamptz,
    removed_at timestamptz,
    CONSTRAINT account_client FOREIGN KEY (centre, client) REFERENCES client (centre, id),
    CONSTRAINT account_agent FOREIGN KEY (centre, agent) REFERENCES agent (centre, id),
    CONSTRAINT account_roles CHECK (
        CASE WHEN client IS NULL
        THEN roles <@ '{administrator,manager,supervisor,planner,quality_analyst,agent}'::text[]
        ELSE roles <@ '{client_owner,client_viewer}'::text[] AND agent IS NULL END
    )
);
CREATE UNIQUE INDEX account_email ON account (centre, email) WHERE removed_at IS NULL;
CREATE INDEX account_of_agent ON account (centre, agent);

CREATE TABLE credential (
    account text PRIMARY KEY CONSTRAINT credential_account REFERENCES account (id),
    salt bytea,
    passes integer,
    memory_kib integer,
    lanes integer,
    verifier bytea,
    totp_secret bytea,
    totp_step bigint
);

CREATE TABLE recovery_code (
    account text NOT NULL CONSTRAINT recovery_code_account REFERENCES account (id),
    code bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account, code)
);

CREATE TABLE account_identity (
    centre text NOT NULL CONSTRAINT account_identity_centre REFERENCES centre (id) ON UPDATE CASCADE,
    issuer text NOT NULL,
    subject text NOT NULL,
    account text NOT NULL CONSTRAINT account_identity_account REFERENCES account (id),
    PRIMARY KEY (centre, issuer, subject)
);

CREATE TABLE session (
    token bytea PRIMARY KEY,
    id text NOT NULL CONSTRAINT session_id UNIQUE,
    account text NOT NULL CONSTRAINT session_account REFERENCES account (id),
    how text NOT NULL,
    address text NOT NULL,
    browser text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL
);
CREATE INDEX session_of_account ON session (account);

CREATE TABLE api_key (
    id text PRIMARY KEY,
    token bytea NOT NULL CONSTRAINT api_key_token UNIQUE,
    centre text NOT NULL CONSTRAINT api_key_centre REFERENCES centre (id) ON UPDATE CASCADE,
    client text,
    name text NOT NULL,
    scopes text[] NOT NULL,
    installation boolean NOT NULL DEFAULT false,
    made_by text,
    made_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_key_client FOREIGN KEY (centre, client) REFERENCES client (centre, id)
);
CREATE INDEX api_key_of_centre ON api_key (centre);

CREATE TABLE invitation (
    id text PRIMARY KEY,
    token bytea NOT NULL CONSTRAINT invitation_token UNIQUE,
    centre text NOT NULL CONSTRAINT invitation_centre REFERENCES centre (id) ON UPDATE CASCADE,
    client text,
    agent text,
    email text NOT NULL CHECK (email = lower(email)),
    name text NOT NULL,
    roles text[] NOT NULL CHECK (cardinality(roles) > 0),
    invited_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT invitation_client FOREIGN KEY (centre, client) REFERENCES client (centre, id),
    CONSTRAINT invitation_agent FOREIGN KEY (centre, agent) REFERENCES agent (centre, id),
    CONSTRAINT invitation_roles CHECK (
        CASE WHEN client IS NULL
        THEN roles <@ '{administrator,manager,supervisor,planner,quality_analyst,agent}'::text[]
        ELSE roles <@ '{client_owner,client_viewer}'::text[] AND agent IS NULL END
    )
);
CREATE INDEX invitation_of_centre ON invitation (centre);

CREATE TABLE one_time_link (
    token bytea PRIMARY KEY,
    account text NOT NULL CONSTRAINT one_time_link_account REFERENCES account (id),
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE known_device (
    token bytea NOT NULL,
    account text NOT NULL CONSTRAINT known_device_account REFERENCES account (id),
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token, account)
);

CREATE TABLE sign_in_attempt (
    id text PRIMARY KEY,
    account text CONSTRAINT sign_in_attempt_account REFERENCES account (id),
    budgets text[] NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE second_factor_challenge (
    token bytea PRIMARY KEY,
    account text NOT NULL CONSTRAINT second_factor_challenge_account REFERENCES account (id),
    attempts integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);

CREATE TABLE throttle (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX throttle_since ON throttle (since);

CREATE TABLE permission (
    permission text NOT NULL,
    holder text NOT NULL,
    PRIMARY KEY (permission, holder)
);

CREATE TABLE seal (
    id integer PRIMARY KEY CHECK (id = 1),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    salt_key bytea NOT NULL
);

CREATE TABLE audit_head (
    centre text PRIMARY KEY CONSTRAINT audit_head_centre REFERENCES centre (id) ON UPDATE CASCADE,
    number bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE audit_entry (
    centre text NOT NULL CONSTRAINT audit_entry_centre REFERENCES centre (id) ON UPDATE CASCADE,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    address text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    client text,
    details text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (centre, number)
);
CREATE INDEX audit_entry_subject ON audit_entry (centre, subject);

-- What an agent may see of the past is found through the customer.
CREATE INDEX contact_customer ON contact (floor, customer, arrived_at);

-- Floors that ran before belong to the only centre there is; where there are several, `markaz apply` says which.
INSERT INTO floor (id, centre)
SELECT known.floor, centre.id
FROM (SELECT floor FROM floor_live UNION SELECT floor FROM projection UNION SELECT floor FROM imported_floor) AS known
CROSS JOIN centre
WHERE centre.retired_at IS NULL AND (SELECT count(*) FROM centre WHERE retired_at IS NULL) = 1;
