"""Subscriptions, the due list, alerts and deliveries; the journal and the followers' positions."""

import sqlalchemy as sa
from alembic import op

from shared.journal.tables import create_follower_v1, create_journal_v1
from shared.runtime.database import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes everything. Written out here, so that a later change of the tables does not change this step."""
    create_journal_v1(op)
    create_follower_v1(op)
    _create_subscription()
    _create_work()
    _create_alert()
    _create_delivery()
    guard = op.create_table(
        "guard", sa.Column("name", sa.String(32), primary_key=True), sa.Column("turns", sa.BigInteger, nullable=False)
    )
    op.bulk_insert(guard, [{"name": "alerts", "turns": 0}])


def _create_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("email_sealed", sa.LargeBinary, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("organisation", "region", name="subscription_organisation_region"),
    )


def _create_work() -> None:
    op.create_table(
        "work",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("event_id", sa.String(64), nullable=True),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("village", sa.String(13), nullable=False),
        sa.Column("due_on", sa.Date, nullable=True),
        sa.Column("organisation", sa.Text, nullable=True),
        sa.Column("months", sa.Integer, nullable=True),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )
    op.create_index("work_open", "work", ["done", "due_on"])


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("cause", sa.String(64), nullable=False),
        sa.Column("recipient_id", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(120), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subscribed_region", sa.String(5), nullable=False),
        sa.Column("in_inbox", sa.Boolean, nullable=False),
        sa.Column("region", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=True),
        sa.Column("matter_count", sa.Integer, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("summary_id", sa.Text, nullable=False),
        sa.Column("summary_en", sa.Text, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=True),
    )
    op.create_index("alert_inbox", "alert", ["recipient_id", "id"])
    op.create_table(
        "alert_cause",
        sa.Column("cause", sa.String(64), primary_key=True),
        sa.Column("rule", sa.String(24), primary_key=True),
        sa.Column("recipient_id", sa.String(64), primary_key=True),
        sa.Column("alert_id", sa.String(64), sa.ForeignKey("alert.id"), nullable=False),
    )
    op.create_index("alert_cause_alert", "alert_cause", ["alert_id"])


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("alert_id", sa.String(64), sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=True),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("claimed_until", UtcDateTime, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.UniqueConstraint("alert_id", "channel", name="delivery_alert_channel"),
    )
    op.create_index("delivery_due", "delivery", ["state", "next_attempt_at"])
