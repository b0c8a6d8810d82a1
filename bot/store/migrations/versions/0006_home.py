"""Who opened their Home, and who was on call when it was last looked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("user", sa.String, primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_home_opened_at", "home", ["opened_at"])
    op.create_table(
        "look",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("found", sa.Text, nullable=False),
    )
