"""Answers to the survey."""

from sqlalchemy import JSON, Column, Index, Table

from services.registry.storage.tables.columns import count, day, id_column, life, metadata, region, word

survey_answers = Table(
    "survey_answers",
    metadata,
    id_column(),
    region("region"),
    word("instrument"),
    count("year"),
    word("group", 20),
    Column("answers", JSON, nullable=False),
    day("on"),
    *life(),
    Index("survey_answers_of", "region", "year", "instrument", "id"),
)
