"""Incidents, their runs of playbooks, their timelines, and what troubles them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
DUE = sa.text("due_at IS NOT NULL")
UNCLOSED = sa.text("status <> 'closed'")


def upgrade() -> None:
    _incidents()
    _runs()
    _timeline()


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("incident_due", "incident", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("incident_unclosed", "incident", ["number"], sqlite_where=UNCLOSED, postgresql_where=UNCLOSED)
    op.create_table(
        "sequence",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "trouble",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("incident", sa.Integer, primary_key=True, autoincrement=False),
    )


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("incident", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("playbook", sa.String, nullable=False),
        sa.Column("copy", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )


def _timeline() -> None:
    op.create_table(
        "timeline_entry",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("incident", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("happening", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("timeline_of", "timeline_entry", ["incident", "serial"])
