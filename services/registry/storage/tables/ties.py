"""Referrals."""

from sqlalchemy import Column, Date, Index, Table

from services.registry.storage.tables.columns import day, id_column, life, metadata, reference, region, word

referrals = Table(
    "referrals",
    metadata,
    id_column(),
    reference("participant_id"),
    region("village"),
    word("to_organisation", 120),
    word("state", 16),
    day("on"),
    day("due_on"),
    Column("answered_on", Date),
    *life(),
    Index("referrals_due", "state", "due_on", "id"),
)
