"""A key a person, consent, duplicates."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Gives participants their life, and makes the tables around them."""
    _give_participants_a_life()
    _create_stays()
    _create_consents()
    _create_terms()
    _create_erasures()
    _create_doubles()


def _give_participants_a_life() -> None:
    with op.batch_alter_table("participants") as batch:
        batch.add_column(sa.Column("since", sa.Date()))
        batch.add_column(sa.Column("registered_village", sa.String(length=13)))
        batch.add_column(sa.Column("referred_by", sa.String(length=20)))
        batch.add_column(sa.Column("state", sa.String(length=16)))
        batch.add_column(sa.Column("state_on", sa.Date()))
        batch.add_column(sa.Column("consent_required", sa.Boolean()))
        batch.add_column(sa.Column("merged_into", sa.String(length=64)))
    # Whoever was registered before consent was recorded is not made to ask again for what already runs.
    op.execute(
        """UPDATE participants SET since = "on", registered_village = village, state = 'registered',
        state_on = "on", consent_required = false"""
    )
    with op.batch_alter_table("participants") as batch:
        for name, kind in _ALWAYS:
            batch.alter_column(name, existing_type=kind, nullable=False)
        # What one key of the node sealed for everybody can't be erased for one; there is a key a person now.
        for name in ("name_sealed", "nik_sealed", "birth_date_sealed"):
            batch.drop_column(name)
        batch.add_column(sa.Column("sealed", sa.LargeBinary()))
        batch.add_column(sa.Column("term_list", sa.LargeBinary()))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "merged_participants", "participants", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )


_ALWAYS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("since", sa.Date()),
    ("registered_village", sa.String(length=13)),
    ("state", sa.String(length=16)),
    ("state_on", sa.Date()),
    ("consent_required", sa.Boolean()),
)


def _create_stays() -> None:
    op.create_table(
        "stays",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("participant_id", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_stays_participant_id"), "stays", ["participant_id"])
    op.create_index(op.f("ix_stays_village"), "stays", ["village"])


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("participant_id", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("deadline_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("late_said_at", UtcDateTime()),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consents_participant_id"), "consents", ["participant_id"])
    op.create_index(op.f("ix_consents_village"), "consents", ["village"])
    stands = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "one_consent_a_purpose",
        "consents",
        ["participant_id", "purpose"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_index("consents_due", "consents", ["settled_at", "deadline_at", "id"])


def _create_terms() -> None:
    op.create_table(
        "terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("term", "participant_id"),
        sqlite_with_rowid=False,
    )


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("participant_id", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.Column("key_destroyed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("participant_id"),
    )
    op.create_index(op.f("ix_erasures_key_destroyed_at"), "erasures", ["key_destroyed_at"])


def _create_doubles() -> None:
    op.create_table(
        "doubles",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("first_id", sa.String(length=64), nullable=False),
        sa.Column("second_id", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=13), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kept_id", sa.String(length=64)),
        sa.Column("reason", sa.String(length=20)),
        sa.Column("decided_by", sa.String(length=64)),
        sa.Column("decided_at", UtcDateTime()),
        *_life(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("first_id", "second_id"),
    )
    op.create_index(op.f("ix_doubles_second_id"), "doubles", ["second_id"])
    op.create_index(op.f("ix_doubles_village"), "doubles", ["village"])
    op.create_index("doubles_state", "doubles", ["state", "id"])
    op.create_table(
        "unmatched",
        sa.Column("participant_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("participant_id"),
        sqlite_with_rowid=False,
    )


def _life() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
