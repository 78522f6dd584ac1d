"""The organisation: centres and what they are made of."""

from alembic import op

revision = "0001"
down_revision = None

_THING = """
    centre text NOT NULL CONSTRAINT {name}_centre REFERENCES centre (id),
    id text NOT NULL,
    rules json NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (centre, id)
"""


def upgrade() -> None:
    op.execute("CREATE TABLE centre (id text PRIMARY KEY, name text NOT NULL, retired_at timestamptz)")
    _thing("client", "name text NOT NULL")
    _thing("skill", "name text NOT NULL")
    _thing("team", "name text NOT NULL")
    _thing("calendar")
    _thing("prompt")
    _thing("flow")
    _thing("trunk")
    _thing("project", "name text NOT NULL", "client text NOT NULL", client="client")
    _thing("queue", "name text NOT NULL", "project text NOT NULL", project="project")
    _thing("agent", "name text NOT NULL", "team text", team="team")
    _thing("number", "project text NOT NULL", "flow text NOT NULL", project="project", flow="flow")
    op.execute("CREATE UNIQUE INDEX number_live ON number (id) WHERE retired_at IS NULL")


def _thing(name: str, *columns: str, **relations: str) -> None:
    keys = [
        f"CONSTRAINT {name}_{column} FOREIGN KEY (centre, {column}) REFERENCES {table} (centre, id)"
        for column, table in relations.items()
    ]
    body = ", ".join([_THING.format(name=name), *columns, *keys])
    op.execute(f"CREATE TABLE {name} ({body})")
