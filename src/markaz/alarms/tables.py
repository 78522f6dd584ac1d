"""Tables of alarms: the rules that a centre has of its own, and every alarm there was."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP

metadata = MetaData()

alarm_rule = Table(
    "alarm_rule",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("limit", Float),
    Column("offered_min", Integer, nullable=False),
    Column("after_seconds", Integer, nullable=False),
    Column("clear_seconds", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
)
"""A kind without a row has the usual rule (`alarms.DEFAULTS`)."""

alarm = Table(
    "alarm",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("risen_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("taken_by", Text),
    Column("taken_name", Text),
    Column("taken_at", TIMESTAMP(timezone=True)),
    Column("ended_at", TIMESTAMP(timezone=True)),
    Index("alarm_up", "floor", "kind", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("alarm_risen", "floor", "risen_at"),
)
"""One row for each time that a cause held, whichever web processes saw it: `alarm_up` lets one in."""
