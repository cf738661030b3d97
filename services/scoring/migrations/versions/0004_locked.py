"""Official values: what stood when a survey was locked."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the tables of locked values, of cities and of villages: one row a revision."""
    op.create_table(
        "locked",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("revision_name", sa.String(120), nullable=True),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("value", sa.String(16), nullable=True),
        sa.Column("exact", sa.String(24), nullable=True),
        sa.Column("band", sa.String(40), nullable=True),
        sa.Column("variables", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "village_locked",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("village", sa.String(13), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("revision_name", sa.String(120), nullable=True),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("value", sa.String(16), nullable=True),
        sa.Column("exact", sa.String(24), nullable=True),
        sa.Column("band", sa.String(40), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
