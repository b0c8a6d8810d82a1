"""How people belong to the workspace, as Slack said when it was last asked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("user", sa.String, primary_key=True),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
