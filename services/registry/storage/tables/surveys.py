"""Survey campaigns, their invitations, and the answers.

Nothing joins an answer to the invitation it came by: an invitation only counts how often it was used.
"""

from sqlalchemy import JSON, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from services.registry.storage.tables.columns import (
    CODE_LENGTH,
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

campaigns = Table(
    "campaigns",
    metadata,
    id_column(),
    region("region"),
    word("instrument"),
    count("year"),
    Column("villages", JSON, nullable=False),
    Column("quotas", JSON, nullable=False),
    Column("questionnaire", JSON, nullable=False),
    day("opens_on"),
    day("closes_on"),
    word("state", 10),
    count("revision"),
    Column("revision_name", String(120)),
    word("last_hand", ID_LENGTH),
    Column("last_reason", Text),
    *life(),
    UniqueConstraint("region", "year", "instrument"),
)

survey_links = Table(
    "survey_links",
    metadata,
    id_column(),
    reference("campaign_id"),
    region("region"),
    word("group", 20),
    Column("village", String(CODE_LENGTH)),
    Column("addressee", String(80)),
    word("token_index", 64, unique=True),
    count("places"),
    count("taken"),
    flag("withdrawn"),
    *life(),
)

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
    Column("campaign_id", String(ID_LENGTH), index=True),
    Column("village", String(CODE_LENGTH)),
    Column("seconds", Integer),
    Column("vector_index", String(64), index=True),
    Column("flags", JSON, nullable=False),
    flag("flagged"),
    flag("excluded"),
    Column("excluded_reason", String(20)),
    Column("excluded_note", Text),
    *life(),
    Index("survey_answers_of", "region", "year", "instrument", "id"),
)

survey_reminders = Table(
    "survey_reminders",
    metadata,
    Column("campaign_id", String(ID_LENGTH), primary_key=True),
    Column("group", String(20), primary_key=True),
    Column("village", String(CODE_LENGTH), primary_key=True),
    Column("on", Date, nullable=False),
)
