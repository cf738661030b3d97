"""Instruments as published; villages, their answers and statuses."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "instrument",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "village_year",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("village", sa.String(13), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("recorded", sa.String(8), nullable=True),
        sa.Column("method", sa.String(8), nullable=True),
        sa.Column("recorded_synthetic", sa.Boolean, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
    )
    op.create_table(
        "village_entry",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("village", sa.String(13), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
