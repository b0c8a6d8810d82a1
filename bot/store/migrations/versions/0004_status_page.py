"""What the status page says."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "posting",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("incident", sa.Integer, nullable=False, unique=True),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("posting_posted", "posting", ["posted_at"])
