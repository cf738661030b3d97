"""What the service needs for itself."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from services.registry.storage.tables.columns import count, metadata
from shared.runtime.database import UtcDateTime

answers = Table(
    "answers",
    metadata,
    Column("key_index", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Column("headers", JSON),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

seeds = Table(
    "seeds",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("version", String(80), nullable=False),
    count("rows"),
    Column("created_at", UtcDateTime, nullable=False),
)
