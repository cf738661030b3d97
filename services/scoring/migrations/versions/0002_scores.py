"""Entries and snapshots in place of movements and points, generations for replays; targets, costs, leases."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Everything scoring has folded is made again from the registry's journal, so nothing is carried over."""
    for table in ("movement", "point", "city_year", "published", "reference"):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM position"))
    op.execute(sa.text("DELETE FROM parked"))
    _create_projection()
    _create_city_year()
    _create_ledger()
    _create_published()
    _create_reference()
    _create_replay()
    _create_steering()
    _create_lease()


def _create_projection() -> None:
    table = op.create_table(
        "projection",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "generation": 1, "token": ""}])


def _create_city_year() -> None:
    op.create_table(
        "city_year",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("latest_at", UtcDateTime, nullable=False),
    )
    op.create_index("city_year_of_year", "city_year", ["generation", "year"])


def _create_ledger() -> None:
    op.create_table(
        "entry_page",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("first", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("entries", sa.Integer, primary_key=True),
        sa.Column("latest_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )


def _create_published() -> None:
    op.create_table(
        "published",
        sa.Column("generation", sa.Integer, primary_key=True),
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
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("area", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("edition", sa.String(40), primary_key=True),
        sa.Column("published_id", sa.String(64), nullable=False),
        sa.Column("value", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _create_replay() -> None:
    op.create_table(
        "replay",
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("stream", sa.String(96), nullable=False),
        sa.Column("workers", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("outcome", sa.String(300), nullable=True),
    )


def _create_steering() -> None:
    op.create_table(
        "target",
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("value", sa.String(24), nullable=True),
        sa.Column("edition", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "action_cost",
        sa.Column("action", sa.String(40), primary_key=True),
        sa.Column("cost", sa.String(24), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("stream", sa.String(96), primary_key=True),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
