"""Maintenances, and what was said of each on which way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)
GOING_ON = "stage IN ('under way', 'verifying')"
HAS_DUE = "due_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "maintenance",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("recurring", sa.String, unique=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("maintenance_starts", "maintenance", ["starts_at"])
    op.create_index(
        "maintenance_going_on",
        "maintenance",
        ["number"],
        sqlite_where=sa.text(GOING_ON),
        postgresql_where=sa.text(GOING_ON),
    )
    op.create_index(
        "maintenance_due", "maintenance", ["due_at"], sqlite_where=sa.text(HAS_DUE), postgresql_where=sa.text(HAS_DUE)
    )
    op.create_table(
        "maintenance_notice",
        sa.Column("maintenance", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.Column("reached_at", MOMENT),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("maintenance", "name"),
    )
