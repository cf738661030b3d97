"""People."""

from sqlalchemy import Column, LargeBinary, String, Table

from services.registry.storage.tables.columns import day, id_column, life, metadata, region, word

participants = Table(
    "participants",
    metadata,
    id_column(),
    region("village"),
    word("group"),
    word("sex", 10),
    word("age_band", 10),
    day("on"),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("nik_sealed", LargeBinary),
    Column("nik_index", String(64), unique=True),
    Column("birth_date_sealed", LargeBinary),
    *life(),
)
