"""Organisations and the people in them, referrals step by step, forums, commitments."""

from sqlalchemy import JSON, Column, Date, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from services.registry.storage.tables.columns import (
    ID_LENGTH,
    day,
    flag,
    id_column,
    life,
    metadata,
    reference,
    region,
    word,
)
from shared.runtime.database import UtcDateTime

organisations = Table(
    "organisations",
    metadata,
    id_column(),
    region("region"),
    word("name", 120),
    word("name_key", 120),
    word("kind"),
    word("language", 2),
    word("time_zone"),
    flag("active"),
    day("on"),
    *life(),
    UniqueConstraint("region", "name_key", name="organisations_name"),
)

contacts = Table(
    "contacts",
    metadata,
    id_column(),
    reference("organisation_id"),
    region("region"),
    word("role", 80),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("phone_sealed", LargeBinary),
    Column("email_sealed", LargeBinary),
    Column("channels", JSON, nullable=False),
    word("language", 2),
    word("time_zone"),
    flag("active"),
    *life(),
)

referrals = Table(
    "referrals",
    metadata,
    id_column(),
    reference("participant_id"),
    region("village"),
    Column("organisation_id", String(ID_LENGTH), index=True),
    word("to_organisation", 120),
    word("state", 16),
    day("on"),
    Column("receive_by", Date),
    day("due_on"),
    Column("next_due_on", Date),
    Column("reason", String(40)),
    Column("received_on", Date),
    Column("answered_on", Date),
    Column("placed_on", Date),
    Column("closed_on", Date),
    Column("sent_by", String(ID_LENGTH)),
    *life(),
    Index("referrals_due", "state", "due_on", "id"),
    Index("referrals_next_due", "next_due_on", "id"),
)

referral_steps = Table(
    "referral_steps",
    metadata,
    Column("referral_id", String(ID_LENGTH), primary_key=True),
    Column("number", Integer, primary_key=True),
    word("state", 16),
    day("on"),
    Column("due_on", Date),
    Column("reason", String(40)),
    flag("undone"),
    Column("created_at", UtcDateTime, nullable=False),
)
"""Every step ever taken, the ones taken back included; number 0 is the sending."""

forums = Table(
    "forums",
    metadata,
    id_column(),
    region("region"),
    word("title", 120),
    day("on"),
    word("state", 16),
    Column("agenda", JSON, nullable=False),
    Column("attendance", JSON, nullable=False),
    Column("notes", Text),
    *life(),
)

commitments = Table(
    "commitments",
    metadata,
    id_column(),
    reference("forum_id"),
    reference("organisation_id"),
    region("region"),
    word("organisation", 120),
    Column("what", Text, nullable=False),
    day("on"),
    day("due_on"),
    word("state", 16),
    Column("settled_on", Date),
    Column("reason", Text),
    *life(),
    Index("commitments_due", "state", "due_on", "id"),
)

carried_commitments = Table(
    "carried_commitments",
    metadata,
    Column("forum_id", String(ID_LENGTH), primary_key=True),
    Column("commitment_id", String(ID_LENGTH), primary_key=True, index=True),
)
"""Which held forum took up which commitment of an earlier one."""
