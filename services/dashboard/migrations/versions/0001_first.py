"""The read model, and the followers' positions."""

import time

import sqlalchemy as sa
from alembic import op

from shared.journal.tables import create_follower_v1
from shared.runtime.database import UtcDateTime

revision = "0001"
down_revision = None

ORDINAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes everything. Written out here, so that a later change of the tables does not change this step."""
    create_follower_v1(op)
    _create_city_score()
    _create_feed()
    _create_published()
    _create_reference()
    _create_alert()
    _create_delivery()
    _create_referral()
    _create_follow_up()
    _create_area_status()
    _create_push_counter()
    _create_push()
    _create_instrument()


def _create_city_score() -> None:
    op.create_table(
        "city_score",
        sa.Column("region", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("survey_change", sa.String(16), nullable=True),
        sa.Column("survey_changed_at", UtcDateTime, nullable=True),
        sa.Column("running_change", sa.String(16), nullable=True),
        sa.Column("running_changed_at", UtcDateTime, nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("ordinal", ORDINAL, primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("movements", sa.Text, nullable=False),
    )


def _create_published() -> None:
    op.create_table(
        "published",
        sa.Column("published_id", sa.String(64), primary_key=True),
        sa.Column("area", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_published_area", "published", ["area"])


def _create_reference() -> None:
    op.create_table(
        "reference",
        sa.Column("area", sa.String(5), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("published_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("alert_of_region", "alert", ["region", "at"])


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("alert_id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
    )


def _create_referral() -> None:
    op.create_table(
        "referral",
        sa.Column("referral_id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
    )
    op.create_index("referral_open", "referral", ["region", "answered", "due_on"])


def _create_follow_up() -> None:
    op.create_table(
        "follow_up",
        sa.Column("follow_up_id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )
    op.create_index("follow_up_open", "follow_up", ["region", "done", "due_on"])


def _create_area_status() -> None:
    op.create_table(
        "area_status",
        sa.Column("village", sa.String(13), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
    )


def _create_push_counter() -> None:
    op.create_table(
        "push_counter",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    # The numbers begin at this moment in milliseconds: a read model that was made anew goes on above the old one,
    # and a browser that comes back with an old number is told to load the page again.
    op.bulk_insert(
        sa.table("push_counter", sa.column("one", sa.Integer), sa.column("last", sa.BigInteger)),
        [{"one": 1, "last": time.time_ns() // 1_000_000}],
    )


def _create_push() -> None:
    op.create_table(
        "push",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("push_of_region", "push", ["region", "id"])


def _create_instrument() -> None:
    op.create_table(
        "instrument",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
