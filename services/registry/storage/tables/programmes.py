"""Programmes, sessions and places in them."""

from sqlalchemy import JSON, Column, Date, Index, String, Table, text

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
    *life(),
)

sessions = Table(
    "sessions",
    metadata,
    id_column(),
    reference("programme_id"),
    region("village"),
    count("attended"),
    count("families"),
    day("on"),
    *life(),
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
    Column("reason", String(16)),
    day("on"),
    Column("ended_on", Date),
    *life(),
    # Somebody who dropped out may start again; otherwise one place a person.
    Index(
        "one_place_a_person",
        "participant_id",
        "programme_id",
        unique=True,
        sqlite_where=text("state <> 'dropped'"),
        postgresql_where=text("state <> 'dropped'"),
    ),
)
