"""What lists that grow with an office's years are sorted and looked up by. Each index ends in the row's key."""

from sqlalchemy import Index, Table

from services.registry.storage.tables.livelihoods import businesses, follow_ups
from services.registry.storage.tables.people import participants
from services.registry.storage.tables.programmes import enrolments, sessions
from services.registry.storage.tables.surveys import survey_answers
from services.registry.storage.tables.ties import referrals

SORTED: dict[Table, tuple[str, ...]] = {
    participants: ("on", "village"),
    enrolments: ("on", "village", "state", "participant_id"),
    sessions: ("on", "village"),
    businesses: ("on", "village", "status"),
    follow_ups: ("due_on", "village"),
    referrals: ("due_on", "on"),
    survey_answers: ("on", "year"),
}

INDICES = tuple(
    Index(f"{table.name}_by_{column}", table.c[column], table.c.id)
    for table, columns in SORTED.items()
    for column in columns
)
