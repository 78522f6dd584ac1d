"""Floors of a centre, accounts and their ways to sign in, the audit trail, and row-level security for the web's role.

The statements stand in `migrations/identity`, a file for each part.
"""

import secrets
from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

FOLDER = Path(__file__).parents[1] / "identity"
BLOCK_BYTES = 64
"""Of SHA-256."""

ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'markaz_web') THEN
        CREATE ROLE markaz_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN  -- another database of this server was migrated meanwhile
    NULL;
END
$$
"""


def upgrade():
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(ROLE)
    for part in ("tables", "context", "audit", "sign_in", "policies"):
        connection.execute((FOLDER / f"{part}.sql").read_text())
    key = secrets.token_bytes(BLOCK_BYTES)
    connection.execute(
        "INSERT INTO seal (id, inner_pad, outer_pad, salt_key) VALUES (1, %s, %s, %s)",
        (bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key), secrets.token_bytes(32)),
    )
