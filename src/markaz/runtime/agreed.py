"""Tables of reports that a centre and its client agree on: versions of their terms, deliveries, how those were sent."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from markaz.runtime.tables import metadata

_moment = TIMESTAMP(timezone=True)

report_version = Table(
    "report_version",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("report", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("client", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("proposed_at", _moment, nullable=False, server_default=text("now()")),
    Column("decider", Text),
    Column("decided_at", _moment),
    Column("words", Text),
)
"""`terms` is the JSON that `hash` is of; `proposed_by` a side, `proposer` and `decider` are people's names."""

report_delivery = Table(
    "report_delivery",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("report", Text, primary_key=True),
    Column("period_began", _moment, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("client", Text, nullable=False),
    Column("floor", Text, nullable=False),
    Column("period_ended", _moment, nullable=False),
    Column("due_at", _moment, nullable=False),
    Column("made_at", _moment, nullable=False, server_default=text("now()")),
    Column("rows", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("journal_number", BigInteger, nullable=False),
    Column("why", Text),
    Column("file", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["centre", "report", "version"],
        ["report_version.centre", "report_version.report", "report_version.version"],
        name="report_delivery_version",
    ),
)
"""What was delivered for a period, never changed; `n` 0 first, then each correction, and `why`. `rows` is the JSON that
`sha256` is of, `file` what was mailed; computed when the read models stood at
`journal_number` at least."""

report_sending = Table(
    "report_sending",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("report", Text, primary_key=True),
    Column("period_began", _moment, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_at", _moment),
    Column("ended_at", _moment),
    Column("problem", Text),
    ForeignKeyConstraint(
        ["centre", "report", "period_began", "n"],
        ["report_delivery.centre", "report_delivery.report", "report_delivery.period_began", "report_delivery.n"],
        name="report_sending_delivery",
    ),
    Index("report_sending_due", "next_at", postgresql_where=text("state = 'pending'")),
)
"""A mail with a delivery. `state`: pending, delivered or failed; `next_at` is when it is tried next."""

report_wish = Table(
    "report_wish",
    metadata,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("period_began", _moment, nullable=False),
    Column("client", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", _moment, nullable=False, server_default=text("now()")),
    Column("done_at", _moment),
    Column("result", Text),
    Index(
        "report_wish_open",
        "centre",
        "report",
        "period_began",
        "kind",
        unique=True,
        postgresql_where=text("done_at IS NULL"),
    ),
)
"""Somebody wants a delivery recomputed from the journal, or corrected: one of a kind and period at a time. `result` is
JSON: whether it is equal, and what differs."""
