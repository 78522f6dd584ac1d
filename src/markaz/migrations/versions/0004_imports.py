"""Floors imported from an existing centre's queue_log."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
CREATE TABLE imported_floor (
    floor text PRIMARY KEY,
    heard_at timestamptz,
    state bytea
);
CREATE TABLE imported_file (
    floor text NOT NULL,
    n integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    lines bigint NOT NULL,
    account json NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (floor, n)
);
CREATE TABLE imported_contact (
    floor text NOT NULL,
    contact text NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (floor, contact)
);
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
