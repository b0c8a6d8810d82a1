"""What the timeline takes from messages, and which incidents have tasks left."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("timeline_entry", sa.Column("source", sa.String, nullable=False, server_default=""))
    op.add_column("timeline_entry", sa.Column("detail", sa.Text, nullable=False, server_default=""))
    op.create_index(
        "timeline_source",
        "timeline_entry",
        ["incident", "source"],
        unique=True,
        sqlite_where=sa.text("source <> ''"),
        postgresql_where=sa.text("source <> ''"),
    )
    op.add_column("incident", sa.Column("open_tasks", sa.Integer, nullable=False, server_default="0"))
    op.create_index(
        "incident_tasks",
        "incident",
        ["number"],
        sqlite_where=sa.text("open_tasks > 0"),
        postgresql_where=sa.text("open_tasks > 0"),
    )
