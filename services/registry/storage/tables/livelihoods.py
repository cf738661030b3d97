"""Businesses and visits to them."""

from sqlalchemy import Column, Date, Index, Integer, String, Table

from services.registry.storage.tables.columns import (
    ID_LENGTH,
    count,
    day,
    id_column,
    life,
    metadata,
    reference,
    region,
    word,
)

businesses = Table(
    "businesses",
    metadata,
    id_column(),
    reference("participant_id"),
    Column("enrolment_id", String(ID_LENGTH)),
    word("sector"),
    region("village"),
    word("status", 16),
    day("on"),
    *life(),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    id_column(),
    reference("business_id"),
    region("village"),
    count("months"),
    day("due_on"),
    word("state", 16),
    Column("status", String(16)),
    Column("workers", Integer),
    Column("on", Date),
    *life(),
    Index("follow_ups_due", "state", "due_on", "id"),
)
