"""Changes to production, the audit that is only added to, freezes, and who belongs to the groups that may agree."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "entries of the audit are only added"


def upgrade() -> None:
    _changes()
    _audit()
    op.create_table(
        "freeze",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("group", sa.String, primary_key=True),
        sa.Column("users", sa.Text, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
    )


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("incident", sa.Integer),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    _index("change_busy", "target", "stage IN ('agreed', 'carrying out')", unique=True)
    _index(
        "change_open", "number", "stage IN ('planning', 'waiting', 'agreed', 'carrying out', 'verifying', 'by hand')"
    )
    _index("change_due", "due_at", "due_at IS NOT NULL")
    _index("change_of", "incident", "incident IS NOT NULL")
    op.create_index("change_requested", "change", ["requested_at"])


def _index(name: str, column: str, condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "change", [column], unique=unique, sqlite_where=where, postgresql_where=where)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.create_index("audit_about", "audit", ["about"])
    op.create_index("audit_at", "audit", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def _guard_postgres() -> None:
    op.execute(
        "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
    )
