"""The registry's own tables, portable between SQLite and PostgreSQL.

Ids are UUIDv7 text made by us, so that rows sort by the time they were made. ``version`` counts the states of a row
and is its ETag. Columns ending in ``_sealed`` hold AES-GCM bytes, ``_index`` a keyed hash.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.runtime.database import UtcDateTime

metadata = MetaData()

CODE_LENGTH = 13
ID_LENGTH = 64


def _id() -> Column[str]:
    return Column("id", String(ID_LENGTH), primary_key=True)


def _reference(name: str) -> Column[str]:
    return Column(name, String(ID_LENGTH), nullable=False, index=True)


def _word(name: str, length: int = 40, **options: Any) -> Column[str]:
    return Column(name, String(length), nullable=False, **options)


def _region(name: str) -> Column[str]:
    return Column(name, String(CODE_LENGTH), nullable=False, index=True)


def _day(name: str) -> Column[Any]:
    return Column(name, Date, nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _printed_counts(*names: str) -> tuple[Column[Any], ...]:
    """Figures as printed; a missing one is never zero. Then how sure they are, notes in both languages, the source."""
    counts = tuple(Column(name, Integer) for name in names)
    notes = Column("note_id", Text), Column("note_en", Text), Column("source", Text, nullable=False)
    return *counts, _word("mark", 1), Column("inferred", JSON, nullable=False), *notes


def _life() -> tuple[Column[Any], ...]:
    """What every record ends with."""
    return _flag("synthetic"), _count("version"), Column("created_at", UtcDateTime, nullable=False)


regions = Table(
    "regions",
    metadata,
    Column("code", String(CODE_LENGTH), primary_key=True),
    Column("name", Text, nullable=False),
    Column("search_name", Text, nullable=False),
    _word("level", 10),
    Column("parent", String(CODE_LENGTH), index=True),
)

participants = Table(
    "participants",
    metadata,
    _id(),
    _region("village"),
    _word("group"),
    _word("sex", 10),
    _word("age_band", 10),
    _day("on"),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("nik_sealed", LargeBinary),
    Column("nik_index", String(64), unique=True),
    Column("birth_date_sealed", LargeBinary),
    *_life(),
)

programmes = Table(
    "programmes",
    metadata,
    _id(),
    _region("region"),
    _word("kind"),
    _word("sector"),
    Column("villages", JSON, nullable=False),
    _word("provider", 120),
    _count("quota"),
    _count("places_taken"),
    _day("on"),
    *_life(),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _reference("programme_id"),
    _region("village"),
    _count("attended"),
    _count("families"),
    _day("on"),
    *_life(),
)

enrolments = Table(
    "enrolments",
    metadata,
    _id(),
    Column("participant_id", String(ID_LENGTH), nullable=False),
    _reference("programme_id"),
    _word("kind"),
    _region("village"),
    _word("state", 16),
    Column("reason", String(16)),
    _day("on"),
    Column("ended_on", Date),
    *_life(),
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

businesses = Table(
    "businesses",
    metadata,
    _id(),
    _reference("participant_id"),
    Column("enrolment_id", String(ID_LENGTH)),
    _word("sector"),
    _region("village"),
    _word("status", 16),
    _day("on"),
    *_life(),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    _id(),
    _reference("business_id"),
    _region("village"),
    _count("months"),
    _day("due_on"),
    _word("state", 16),
    Column("status", String(16)),
    Column("workers", Integer),
    Column("on", Date),
    *_life(),
    Index("follow_ups_due", "state", "due_on", "id"),
)

referrals = Table(
    "referrals",
    metadata,
    _id(),
    _reference("participant_id"),
    _region("village"),
    _word("to_organisation", 120),
    _word("state", 16),
    _day("on"),
    _day("due_on"),
    Column("answered_on", Date),
    *_life(),
    Index("referrals_due", "state", "due_on", "id"),
)

institutions = Table(
    "institutions",
    metadata,
    _id(),
    _region("region"),
    _word("name", 160),
    _word("setting", 16),
    _flag("has_policy"),
    _count("penggiat"),
    _count("urine_tests"),
    _day("on"),
    *_life(),
)

regulations = Table(
    "regulations",
    metadata,
    _id(),
    _region("region"),
    _word("kind", 16),
    _word("number", 80),
    _flag("in_force"),
    _day("on"),
    *_life(),
    UniqueConstraint("region", "kind", "number"),
)

agents = Table(
    "agents",
    metadata,
    _id(),
    _word("kind", 20),
    _region("village"),
    _flag("active"),
    _day("on"),
    *_life(),
)

area_statuses = Table(
    "area_statuses",
    metadata,
    Column("village", String(CODE_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    _word("status", 10),
    _word("method", 10),
    _day("on"),
    *_life(),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    _id(),
    _region("region"),
    _word("instrument"),
    _count("year"),
    _word("group", 20),
    Column("answers", JSON, nullable=False),
    _day("on"),
    *_life(),
    Index("survey_answers_of", "region", "year", "instrument", "id"),
)

published_indices = Table(
    "published_indices",
    metadata,
    _id(),
    _region("area"),
    _word("area_name", 120),
    _count("year"),
    _word("edition", 20),
    Column("index", String(20)),
    Column("category", String(40)),
    Column("variables", JSON, nullable=False),
    Column("source", Text, nullable=False),
    *_life(),
)

national_counts = Table(
    "national_counts",
    metadata,
    _id(),
    _region("region"),
    _word("region_name", 120),
    _count("year"),
    _word("edition", 20),
    _word("edition_mark", 1),
    *_printed_counts("measured", "sangat_tanggap", "tanggap", "cukup_tanggap", "below_cukup_tanggap"),
)

area_status_counts = Table(
    "area_status_counts",
    metadata,
    _id(),
    _region("region"),
    _word("region_name", 120),
    _count("year"),
    _word("method", 10),
    *_printed_counts("bahaya", "waspada", "siaga", "aman", "bahaya_waspada", "siaga_aman", "total_units"),
)

index_references = Table(
    "index_references",
    metadata,
    Column("area", String(CODE_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("published_id", String(ID_LENGTH), nullable=False),
    Column("reason", Text, nullable=False),
    _count("version"),
    Column("created_at", UtcDateTime, nullable=False),
)

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
    _count("rows"),
    Column("created_at", UtcDateTime, nullable=False),
)
