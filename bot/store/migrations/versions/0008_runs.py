"""Runs that belong to no incident: when the clock is to look at them, and when they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("run", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.add_column("run", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.create_index(
        "run_unended",
        "run",
        ["id"],
        sqlite_where=sa.text("incident = 0 AND ended_at IS NULL"),
        postgresql_where=sa.text("incident = 0 AND ended_at IS NULL"),
    )
    op.create_index(
        "run_due",
        "run",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
