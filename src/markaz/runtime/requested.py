"""Tables of requests: each as it stands, its log, and what was agreed about the time to answer.

They belong to a centre and one of its clients, not to a floor; `markaz.requests` writes them.
"""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from markaz.runtime.entered import metadata

_moment = TIMESTAMP(timezone=True)

request = Table(
    "request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("project", Text),
    Column("asked_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", _moment, nullable=False, server_default=text("now()")),
    Column("turn_since", _moment, nullable=False),
    Column("response_hours", Integer, nullable=False),
    Column("due_at", _moment, nullable=False),
    Column("ended_at", _moment),
    Column("owner", Text),
    Column("owner_name", Text),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("request_client", "centre", "client", "asked_at"),
    Index("request_due", "due_at", postgresql_where=text("state IN ('asked', 'promised')")),
)

request_entry = Table(
    "request_entry",
    metadata,
    Column("request", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", _moment, nullable=False, server_default=text("now()")),
    Column("side", Text),
    Column("author", Text),
    Column("author_name", Text),
    Column("act", Text, nullable=False),
    Column("words", Text),
    Column("until", _moment),
    Column("internal_to", Text),
    ForeignKeyConstraint(["request"], ["request.id"], name="request_entry_request"),
    Index("request_entry_at", "at"),
)
"""What was done, in order, never changed. `side` None: time itself did it. `internal_to`: the one side that sees it."""

response_time = Table(
    "response_time",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("hours", Integer, nullable=False),
)
"""Elapsed hours within which requests about a project are answered."""
