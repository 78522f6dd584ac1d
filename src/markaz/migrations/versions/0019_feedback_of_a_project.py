"""The newest answers of one project are found without reading those of the others."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("CREATE INDEX feedback_project ON feedback (floor, project, at)")
