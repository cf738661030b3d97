"""The tables of the pattern, and the migration steps that make them in a service's own database."""

from typing import Any

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()

journal = sa.Table(
    "journal",
    metadata,
    # SQLite only counts up by itself in a column of exactly this type.
    sa.Column("ordinal", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("seq", sa.BigInteger, unique=True, nullable=True),
    sa.Column("event_id", sa.String(64), unique=True, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=True),
    sa.Column("hash", sa.String(64), nullable=True),
    sa.Column("subject", sa.String(128), nullable=True),
    sa.Column("actor", sa.String(64), nullable=True),
    sa.Index("journal_subject", "subject", "ordinal"),
    sa.Index(
        "journal_unnumbered", "ordinal", sqlite_where=sa.text("seq IS NULL"), postgresql_where=sa.text("seq IS NULL")
    ),
)
"""``seq``, ``previous_hash`` and ``hash`` are set once, by the publisher; ``ordinal`` is the order of insertion.
``subject`` is the event's own, to find a record's history by; ``actor`` is who wrote it, which no event says."""

identity = sa.Table(
    "journal_identity",
    metadata,
    sa.Column("stream", sa.String(96), primary_key=True),
    sa.Column("epoch", sa.String(64), nullable=False),
)

position = sa.Table(
    "position",
    metadata,
    sa.Column("stream", sa.String(96), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""How far a follower has come, and the hash of the entry there: what the next entry must name."""

parked = sa.Table(
    "parked",
    metadata,
    sa.Column("stream", sa.String(96), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("parked_at", UtcDateTime, nullable=False),
    sa.Column("replayed_at", UtcDateTime, nullable=True),
)


def create_journal_v1(op: Any) -> None:
    """Makes ``journal`` and ``journal_identity``; called by a service's first migration with Alembic's ``op``."""
    for table in (journal, identity):
        table.create(op.get_bind())


def create_follower_v1(op: Any) -> None:
    """Makes ``position`` and ``parked``."""
    for table in (position, parked):
        table.create(op.get_bind())
