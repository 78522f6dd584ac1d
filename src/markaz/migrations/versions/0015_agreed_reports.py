"""Reports that a centre and its client agree on, their deliveries, and what was asked about those."""

from alembic import op

revision = "0015"
down_revision = "0014"

_SEEN = """
    centre = (SELECT context_centre()) AND (SELECT context_may('figures.read'))
    AND ((SELECT context_is_staff()) OR client = (SELECT context_client()))
"""
_AGREES = f"{_SEEN} AND (SELECT context_may('reports.agree')) AND client IN (SELECT its.id FROM client AS its)"
STATEMENTS = (
    """
    CREATE TABLE report_version (
        centre text NOT NULL,
        report text NOT NULL,
        version integer NOT NULL,
        client text NOT NULL,
        terms text NOT NULL,
        hash text NOT NULL,
        state text NOT NULL,
        proposed_by text NOT NULL,
        proposer text NOT NULL,
        proposed_at timestamptz NOT NULL DEFAULT now(),
        decider text,
        decided_at timestamptz,
        words text,
        PRIMARY KEY (centre, report, version)
    )
    """,
    """
    CREATE TABLE report_delivery (
        centre text NOT NULL,
        report text NOT NULL,
        period_began timestamptz NOT NULL,
        n integer NOT NULL,
        version integer NOT NULL,
        client text NOT NULL,
        floor text NOT NULL,
        period_ended timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        rows text NOT NULL,
        sha256 text NOT NULL,
        journal_number bigint NOT NULL,
        why text,
        file bytea NOT NULL,
        PRIMARY KEY (centre, report, period_began, n),
        CONSTRAINT report_delivery_version FOREIGN KEY (centre, report, version)
            REFERENCES report_version (centre, report, version)
    )
    """,
    """
    CREATE TABLE report_sending (
        centre text NOT NULL,
        report text NOT NULL,
        period_began timestamptz NOT NULL,
        n integer NOT NULL,
        recipient text NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        attempts integer NOT NULL DEFAULT 0,
        next_at timestamptz,
        ended_at timestamptz,
        problem text,
        PRIMARY KEY (centre, report, period_began, n, recipient),
        CONSTRAINT report_sending_delivery FOREIGN KEY (centre, report, period_began, n)
            REFERENCES report_delivery (centre, report, period_began, n)
    )
    """,
    "CREATE INDEX report_sending_due ON report_sending (next_at) WHERE state = 'pending'",
    """
    CREATE TABLE report_wish (
        id text PRIMARY KEY,
        centre text NOT NULL,
        report text NOT NULL,
        period_began timestamptz NOT NULL,
        client text NOT NULL,
        kind text NOT NULL,
        why text,
        asked_by text NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT now(),
        done_at timestamptz,
        result text
    )
    """,
    "CREATE UNIQUE INDEX report_wish_open ON report_wish (centre, report, period_began, kind) WHERE done_at IS NULL",
    *(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for table in ("report_version", "report_delivery", "report_sending", "report_wish")
    ),
    f"CREATE POLICY seen ON report_version FOR SELECT TO markaz_web USING ({_SEEN})",
    f"""
    CREATE POLICY proposed ON report_version FOR INSERT TO markaz_web WITH CHECK ({_AGREES}
        AND state = 'proposed'
        AND proposed_by = CASE WHEN (SELECT context_is_staff()) THEN 'centre' ELSE 'client' END
    )
    """,
    f"CREATE POLICY decided ON report_version FOR UPDATE TO markaz_web USING ({_AGREES}) WITH CHECK ({_AGREES})",
    f"CREATE POLICY seen ON report_delivery FOR SELECT TO markaz_web USING ({_SEEN})",
    """
    CREATE POLICY seen ON report_sending FOR SELECT TO markaz_web USING (EXISTS (
        SELECT FROM report_delivery AS its
        WHERE (its.centre, its.report, its.period_began, its.n)
            = (report_sending.centre, report_sending.report, report_sending.period_began, report_sending.n)
    ))
    """,
    f"CREATE POLICY seen ON report_wish FOR SELECT TO markaz_web USING ({_SEEN})",
    f"""
    CREATE POLICY wished ON report_wish FOR INSERT TO markaz_web WITH CHECK ({_SEEN}
        AND EXISTS (SELECT FROM report_delivery AS its
            WHERE (its.centre, its.report, its.period_began, its.client)
                = (report_wish.centre, report_wish.report, report_wish.period_began, report_wish.client))
        AND (kind = 'recompute' OR (SELECT context_is_staff()) AND (SELECT context_may('reports.agree')))
    )
    """,
    "GRANT SELECT ON report_version, report_delivery, report_sending, report_wish TO markaz_web",
    """
    GRANT INSERT (centre, report, version, client, terms, hash, state, proposed_by, proposer)
    ON report_version TO markaz_web
    """,
    "GRANT UPDATE (state, decider, decided_at, words) ON report_version TO markaz_web",
    "GRANT INSERT (id, centre, report, period_began, client, kind, why, asked_by) ON report_wish TO markaz_web",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
