"""The key store's own tables. They lie in a database of their own, never beside what the keys open."""

import sqlalchemy as sa

from shared.runtime.database import UtcDateTime

metadata = sa.MetaData()

wrapping_keys = sa.Table(
    "wrapping_keys",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
"""Names of the keys that wrap people's keys, never the keys themselves. One is ``current``; while a rotation runs, the
one before is ``retiring``; after it, ``retired``."""

person_keys = sa.Table(
    "person_keys",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("wrapped_by", sa.String(64), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("destroyed_at", UtcDateTime, nullable=False),
)
"""Whose key was destroyed: no backup brings it back."""
