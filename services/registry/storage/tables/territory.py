"""Regions, and what is recorded of villages and institutions."""

from sqlalchemy import JSON, Column, Date, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from services.registry.storage.tables.columns import (
    CODE_LENGTH,
    ID_LENGTH,
    count,
    day,
    flag,
    id_column,
    life,
    metadata,
    region,
    term,
    word,
)
from shared.runtime.database import UtcDateTime

regions = Table(
    "regions",
    metadata,
    Column("code", String(CODE_LENGTH), primary_key=True),
    Column("name", Text, nullable=False),
    Column("search_name", Text, nullable=False),
    word("level", 10),
    Column("parent", String(CODE_LENGTH), index=True),
    Index("regions_by_level", "level", "code"),
)

institutions = Table(
    "institutions",
    metadata,
    id_column(),
    region("region"),
    word("name", 160),
    word("setting", 16),
    Column("village", String(CODE_LENGTH), index=True),
    Column("policy_number", String(80)),
    Column("policy_on", Date),
    Column("policy_document", Text),
    flag("has_policy"),
    count("penggiat"),
    count("urine_tests"),
    day("on"),
    *life(),
)

institution_states = Table(
    "institution_states",
    metadata,
    Column("institution_id", String(ID_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    region("region"),
    flag("has_policy"),
    count("penggiat"),
    count("urine_tests"),
    day("on"),
)

regulations = Table(
    "regulations",
    metadata,
    id_column(),
    region("region"),
    word("kind", 16),
    word("number", 80),
    Column("title", Text),
    Column("document", Text),
    flag("in_force"),
    *term(),
    day("on"),
    *life(),
    UniqueConstraint("region", "kind", "number"),
)

agents = Table(
    "agents",
    metadata,
    id_column(),
    word("kind", 20),
    region("village"),
    flag("active"),
    *term(),
    Column("reason", String(20)),
    Column("trainings", JSON, nullable=False),
    day("on"),
    *life(),
)

area_statuses = Table(
    "area_statuses",
    metadata,
    Column("village", String(CODE_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    word("status", 10),
    word("method", 10),
    day("on"),
    flag("released"),
    Column("released_by", String(ID_LENGTH)),
    Column("released_on", Date),
    *life(),
)

potential_kinds = Table(
    "potential_kinds",
    metadata,
    Column("code", String(40), primary_key=True),
    word("name_id", 80),
    word("name_en", 80),
    count("version"),
    Column("created_at", UtcDateTime, nullable=False),
)

potentials = Table(
    "potentials",
    metadata,
    id_column(),
    region("village"),
    word("kind"),
    word("what"),
    Column("amount", Integer),
    Column("note", Text),
    word("mapped_by", 80),
    day("on"),
    flag("standing"),
    *life(),
    UniqueConstraint("village", "kind", "what"),
)

designations = Table(
    "designations",
    metadata,
    Column("village", String(CODE_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    word("decree_number", 80),
    day("decree_on"),
    Column("document", Text),
    Column("revoked_on", Date),
    *life(),
)

pillars = Table(
    "pillars",
    metadata,
    id_column(),
    region("village"),
    word("role", 20),
    day("since"),
    Column("until", Date),
    flag("active"),
    flag("named"),
    Column("name_sealed", LargeBinary),
    *life(),
)
