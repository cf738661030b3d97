"""Published figures."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from services.registry.storage.tables.columns import (
    CODE_LENGTH,
    ID_LENGTH,
    count,
    id_column,
    life,
    metadata,
    printed_counts,
    region,
    word,
)
from shared.runtime.database import UtcDateTime

published_indices = Table(
    "published_indices",
    metadata,
    id_column(),
    region("area"),
    word("area_name", 120),
    count("year"),
    word("edition", 20),
    Column("index", String(20)),
    Column("category", String(40)),
    Column("variables", JSON, nullable=False),
    Column("source", Text, nullable=False),
    *life(),
)

national_counts = Table(
    "national_counts",
    metadata,
    id_column(),
    region("region"),
    word("region_name", 120),
    count("year"),
    word("edition", 20),
    word("edition_mark", 1),
    *printed_counts("measured", "sangat_tanggap", "tanggap", "cukup_tanggap", "below_cukup_tanggap"),
)

area_status_counts = Table(
    "area_status_counts",
    metadata,
    id_column(),
    region("region"),
    word("region_name", 120),
    count("year"),
    word("method", 10),
    *printed_counts("bahaya", "waspada", "siaga", "aman", "bahaya_waspada", "siaga_aman", "total_units"),
)

index_references = Table(
    "index_references",
    metadata,
    Column("area", String(CODE_LENGTH), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("published_id", String(ID_LENGTH), nullable=False),
    Column("reason", Text, nullable=False),
    count("version"),
    Column("created_at", UtcDateTime, nullable=False),
)
