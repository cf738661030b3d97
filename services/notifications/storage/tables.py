"""The tables of notifications. All times are UTC; all ids are UUIDv7, so ordering by id is ordering by time."""

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()

subscription = sa.Table(
    "subscription",
    metadata,
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
    sa.Column("organisation_id", sa.String(64), nullable=True),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.UniqueConstraint("organisation", "region", name="subscription_organisation_region"),
)
"""A recipient. ``email_sealed`` is encrypted under the node's key; ``organisation_id`` is the registry's."""

work = sa.Table(
    "work",
    metadata,
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
    sa.Column("organisation_id", sa.String(64), nullable=True),
    sa.Index("work_open", "done", "due_on"),
)
"""The due list: steps of referrals, visits to businesses, commitments. A row without ``due_on`` was done before its
date became known."""

alert = sa.Table(
    "alert",
    metadata,
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
    sa.Index("alert_inbox", "recipient_id", "id"),
)
"""What somebody was told. ``facts`` is what the texts are made from, one entry a matter."""

alert_cause = sa.Table(
    "alert_cause",
    metadata,
    sa.Column("cause", sa.String(64), primary_key=True),
    sa.Column("rule", sa.String(24), primary_key=True),
    sa.Column("recipient_id", sa.String(64), primary_key=True),
    sa.Column("alert_id", sa.String(64), sa.ForeignKey("alert.id"), nullable=False),
    sa.Index("alert_cause_alert", "alert_id"),
)
"""Once per cause, rule and recipient: the primary key is the promise. A digest has a row for each of its causes."""

delivery = sa.Table(
    "delivery",
    metadata,
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
    sa.Index("delivery_due", "state", "next_attempt_at"),
)
"""An alert on its way through one channel: ``waiting``, ``delivered`` or ``failed``."""

guard = sa.Table(
    "guard",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("turns", sa.BigInteger, nullable=False),
)
"""One row, ``alerts``: whoever records alerts updates it first, so that two replicas take turns."""

GUARD_ALERTS = "alerts"
