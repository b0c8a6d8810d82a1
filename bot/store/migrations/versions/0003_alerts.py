"""Suggestions made of alerts, and which alerts belong to which."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
DECLARED = sa.text("incident IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("incident", sa.Integer),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("suggestion_seen", "suggestion", ["seen_at"])
    op.create_index("suggestion_declared", "suggestion", ["incident"], sqlite_where=DECLARED, postgresql_where=DECLARED)
    op.create_table(
        "alert_cause",
        sa.Column("cause", sa.String, primary_key=True),
        sa.Column("suggestion", sa.Integer, nullable=False),
    )
    op.create_index("alert_cause_of", "alert_cause", ["suggestion"])
