"""The metadata all tables share, and the kinds of columns they are made of."""

from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, MetaData, String, Text

from shared.runtime.database import UtcDateTime

metadata = MetaData()

CODE_LENGTH = 13
ID_LENGTH = 64


def id_column() -> Column[str]:
    """The key of a row: text of our own."""
    return Column("id", String(ID_LENGTH), primary_key=True)


def reference(name: str) -> Column[str]:
    """The id of another row."""
    return Column(name, String(ID_LENGTH), nullable=False, index=True)


def word(name: str, length: int = 40, **options: Any) -> Column[str]:
    """A short text; ``length`` in characters."""
    return Column(name, String(length), nullable=False, **options)


def region(name: str, *, index: bool = True) -> Column[str]:
    """The code of a village, district, kab/kota or province."""
    return Column(name, String(CODE_LENGTH), nullable=False, index=index)


def day(name: str) -> Column[Any]:
    """A date that is always there."""
    return Column(name, Date, nullable=False)


def count(name: str) -> Column[int]:
    """A number that is always there."""
    return Column(name, Integer, nullable=False)


def flag(name: str) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False)


def term() -> tuple[Column[Any], ...]:
    """From when until when something stands, the last day of the term before, and up to which day it was told of."""
    return Column("since", Date), Column("until", Date), Column("after", Date), Column("said_on", Date)


def printed_counts(*names: str) -> tuple[Column[Any], ...]:
    """Figures as printed; a missing one is never zero. Then how sure they are, notes in both languages, the source."""
    counts = tuple(Column(name, Integer) for name in names)
    notes = Column("note_id", Text), Column("note_en", Text), Column("source", Text, nullable=False)
    return *counts, word("mark", 1), Column("inferred", JSON, nullable=False), *notes


def life() -> tuple[Column[Any], ...]:
    """What every record ends with."""
    return flag("synthetic"), count("version"), Column("created_at", UtcDateTime, nullable=False)
