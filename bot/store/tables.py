"""The tables of the ground: deliveries seen, effects to carry out, what names are bound to, who leads.

A repository of its own subject brings its tables in its own file, on the same `metadata`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from bot.store.moment import UtcDateTime

metadata = MetaData()

SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives; SQLite counts by itself in INTEGER columns only."""
SORTED = String().with_variant(String(collation="C"), "postgresql")
"""Text that both databases and Python sort alike: rows are locked in the order of such keys."""

inbox = Table(
    "inbox",
    metadata,
    Column("source", String, nullable=False),
    Column("key", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("source", "key"),
    Index("inbox_received", "received_at"),
)
"""Deliveries that were decided on; a second copy of one is only acknowledged."""

lane = Table(
    "lane",
    metadata,
    Column("key", SORTED, primary_key=True),
    Column("next_seq", Integer, nullable=False),
    Column("in_flight", BigInteger),
    Column("next_at", UtcDateTime),
    Column("head_priority", Integer),
    Column("head_method", String),
)
"""The head of each lane, so that looking for work does not depend on how much there is.

Whoever changes an effect's state holds the row of its lane. `in_flight` is the effect being carried out; `next_at`
is when the lane should be looked at next, null while nothing in it can become due by itself.
"""
outbox = Table(
    "outbox",
    metadata,
    Column("serial", SERIAL, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    # Like the lane's own key, or PostgreSQL cannot use an index to find the effects of a lane.
    Column("lane", SORTED, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False),
    Column("method", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("replaces", String),
    Column("awaits", String),
    Column("state", String, nullable=False),
    Column("look", Boolean, nullable=False),
    Column("put_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lifetime", Float),
    Column("deadline", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("first_at", UtcDateTime),
    Column("begun_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("epoch", BigInteger),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Effects. `seq` is their order in the lane.

The state "sending" is the write-ahead intent: it may have happened. `look` says so of an earlier attempt.
"""


def _index(name: str, condition: str, *columns: ColumnElement[object], unique: bool = False) -> None:
    """An index of the few rows that `condition` picks out, however long the history behind them grows.

    A query must spell the condition out (`tables.PENDING`), not bind it, or neither database sees that it fits.
    """
    Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


PENDING: ColumnElement[str] = literal_column("'pending'")
SENDING: ColumnElement[str] = literal_column("'sending'")
BURIED: ColumnElement[str] = literal_column("'buried'")

_index("lane_next", "in_flight IS NULL AND next_at IS NOT NULL", lane.c.next_at)
_index("outbox_one_in_flight", "state = 'sending'", outbox.c.lane, unique=True)
_index("outbox_head", "state = 'pending'", outbox.c.lane, outbox.c.priority.desc(), outbox.c.seq)
_index("outbox_due", "state = 'pending' AND awaits IS NULL", outbox.c.lane, outbox.c.due_at)
_index("outbox_open", "state IN ('pending', 'sending', 'buried')", outbox.c.about, outbox.c.serial)
_index("outbox_replaces", "state = 'pending' AND replaces IS NOT NULL", outbox.c.replaces)
_index("outbox_awaits", "state = 'pending' AND awaits IS NOT NULL", outbox.c.awaits)
_index("outbox_begun", "begun_at IS NOT NULL", outbox.c.begun_at)
_index("outbox_ended", "ended_at IS NOT NULL", outbox.c.ended_at)

bucket = Table(
    "bucket",
    metadata,
    Column("method", String, primary_key=True),
    Column("blocked_until", UtcDateTime, nullable=False),
)
"""Methods that an outside system told to wait; what was sent lately is read from the outbox itself."""

binding = Table(
    "binding",
    metadata,
    Column("name", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("ids", Text, nullable=False),
    Index("binding_ids", "channel", "ts"),
)
"""What places and slots are in Slack; `channel` and `ts` are repeated out of `ids` to be found by."""

mark = Table(
    "mark",
    metadata,
    Column("key", String, primary_key=True),
    Column("marked_at", UtcDateTime, nullable=False),
)
"""Things that are done once, under a name of their own."""

lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
"""Who leads, on PostgreSQL; its times are the database's, never a host's."""
