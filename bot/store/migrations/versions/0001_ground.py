"""The ground: inbox, outbox with its lanes, bindings, marks and the leader's lease."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
IDLE = "in_flight IS NULL AND next_at IS NOT NULL"


def upgrade() -> None:
    _small_tables()
    _lanes()
    _outbox()


def _small_tables() -> None:
    op.create_table(
        "inbox",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    op.create_index("inbox_received", "inbox", ["received_at"])
    op.create_table(
        "binding",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("ts", sa.String, nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
    )
    op.create_index("binding_ids", "binding", ["channel", "ts"])
    op.create_table(
        "bucket",
        sa.Column("method", sa.String, primary_key=True),
        sa.Column("blocked_until", MOMENT, nullable=False),
    )
    op.create_table(
        "mark",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("marked_at", MOMENT, nullable=False),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )


def _lanes() -> None:
    op.create_table(
        "lane",
        sa.Column("key", SORTED, primary_key=True),
        sa.Column("next_seq", sa.Integer, nullable=False),
        sa.Column("in_flight", sa.BigInteger),
        sa.Column("next_at", MOMENT),
        sa.Column("head_priority", sa.Integer),
        sa.Column("head_method", sa.String),
    )
    _index("lane_next", "lane", ["next_at"], IDLE)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("lane", SORTED, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("replaces", sa.String),
        sa.Column("awaits", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("look", sa.Boolean, nullable=False),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lifetime", sa.Float),
        sa.Column("deadline", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("first_at", MOMENT),
        sa.Column("begun_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("epoch", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    _outbox_indexes()


def _outbox_indexes() -> None:
    _index("outbox_one_in_flight", "outbox", ["lane"], "state = 'sending'", unique=True)
    _index("outbox_head", "outbox", ["lane", sa.text("priority DESC"), "seq"], "state = 'pending'")
    _index("outbox_due", "outbox", ["lane", "due_at"], "state = 'pending' AND awaits IS NULL")
    _index("outbox_open", "outbox", ["about", "serial"], "state IN ('pending', 'sending', 'buried')")
    _index("outbox_replaces", "outbox", ["replaces"], "state = 'pending' AND replaces IS NOT NULL")
    _index("outbox_awaits", "outbox", ["awaits"], "state = 'pending' AND awaits IS NOT NULL")
    _index("outbox_begun", "outbox", ["begun_at"], "begun_at IS NOT NULL")
    _index("outbox_ended", "outbox", ["ended_at"], "ended_at IS NOT NULL")


def _index(name: str, table: str, columns: list[str | sa.TextClause], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
