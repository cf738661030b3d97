"""Programme states, waiting lists, attendance, mentored groups, help for businesses, income bands."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0004"
down_revision = "0003"

LIVE_NOW = "state NOT IN ('dropped', 'refused')"


def upgrade() -> None:
    """What was recorded before stays as it was: running programmes, held sessions, places that were given."""
    _extend_programmes()
    _extend_enrolments()
    _extend_businesses()
    _create_attendances()
    _create_mentored_groups()
    _create_memberships()
    _create_supports()


def _extend_programmes() -> None:
    with op.batch_alter_table("programmes") as table:
        table.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="running"))
        table.add_column(sa.Column("reason", sa.String(24)))
        table.add_column(sa.Column("budget_rupiah", sa.BigInteger()))
        for name in ("starts_on", "ends_on", "ended_on"):
            table.add_column(sa.Column(name, sa.Date()))
        for name in ("waiting", "last_number"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="held"))
        table.add_column(sa.Column("reason", sa.String(16)))


def _extend_enrolments() -> None:
    op.drop_index("one_place_a_person", "enrolments")
    with op.batch_alter_table("enrolments") as table:
        table.add_column(sa.Column("accepted_on", sa.Date()))
        table.add_column(sa.Column("number", sa.Integer()))
        table.alter_column("reason", type_=sa.String(24), existing_type=sa.String(16), existing_nullable=True)
    on = sa.column("on", sa.Date())
    enrolments = sa.table("enrolments", sa.column("accepted_on", sa.Date()), on)
    op.execute(sa.update(enrolments).values(accepted_on=on))
    op.create_index("enrolments_in_line", "enrolments", ["programme_id", "state", "number"])
    op.create_index(
        "one_place_a_person",
        "enrolments",
        ["participant_id", "programme_id"],
        unique=True,
        sqlite_where=sa.text(LIVE_NOW),
        postgresql_where=sa.text(LIVE_NOW),
    )


def _extend_businesses() -> None:
    with op.batch_alter_table("businesses") as table:
        table.alter_column("participant_id", existing_type=sa.String(64), nullable=True)
        table.add_column(sa.Column("group_id", sa.String(64)))
        table.add_column(sa.Column("mentor", sa.String(120)))
        table.add_column(sa.Column("mentor_id", sa.String(64)))
        table.add_column(sa.Column("closed_on", sa.Date()))
        table.add_column(sa.Column("reason", sa.String(24)))
        table.create_index("ix_businesses_group_id", ["group_id"])
    with op.batch_alter_table("follow_ups") as table:
        table.add_column(sa.Column("income_band", sa.String(16)))


def _create_attendances() -> None:
    op.create_table(
        "attendances",
        sa.Column("session_id", sa.String(64), primary_key=True),
        sa.Column("participant_id", sa.String(64), primary_key=True),
        sa.Column("village", sa.String(13), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
    )
    _index("attendances", "participant_id", "village")


def _create_mentored_groups() -> None:
    op.create_table(
        "mentored_groups",
        _id(),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("programme_id", sa.String(64)),
        sa.Column("sector", sa.String(40), nullable=False),
        sa.Column("village", sa.String(13), nullable=False),
        sa.Column("mentor", sa.String(120)),
        sa.Column("mentor_id", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        *_life(),
    )
    _index("mentored_groups", "programme_id", "village")


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        _id(),
        sa.Column("group_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("village", sa.String(13), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("reason", sa.String(24)),
        *_life(),
    )
    _index("memberships", "group_id", "participant_id", "village")
    op.create_index(
        "one_membership_a_person",
        "memberships",
        ["group_id", "participant_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def _create_supports() -> None:
    op.create_table(
        "supports",
        _id(),
        sa.Column("business_id", sa.String(64), nullable=False),
        sa.Column("village", sa.String(13), nullable=False),
        sa.Column("giver", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value_rupiah", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *_life(),
    )
    _index("supports", "business_id", "village")


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.String(64), primary_key=True)


def _life() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
