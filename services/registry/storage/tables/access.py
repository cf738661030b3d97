"""The audit log and its head."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text

from services.registry.storage.tables.columns import ID_LENGTH, metadata, word
from shared.runtime.database import UtcDateTime

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    word("actor", ID_LENGTH),
    word("action"),
    word("subject", ID_LENGTH),
    Column("reason", Text),
    Column("facts", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_log_actor", "actor", "seq"),
    Index("audit_log_subject", "subject", "seq"),
    Index("audit_log_action", "action", "seq"),
)
"""Append-only: triggers of the migration refuse every change and deletion."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row: the number and hash of the log's last row."""
