"""Which contact a call back makes good."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE contact ADD COLUMN follows text")
