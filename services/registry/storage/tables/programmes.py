"""Programmes, sessions and who came to them, and places in programmes."""

from sqlalchemy import JSON, BigInteger, Column, Date, Index, Integer, String, Table, text

from services.registry.storage.tables.columns import (
    ID_LENGTH,
    count,
    day,
    flag,
    id_column,
    life,
    metadata,
    reference,
    region,
    word,
)

programmes = Table(
    "programmes",
    metadata,
    id_column(),
    region("region"),
    word("kind"),
    word("sector"),
    Column("villages", JSON, nullable=False),
    word("provider", 120),
    count("quota"),
    count("places_taken"),
    day("on"),
    word("state", 16),
    Column("reason", String(24)),
    Column("budget_rupiah", BigInteger),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("ended_on", Date),
    count("waiting"),
    count("last_number"),
    *life(),
)
"""``waiting`` counts the people in line; ``last_number`` is the last number of the line that was given out."""

sessions = Table(
    "sessions",
    metadata,
    id_column(),
    reference("programme_id"),
    region("village"),
    count("attended"),
    count("families"),
    day("on"),
    word("state", 16),
    Column("reason", String(16)),
    *life(),
)

attendances = Table(
    "attendances",
    metadata,
    Column("session_id", String(ID_LENGTH), primary_key=True),
    Column("participant_id", String(ID_LENGTH), primary_key=True, index=True),
    region("village"),
    flag("present"),
)

enrolments = Table(
    "enrolments",
    metadata,
    id_column(),
    Column("participant_id", String(ID_LENGTH), nullable=False),
    reference("programme_id"),
    word("kind"),
    region("village"),
    word("state", 16),
    Column("reason", String(24)),
    day("on"),
    Column("accepted_on", Date),
    Column("ended_on", Date),
    Column("number", Integer),
    *life(),
    Index("enrolments_in_line", "programme_id", "state", "number"),
    # Somebody who dropped out or was refused may try again; otherwise one place a person.
    Index(
        "one_place_a_person",
        "participant_id",
        "programme_id",
        unique=True,
        sqlite_where=text("state NOT IN ('dropped', 'refused')"),
        postgresql_where=text("state NOT IN ('dropped', 'refused')"),
    ),
)
"""``number`` is the place in the line of those who wait; the smallest is the next."""
