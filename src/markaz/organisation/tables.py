"""Tables of the organisation: one row per thing, its relations as columns, its rules as a JSON document.

Every table is keyed by `centre` and the centre's own `id`. What leaves the organisation is retired, never deleted,
since contacts, recordings and invoices of the past name it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP

metadata = MetaData()

centre = Table(
    "centre",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("retired_at", TIMESTAMP(timezone=True)),
    Column("zone", Text, nullable=False, server_default=text("'UTC'")),
)

floor = Table(
    "floor",
    metadata,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(["centre"], ["centre.id"], name="floor_centre", onupdate="CASCADE"),
    Index("floor_of_centre", "centre"),
)
"""Whose floor it is. `provisional`: the centre was made at the first start, for its first administrator alone, and
takes the name of the first one that is applied."""


def _of_centre(name: str, *columns: Column[str], **relations: str) -> Table:
    """A table of things of a centre; `relations` are columns that name a row of another such table."""
    keys = [ForeignKeyConstraint(["centre"], ["centre.id"], name=f"{name}_centre")]
    keys += [
        ForeignKeyConstraint(["centre", column], [f"{table}.centre", f"{table}.id"], name=f"{name}_{column}")
        for column, table in relations.items()
    ]
    return Table(
        name,
        metadata,
        Column("centre", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        *columns,
        Column("rules", JSON, nullable=False),
        Column("retired_at", TIMESTAMP(timezone=True)),
        *keys,
    )


client = _of_centre("client", Column("name", Text, nullable=False))
script = _of_centre("script", Column("name", Text, nullable=False))
project = _of_centre(
    "project",
    Column("client", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("script", Text),
    client="client",
    script="script",
)
skill = _of_centre("skill", Column("name", Text, nullable=False))
team = _of_centre("team", Column("name", Text, nullable=False))
queue = _of_centre(
    "queue", Column("project", Text, nullable=False), Column("name", Text, nullable=False), project="project"
)
agent = _of_centre("agent", Column("team", Text), Column("name", Text, nullable=False), team="team")
calendar = _of_centre("calendar")
sound = Table(
    "sound",
    metadata,
    Column("centre", Text, ForeignKey("centre.id", name="sound_centre"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("wav", LargeBinary, nullable=False),
    Column("kept_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
)
"""Uploaded sounds in telephone quality, each under the SHA-256 of its bytes."""

prompt = _of_centre("prompt", Column("sound", Text), sound="sound")
flow = _of_centre("flow")
number = _of_centre(
    "number",
    Column("project", Text, nullable=False),
    Column("flow", Text, nullable=False),
    project="project",
    flow="flow",
)
trunk = _of_centre("trunk")

disposition = _of_centre("disposition", Column("project", Text, nullable=False), project="project")
not_ready_reason = _of_centre("not_ready_reason")

script_version = Table(
    "script_version",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("script", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rules", JSON, nullable=False),
    Column("published_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    ForeignKeyConstraint(["centre", "script"], ["script.centre", "script.id"], name="script_version_script"),
)
"""Every script as it was, for the contacts that began with it; a trigger keeps rows from being changed."""

organisation_change = Table(
    "organisation_change",
    metadata,
    Column("centre", Text, ForeignKey("centre.id", name="organisation_change_centre"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("made_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    Column("made_by", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("undoes", BigInteger),
    Column("edits", JSON, nullable=False),
)
"""What was changed by whom, with each entry before and after; the latest `number` is the organisation's version."""

Index("number_live", number.c.id, unique=True, postgresql_where=text("retired_at IS NULL"))
"""A telephone number rings in one centre only."""
