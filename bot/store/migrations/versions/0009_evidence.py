"""What was last seen of each thing that was looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("charts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("incident", "run", "name"),
    )
