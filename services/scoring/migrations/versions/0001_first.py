"""Counts, movements, history and published indices; the journal and the follower's position."""

import sqlalchemy as sa
from alembic import op

from shared.journal.tables import create_follower_v1, create_journal_v1
from shared.runtime.database import UtcDateTime

revision = "0001"
down_revision = None

ORDINAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes everything. Written out here, so that a later change of the tables does not change this step."""
    create_journal_v1(op)
    create_follower_v1(op)
    _create_city_year()
    _create_movement()
    _create_point()
    _create_published()
    _create_reference()


def _create_city_year() -> None:
    op.create_table(
        "city_year",
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )


def _create_movement() -> None:
    op.create_table(
        "movement",
        sa.Column("ordinal", ORDINAL, primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("event_type", sa.String(96), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("village", sa.String(13), nullable=True),
        sa.Column("detail", sa.String(120), nullable=True),
        sa.Column("reading", sa.String(8), nullable=False),
        sa.Column("variable", sa.String(40), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("index_share", sa.BigInteger, nullable=True),
        sa.Column("variable_share", sa.BigInteger, nullable=True),
        sa.Column("synthetic", sa.Boolean, nullable=False),
    )
    op.create_index("movement_of_city_year", "movement", ["region", "year", "ordinal"])


def _create_point() -> None:
    op.create_table(
        "point",
        sa.Column("ordinal", ORDINAL, primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("survey_value", sa.String(16), nullable=True),
        sa.Column("survey_band", sa.String(40), nullable=True),
        sa.Column("running_value", sa.String(16), nullable=True),
        sa.Column("running_band", sa.String(40), nullable=True),
    )
    op.create_index("point_of_city_year", "point", ["region", "year", "ordinal"])


def _create_published() -> None:
    op.create_table(
        "published",
        sa.Column("published_id", sa.String(64), primary_key=True),
        sa.Column("area", sa.String(5), nullable=False),
        sa.Column("area_name", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("edition", sa.String(40), nullable=False),
        sa.Column("value", sa.String(24), nullable=True),
        sa.Column("category", sa.Text, nullable=True),
        sa.Column("variables", sa.JSON, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("ix_published_area", "published", ["area"])


def _create_reference() -> None:
    op.create_table(
        "reference",
        sa.Column("area", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("edition", sa.String(40), primary_key=True),
        sa.Column("published_id", sa.String(64), nullable=False),
        sa.Column("value", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
