"""People, the places they lived in, and what they consented to."""

from sqlalchemy import BigInteger, Column, Date, Index, LargeBinary, String, Table, UniqueConstraint, text

from services.registry.storage.tables.columns import (
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
from shared.runtime.database import UtcDateTime

participants = Table(
    "participants",
    metadata,
    id_column(),
    region("village", index=False),
    day("since"),
    word("registered_village", 13),
    word("group"),
    word("sex", 10),
    word("age_band", 10),
    Column("referred_by", String(20)),
    day("on"),
    word("state", 16),
    day("state_on"),
    flag("consent_required"),
    Column("merged_into", String(ID_LENGTH)),
    Column("sealed", LargeBinary),
    Column("term_list", LargeBinary),
    Column("nik_index", String(64), unique=True),
    *life(),
    Index(
        "merged_participants",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)
"""``village`` is where the person lives now, ``since`` when; ``registered_village`` where the event of the
registration counts. ``merged_into`` names the registration that stands for this one. ``sealed`` holds the person's
readable data under a key of their own, which lies elsewhere (services/registry/keys), and
``term_list`` their terms."""

terms = Table(
    "terms",
    metadata,
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("participant_id", String(ID_LENGTH), primary_key=True),
    # The rows are the index: nothing is gained by keeping them a second time in the order they came.
    sqlite_with_rowid=False,
)
"""Keyed hashes of names, words of names, birth dates and phones, by which people are found and doubles suspected."""

stays = Table(
    "stays",
    metadata,
    id_column(),
    reference("participant_id"),
    region("village"),
    day("since"),
    day("until"),
    *life(),
)
"""Where a participant lived before: one row for every place left."""

consents = Table(
    "consents",
    metadata,
    id_column(),
    reference("participant_id"),
    region("village"),
    word("purpose"),
    word("text_version", 20),
    word("given_by", 16),
    day("on"),
    Column("withdrawn_on", Date),
    Column("withdrawn_at", UtcDateTime),
    Column("deadline_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("late_said_at", UtcDateTime),
    *life(),
    # A consent that stands is there once; after a withdrawal a new one may follow.
    Index(
        "one_consent_a_purpose",
        "participant_id",
        "purpose",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    Index("consents_due", "settled_at", "deadline_at", "id"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("participant_id", String(ID_LENGTH), primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
    Column("key_destroyed_at", UtcDateTime, index=True),
)
"""Who was erased. A row without ``key_destroyed_at`` is a key that has yet to go: the next step, or the next start,
destroys it."""

doubles = Table(
    "doubles",
    metadata,
    id_column(),
    Column("first_id", String(ID_LENGTH), nullable=False),
    reference("second_id"),
    region("village"),
    count("likeness"),
    word("state", 16),
    Column("kept_id", String(ID_LENGTH)),
    Column("reason", String(20)),
    Column("decided_by", String(ID_LENGTH)),
    Column("decided_at", UtcDateTime),
    *life(),
    UniqueConstraint("first_id", "second_id"),
    Index("doubles_state", "state", "id"),
)
"""Two registrations that may be one person, the older first, and what was decided about them."""

unmatched = Table(
    "unmatched",
    metadata,
    Column("participant_id", String(ID_LENGTH), primary_key=True),
    sqlite_with_rowid=False,
)
"""Who came in with an import and has yet to be compared with the others."""
