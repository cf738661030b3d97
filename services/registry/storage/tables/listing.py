"""What lists that grow with an office's years are sorted and looked up by. Each index ends in the row's key."""

from sqlalchemy import Index, Table

from services.registry.storage.tables.livelihoods import businesses, follow_ups
from services.registry.storage.tables.people import consents, participants
from services.registry.storage.tables.programmes import enrolments, sessions
from services.registry.storage.tables.surveys import survey_answers
from services.registry.storage.tables.ties import referrals

SORTED: dict[Table, tuple[str, ...]] = {
    participants: ("on", "village"),
    enrolments: ("on", "village", "state", "participant_id"),
    sessions: ("on", "village"),
    businesses: ("on", "village", "status"),
    follow_ups: ("due_on", "village"),
    referrals: ("due_on", "on", "state"),
    survey_answers: ("on", "year"),
}

FILTERED: dict[Table, tuple[str, ...]] = {
    participants: ("since", "group", "sex", "age_band", "referred_by", "state", "state_on", "synthetic"),
    consents: ("purpose", "text_version", "given_by", "on", "withdrawn_on", "withdrawn_at", "deadline_at", "synthetic"),
    enrolments: ("kind", "reason", "accepted_on", "ended_on", "synthetic"),
    follow_ups: ("months", "status", "workers", "income_band", "on", "synthetic"),
}
"""By what else the lists can be filtered that have a row and more for every person. Only on PostgreSQL, where a million
people can be: without them a value few have makes it read all the others. In SQLite, with the thousands of one office,
that takes milliseconds, and keeping the indices would slow an import by a tenth."""

INDICES = tuple(
    Index(f"{table.name}_by_{column}", table.c[column], table.c.id)
    for table, columns in SORTED.items()
    for column in columns
) + tuple(
    Index(f"{table.name}_by_{column}", table.c[column], table.c.id, info={"only": "postgresql"})
    for table, columns in FILTERED.items()
    for column in columns
)
