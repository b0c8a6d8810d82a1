"""When playbooks start next, and the starts that were made or missed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "timetable",
        sa.Column("playbook", sa.String, primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
    )
    op.create_index("timetable_next", "timetable", ["next_at"])
    op.create_table(
        "slot",
        sa.Column("playbook", sa.String, nullable=False),
        sa.Column("local", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("run", sa.Integer),
        sa.PrimaryKeyConstraint("playbook", "local"),
    )
    op.create_index("slot_at", "slot", ["at"])
