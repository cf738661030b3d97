"""The tables of scoring. What they hold can be made again from the registry's journal."""

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()

projection = sa.Table(
    "projection",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("token", sa.String(64), nullable=False),
)
"""One row. Rows of ``generation`` are what is read; a replay makes the next one beside it and then changes this
number. Whoever folds leaves a ``token``: as long as it finds its own again, what it remembers is what is stored.
"""


def of_now(table: sa.Table) -> sa.ColumnElement[bool]:
    """The rows of a table that are read: those of the present generation."""
    generation: sa.ColumnElement[bool] = table.c.generation == sa.select(projection.c.generation).scalar_subquery()
    return generation


city_year = sa.Table(
    "city_year",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("instrument", sa.String(40), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("latest_at", UtcDateTime, nullable=False),
    sa.Index("city_year_of_year", "generation", "year"),
)
"""``state`` is the canonical text of :mod:`services.scoring.domain.state`, ``entries`` how many events are in it."""

entry_page = sa.Table(
    "entry_page",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("first", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""Every event that reached a city and year, many to a row: :mod:`services.scoring.domain.ledger`."""

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("entries", sa.Integer, primary_key=True),
    sa.Column("latest_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
"""A state as it was after so many entries, all of them of ``latest_at`` or earlier. The first has none."""

replay = sa.Table(
    "replay",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("stream", sa.String(96), nullable=False),
    sa.Column("workers", sa.Integer, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    sa.Column("outcome", sa.String(300), nullable=True),
)
"""Replays, and how far they are."""

target = sa.Table(
    "target",
    metadata,
    sa.Column("region", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("value", sa.String(24), nullable=True),
    sa.Column("edition", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""Targets set by hand; without a value, one taken back: the reference counts again."""

action_cost = sa.Table(
    "action_cost",
    metadata,
    sa.Column("action", sa.String(40), primary_key=True),
    sa.Column("cost", sa.String(24), nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
)
"""What an office says an action costs it, in place of the placeholder."""

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("stream", sa.String(96), primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
)
"""Which replica follows a stream until when (seconds of the database's clock), and the number of its turn."""

published = sa.Table(
    "published",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
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

locked = sa.Table(
    "locked",
    metadata,
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
"""The survey's result as it stood when its period was locked; a correction is a new revision. ``digest`` is that of
the counts behind it."""

village_locked = sa.Table(
    "village_locked",
    metadata,
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
"""The same of each village that was asked, when its kab/kota's survey of villages was locked; ``band`` is the status
its answers gave, and without one there weren't enough of them."""

reference = sa.Table(
    "reference",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("area", sa.String(5), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("edition", sa.String(40), primary_key=True),
    sa.Column("published_id", sa.String(64), nullable=False),
    sa.Column("value", sa.String(24), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

instrument = sa.Table(
    "instrument",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""Editions as published. Kept when everything else is made again: they come from this service's own journal."""

village_year = sa.Table(
    "village_year",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("village", sa.String(13), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("recorded", sa.String(8), nullable=True),
    sa.Column("method", sa.String(8), nullable=True),
    sa.Column("recorded_synthetic", sa.Boolean, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
)
"""Answers about a village, as ``city_year`` has those of a city, and the status recorded of it, with its method."""

village_entry = sa.Table(
    "village_entry",
    metadata,
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("village", sa.String(13), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""Every event that reached a village and year, by number from 1: few, so that what was known of it at any moment is
folded again from the first."""
