"""The tables of scoring. What they hold can be made again from the registry's journal."""

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()

ORDINAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")

city_year = sa.Table(
    "city_year",
    metadata,
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("instrument", sa.String(40), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
"""``state`` is the canonical text of :mod:`services.scoring.domain.state`."""

movement = sa.Table(
    "movement",
    metadata,
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
    sa.Index("movement_of_city_year", "region", "year", "ordinal"),
)
"""Shares in units of 1e-9: whole numbers stay exact in every database."""

point = sa.Table(
    "point",
    metadata,
    sa.Column("ordinal", ORDINAL, primary_key=True, autoincrement=True),
    sa.Column("region", sa.String(5), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("instrument", sa.String(40), nullable=False),
    sa.Column("survey_value", sa.String(16), nullable=True),
    sa.Column("survey_band", sa.String(40), nullable=True),
    sa.Column("running_value", sa.String(16), nullable=True),
    sa.Column("running_band", sa.String(40), nullable=True),
    sa.Index("point_of_city_year", "region", "year", "ordinal"),
)
"""The indices after each change, rounded, as they were told."""

published = sa.Table(
    "published",
    metadata,
    sa.Column("published_id", sa.String(64), primary_key=True),
    sa.Column("area", sa.String(5), nullable=False, index=True),
    sa.Column("area_name", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("edition", sa.String(40), nullable=False),
    sa.Column("value", sa.String(24), nullable=True),
    sa.Column("category", sa.Text, nullable=True),
    sa.Column("variables", sa.JSON, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)
"""Numbers as printed, as text: 3.07 stays 3.07."""

reference = sa.Table(
    "reference",
    metadata,
    sa.Column("area", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("edition", sa.String(40), primary_key=True),
    sa.Column("published_id", sa.String(64), nullable=False),
    sa.Column("value", sa.String(24), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
