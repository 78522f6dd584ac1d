"""Tables of who heard which recording and said what of it, and of the samples that clients hear.

They stand with the floor's because the worker commits, seals and draws what the web shows.
"""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from markaz.runtime.entered import metadata

_moment = TIMESTAMP(timezone=True)


def _now(name: str) -> Column[object]:
    return Column(name, _moment, nullable=False, server_default=text("now()"))


recording_play = Table(
    "recording_play",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("recording", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("played_by", Text, nullable=False),
    Column("client", Text),
    _now("began_at"),
    Column("expires_at", _moment, nullable=False),
    Index("recording_play_contact", "floor", "contact"),
)
"""Somebody heard a recording (`purpose` play) or took it away (export): without such a row no byte of it is sent.
`author` is an account or key, by its id; `client` the one that it works for, None for the centre's own people."""

recording_comment = Table(
    "recording_comment",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("recording", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("contact", Text, nullable=False),
    Column("at_seconds", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    _now("written_at"),
    Column("removed_at", _moment),
)
"""What somebody said of a moment, in seconds from the recording's beginning. Its author may hide it again."""

sample_terms = Table(
    "sample_terms",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("from_day", Date, primary_key=True),
    Column("share_basis_points", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("agreed_by", Text, nullable=False),
    _now("agreed_at"),
)
"""How much of a project a client hears, in hundredths of a per cent, from a day on that was not yet committed."""

sample_day = Table(
    "sample_day",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("zone", Text, nullable=False),
    Column("begins_at", _moment, nullable=False),
    Column("ends_at", _moment, nullable=False),
    Column("share_basis_points", Integer, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("centre_half", Text, nullable=False),
    Column("committed_at", _moment, nullable=False),
    Column("sealed_at", _moment),
    Column("contacts", Integer),
    Column("manifest", Text),
    Column("client_half", Text),
    Column("given_by", Text),
    Column("given_at", _moment),
    Column("revealed_half", Text),
    Column("seed", Text),
    Column("drawn_at", _moment),
    Index("sample_day_open", "floor", "ends_at", postgresql_where=text("drawn_at IS NULL")),
)
"""A day's sample: committed before the day, sealed (which contacts can be drawn) after it, then drawn.
`markaz.listening.rule` says what `commitment`, `manifest` and `seed` are. The web cannot read `centre_half`;
`revealed_half` is the same once it may be known."""

sample_contact = Table(
    "sample_contact",
    metadata,
    Column("floor", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("contact", Text, primary_key=True),
    Column("hash", Text),
    Column("is_drawn", Boolean),
    Index("sample_contact_contact", "floor", "contact"),
)
"""Every contact that could be drawn; `hash` and `is_drawn` are known when the day is."""
