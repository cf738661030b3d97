"""Mentored groups, businesses, help for them, and visits to them."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, text

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

mentored_groups = Table(
    "mentored_groups",
    metadata,
    id_column(),
    word("name", 80),
    Column("programme_id", String(ID_LENGTH), index=True),
    word("sector"),
    region("village"),
    Column("mentor", String(120)),
    Column("mentor_id", String(ID_LENGTH)),
    word("state", 16),
    Column("reason", String(24)),
    count("members"),
    day("on"),
    Column("ended_on", Date),
    *life(),
)

memberships = Table(
    "memberships",
    metadata,
    id_column(),
    reference("group_id"),
    reference("participant_id"),
    region("village"),
    day("on"),
    Column("ended_on", Date),
    Column("reason", String(24)),
    *life(),
    Index(
        "one_membership_a_person",
        "group_id",
        "participant_id",
        unique=True,
        sqlite_where=text("ended_on IS NULL"),
        postgresql_where=text("ended_on IS NULL"),
    ),
)

businesses = Table(
    "businesses",
    metadata,
    id_column(),
    Column("participant_id", String(ID_LENGTH), index=True),
    Column("group_id", String(ID_LENGTH), index=True),
    Column("enrolment_id", String(ID_LENGTH)),
    word("sector"),
    region("village"),
    Column("mentor", String(120)),
    Column("mentor_id", String(ID_LENGTH)),
    word("status", 16),
    day("on"),
    Column("closed_on", Date),
    Column("reason", String(24)),
    *life(),
)
"""Owned by a participant or by a group. ``closed_on`` is set when it was closed between two visits."""

supports = Table(
    "supports",
    metadata,
    id_column(),
    reference("business_id"),
    region("village"),
    word("giver", 120),
    word("kind", 16),
    Column("value_rupiah", BigInteger, nullable=False),
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
    Column("income_band", String(16)),
    Column("on", Date),
    *life(),
    Index("follow_ups_due", "state", "due_on", "id"),
)
