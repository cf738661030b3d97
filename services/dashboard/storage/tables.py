"""The read model's tables."""

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()
ORDINAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")

city_score = sa.Table(
    "city_score",
    metadata,
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("survey_change", sa.String(16), nullable=True),
    sa.Column("survey_changed_at", UtcDateTime, nullable=True),
    sa.Column("running_change", sa.String(16), nullable=True),
    sa.Column("running_changed_at", UtcDateTime, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""The last score.changed of a city and year without its movements (``body``), and each reading's last change."""

feed = sa.Table(
    "feed",
    metadata,
    sa.Column("ordinal", ORDINAL, primary_key=True, autoincrement=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("movements", sa.Text, nullable=False),
)
"""One row for one event and reading; ``movements`` is a JSON list of the contract's movements."""

published = sa.Table(
    "published",
    metadata,
    sa.Column("published_id", sa.String(64), primary_key=True),
    sa.Column("area", sa.String(5), nullable=False, index=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

reference = sa.Table(
    "reference",
    metadata,
    sa.Column("area", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("published_id", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

alert = sa.Table(
    "alert",
    metadata,
    sa.Column("alert_id", sa.String(64), primary_key=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("year", sa.Integer, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("alert_of_region", "region", "at"),
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("alert_id", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
)

referral = sa.Table(
    "referral",
    metadata,
    sa.Column("referral_id", sa.String(64), primary_key=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("organisation", sa.String(200), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Index("referral_open", "region", "answered", "due_on"),
)

follow_up = sa.Table(
    "follow_up",
    metadata,
    sa.Column("follow_up_id", sa.String(64), primary_key=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Index("follow_up_open", "region", "done", "due_on"),
)

area_status = sa.Table(
    "area_status",
    metadata,
    sa.Column("village", sa.String(13), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
)

push_counter = sa.Table(
    "push_counter",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)
"""One row. Taking numbers locks it until the commit, so a number is visible only after all smaller ones."""

push = sa.Table(
    "push",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("push_of_region", "region", "id"),
)
"""What was pushed, for browsers that come back; the oldest are dropped."""

instrument = sa.Table(
    "instrument",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
"""Scoring's instruments as last read, so that pages have names and bands while scoring is away."""
