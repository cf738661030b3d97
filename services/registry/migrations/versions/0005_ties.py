"""Stakeholders, referral steps, forums and commitments."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the tables; referrals that are there go on from the step they stand at, without a date for the next."""
    _organisations()
    _referrals()
    _forums()


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        *_life(),
        sa.UniqueConstraint("region", "name_key", name="organisations_name"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("organisation_id", sa.String(64), nullable=False, index=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary),
        sa.Column("email_sealed", sa.LargeBinary),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        *_life(),
    )


def _referrals() -> None:
    with op.batch_alter_table("referrals") as batch:
        batch.add_column(sa.Column("organisation_id", sa.String(64)))
        batch.add_column(sa.Column("receive_by", sa.Date))
        batch.add_column(sa.Column("next_due_on", sa.Date))
        batch.add_column(sa.Column("reason", sa.String(40)))
        batch.add_column(sa.Column("received_on", sa.Date))
        batch.add_column(sa.Column("placed_on", sa.Date))
        batch.add_column(sa.Column("closed_on", sa.Date))
        batch.add_column(sa.Column("sent_by", sa.String(64)))
        batch.create_index("ix_referrals_organisation_id", ["organisation_id"])
        batch.create_index("referrals_next_due", ["next_due_on", "id"])
    op.create_table(
        "referral_steps",
        sa.Column("referral_id", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("reason", sa.String(40)),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    _take_over()


def _take_over() -> None:
    """What was sent before steps were kept: its sending is step 0, its last answer step 1."""
    op.execute("UPDATE referrals SET next_due_on = due_on WHERE state = 'sent'")
    op.execute(_TAKE_OVER_SENDING)
    op.execute(_TAKE_OVER_ANSWER)


_TAKE_OVER_SENDING = """
    INSERT INTO referral_steps (referral_id, number, state, "on", due_on, reason, undone, created_at)
    SELECT id, 0, 'sent', "on", due_on, NULL, false, created_at FROM referrals
"""
_TAKE_OVER_ANSWER = """
    INSERT INTO referral_steps (referral_id, number, state, "on", due_on, reason, undone, created_at)
    SELECT id, 1, state, coalesce(answered_on, "on"), NULL, NULL, false, created_at
    FROM referrals WHERE state <> 'sent'
"""


def _forums() -> None:
    op.create_table(
        "forums",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("agenda", sa.JSON, nullable=False),
        sa.Column("attendance", sa.JSON, nullable=False),
        sa.Column("notes", sa.Text),
        *_life(),
    )
    op.create_table(
        "commitments",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("forum_id", sa.String(64), nullable=False, index=True),
        sa.Column("organisation_id", sa.String(64), nullable=False, index=True),
        sa.Column("region", sa.String(13), nullable=False, index=True),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_on", sa.Date),
        sa.Column("reason", sa.Text),
        *_life(),
        sa.Index("commitments_due", "state", "due_on", "id"),
    )
    op.create_table(
        "carried_commitments",
        sa.Column("forum_id", sa.String(64), primary_key=True),
        sa.Column("commitment_id", sa.String(64), primary_key=True, index=True),
    )


def _life() -> tuple[sa.Column, ...]:
    return (
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
