"""Which contact a call back makes good."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE contact ADD COLUMN follows text")
